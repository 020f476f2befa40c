import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { interleave, promptFolder } from './commandLine.ts';

const calculator = `---
name: calculator
description: Calculates.
tools: [sum_numbers]
---
You calculate.
`;

const boss = `---
name: boss
agents: [calculator]
handoffs: [calculator]
---
You lead.
`;

const files = {
  '.github/agents/boss.agent.md': boss,
  '.github/agents/calculator.agent.md': calculator,
  'one.prompts.md': '## One\n\nAsk the calculator: sum 1 and 2\n',
  'two.prompts.md':
    '---\nagent: boss\n---\n\n## Two\n\nHand this over to the calculator: sum 3 and 4\n',
};

const demo = ['--provider', 'demo', '--model', 'demo-fast'];

async function run(folder: string, ...args: readonly string[]) {
  const outcome = await interleave(['run', ...args, ...demo, '--json', '-', '--log', 'none'], {
    folder,
  });
  const result = outcome.out === '' ? undefined : (JSON.parse(outcome.out) as RunResult);
  return { ...outcome, result, conversation: result?.conversations[0] };
}

describe('interleave run with agents', () => {
  it('takes the agent of a prompt from the folder of agent files', async () => {
    const folder = promptFolder(files);
    const { conversation, result } = await run(folder, `${folder}/two.prompts.md`);
    expect(conversation).toMatchObject({ status: 'done', turns: 3 });
    expect(conversation!.answer).toContain('**7**');
    expect(conversation!.answeredBy.map(({ agent }) => agent)).toEqual([
      'boss',
      'calculator',
      'calculator',
    ]);
    const known = result!.origin!.agents.flatMap(({ name }) => name ?? []);
    expect(known).toEqual(['boss', 'calculator']);
  });

  it('takes the agent that --agent names, for prompts that name none', async () => {
    const folder = promptFolder(files);
    const { conversation } = await run(folder, `${folder}/one.prompts.md`, '--agent', 'boss');
    expect(conversation!.answer).toContain('The calculator says: The answer is **3**');
    expect(conversation!.asked).toMatchObject([
      { turn: 1, agent: 'calculator', status: 'done', turns: 2, prompt: 'sum 1 and 2' },
    ]);
  });

  it('takes the file that --agent names, and those beside it', async () => {
    const folder = promptFolder({
      'one.prompts.md': files['one.prompts.md'],
      'elsewhere/boss.agent.md': boss,
      'elsewhere/calculator.agent.md': calculator,
    });
    const { conversation } = await run(
      folder,
      ...[`${folder}/one.prompts.md`, '--agent', 'elsewhere/boss.agent.md'],
    );
    expect(conversation!.answer).toContain('**3**');
  });

  it('finds agents of the home folder, and those next to the files of prompts', async () => {
    const home = promptFolder({ '.copilot/agents/boss.agent.md': boss });
    const folder = promptFolder({
      'deep/er/one.prompts.md': files['one.prompts.md'],
      'deep/.github/agents/calculator.agent.md': calculator,
    });
    const { out } = await interleave(
      [
        ...['run', `${folder}/deep/er/one.prompts.md`, '--agent', 'boss', ...demo],
        ...['--log', 'none'],
      ],
      { folder, home },
    );
    expect(out).toContain('**3**');
  });

  it('shows a hand-over and two questions with the examples', async () => {
    const { conversation, result } = await run(
      path.resolve('examples'),
      path.resolve('examples/agents.prompts.md'),
    );
    expect(conversation!.answer).toContain('The answer is **60**');
    const [, second] = result!.conversations;
    expect(second!.answer).toContain('The calculator says: The answer is **50**');
    expect(second!.asked!.map(({ agent }) => agent)).toEqual(['calculator', 'librarian']);
  });

  it('names the agent whose provider has no key, although a prompt names another provider', async () => {
    const other = calculator.replace(
      '---\nYou',
      '---\n<!-- interleave\nprovider: openai\n-->\nYou',
    );
    const folder = promptFolder({ ...files, '.github/agents/calculator.agent.md': other });
    const { code, err } = await run(folder, `${folder}/two.prompts.md`);
    expect([code, err]).toEqual([
      2,
      'No key is set for api.openai.com. Set OPENAI_API_KEY. The agent "calculator" uses this provider.\n',
    ]);
  });

  it('refuses an agent that is not there, and sends nothing', async () => {
    const folder = promptFolder(files);
    const { code, err, out } = await run(folder, `${folder}/one.prompts.md`, '--agent', 'bos');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(
      'There is no agent named "bos". Did you mean "boss"? There are: boss, calculator.',
    );
    const none = await run(folder, `${folder}/one.prompts.md`, '--agent', 'none.agent.md');
    expect(none.code).toBe(2);
    expect(none.err).toContain('none.agent.md');
  });

  it('reads no agent file when no prompt names an agent', async () => {
    const folder = promptFolder({ ...files, '.github/agents/odd.agent.md': 'x\0y' });
    const { err } = await run(folder, `${folder}/one.prompts.md`);
    expect(err).not.toContain('odd.agent.md');
  });

  it('leaves out an agent file that leads out of the folder, and says so', async () => {
    const outside = promptFolder({ 'secret.agent.md': boss });
    const folder = promptFolder({
      'one.prompts.md': files['one.prompts.md'],
      '.github/agents/x': '',
    });
    symlinkSync(`${outside}/secret.agent.md`, `${folder}/.github/agents/boss.agent.md`);
    const { code, err } = await run(folder, `${folder}/one.prompts.md`, '--agent', 'boss');
    expect(code).toBe(2);
    expect(err).toContain('no agent named "boss"');
  });

  it('goes on with a run whose agent files have changed as it was', async () => {
    const runsFolder = promptFolder({});
    const folder = promptFolder(files);
    const first = await interleave(['run', `${folder}/two.prompts.md`, ...demo], {
      ...{ folder, runsFolder },
      onErr: (soFar, interrupt) => {
        if (/handed over to calculator[^\n]*\n$/.test(soFar)) setTimeout(interrupt);
      },
    });
    expect(first.code).toBe(3);
    const id = /interleave resume (\S+)/.exec(first.err)?.[1] ?? '';
    writeFileSync(`${folder}/.github/agents/calculator.agent.md`, 'broken\0');
    const resumed = await interleave(['resume', id, '--log', 'none'], { folder, runsFolder });
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain('**7**');
  });
});
