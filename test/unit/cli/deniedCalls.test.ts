import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RecordedRequest, Reply } from '../../support/loopback/loopbackServer.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from './commandLine.ts';
import { asksFor, promptIn, says, turnsIn } from './replies.ts';

const boss = `---
name: boss
tools: [run_command, fetch_url]
agents: [helper]
handoffs: [helper]
---
You lead.
`;
const helper = `---
name: helper
tools: [run_command]
---
You help.
`;

/** What a conversation asks for in its first turn, and again after the user allowed something. */
type Script = { readonly [prompt: string]: readonly [tool: string, input: object] };

const nested: Script = {
  'Do it yourself': ['run_command', { command: 'echo direct' }],
  'Have it done': ['ask_helper', { task: 'Nested task' }],
  'Nested task': ['run_command', { command: 'echo nested' }],
};

function reply(request: RecordedRequest, script: Script): Reply {
  const prompt = Object.keys(script).find((text) => promptIn(request).startsWith(text));
  const call = script[prompt ?? ''];
  const { messages } = JSON.parse(request.body) as { messages: { content: unknown }[] };
  const isAskedAgain = JSON.stringify(messages.at(-1)).includes('may be allowed now');
  const isFirst = turnsIn(request) === 0 || isAskedAgain;
  return call !== undefined && isFirst ? asksFor(...call) : says('That is all.');
}

/** Runs one prompt for each text, and returns how to resume the run. */
async function run(prompts: readonly string[], script: Script, ...options: readonly string[]) {
  const server = await scriptedServer((request) => reply(request, script));
  const runsFolder = promptFolder({});
  const folder = promptFolder({
    '.github/agents/boss.agent.md': boss,
    '.github/agents/helper.agent.md': helper,
    'all.prompts.md': `---\nagent: boss\n---\n\n${prompts.map((text) => `## ${text}\n\n${text}\n`).join('\n')}`,
  });
  const where = { runsFolder, folder, workspaceFolder: folder };
  const outcome = await interleave(
    [
      ...['run', `${folder}/all.prompts.md`, ...viaAnthropic(server.url), '--model', 'm'],
      ...['--log', 'none', ...options],
    ],
    where,
  );
  const [id = ''] = readdirSync(runsFolder);
  const resume = (...given: readonly string[]) => interleave(['resume', id, ...given], where);
  return { ...outcome, id, resume };
}

describe('calls that nobody was there to allow', () => {
  it('are listed with the agent that made them, also those of an agent that was asked', async () => {
    const { code, err, id, resume } = await run(['Do it yourself', 'Have it done'], nested);
    expect(code).toBe(1);
    const options = [
      `--allow 'run_command(echo direct) agent="boss"'`,
      `--allow 'run_command(echo nested) agent="helper"'`,
    ];
    expect(err).toContain(`2 tool calls denied, because nobody was there to ask:
  1 × run_command {"command":"echo direct"} by the agent "boss" (No rule allows it.)
    to allow: ${options[0]}
  1 × run_command {"command":"echo nested"} by the agent "helper" (No rule allows it.)
    to allow: ${options[1]}
To resume the run and allow them, run: interleave resume ${id} ${options.join(' ')}
`);
    // What is printed is what works.
    const resumed = await resume(
      ...['--allow', 'run_command(echo direct) agent="boss"'],
      ...['--allow', 'run_command(echo nested) agent="helper"'],
    );
    expect(resumed.code).toBe(0);
    expect(resumed.err).not.toContain('denied, because');
    expect(resumed.out).toContain('2 of 2 prompts done');
  });

  it('of an asked agent alone are a reason to go on', async () => {
    const { resume } = await run(['Have it done'], nested);
    const other = await resume('--allow', 'run_command(echo nested) agent="boss"');
    expect(other.code).toBe(4);
    expect(other.err).toContain('1 tool call denied, because nobody was there to ask');
    const resumed = await resume('--allow', 'run_command(echo nested) agent="helper"');
    expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining('echo nested')]);
  });

  it('after a hand-over are those of the agent that took over', async () => {
    const script: Script = {
      'Hand it over\n\n---': ['run_command', { command: 'echo handed' }],
      'Hand it over': ['transfer_to_helper', { note: 'Go on.' }],
    };
    const { err, resume } = await run(['Hand it over'], script);
    const rule = 'run_command(echo handed) agent="helper"';
    expect(err).toContain(`to allow: --allow '${rule}'`);
    expect((await resume('--allow', rule)).code).toBe(0);
  });

  it('say so when no option allows them, because a rule asks', async () => {
    const folder = promptFolder({ 'my.rules': 'ask run_command(echo *)\n' });
    const { err } = await run(['Do it yourself'], nested, '--rules', `${folder}/my.rules`);
    expect(err).toContain('(The rule "ask run_command(echo *)" asks.)');
    expect(err).toContain('no --allow opens this: change the rule that asks, or the call');
    expect(err).not.toContain('To resume the run and allow them');
  });
});

describe('calls that rules denied', () => {
  it('are listed with the rule, and with the option that opens an address of this machine', async () => {
    const folder = promptFolder({ 'my.rules': 'deny run_command(echo *)\n' });
    const script: Script = {
      'Run it': ['run_command', { command: 'echo denied' }],
      'Get it': ['fetch_url', { url: 'http://127.0.0.1:9/x' }],
    };
    const rules = ['--rules', `${folder}/my.rules`];
    const { code, err } = await run(['Run it', 'Get it'], script, ...rules);
    expect(code).toBe(0);
    expect(err).toContain(`2 tool calls denied by rules:
  1 × run_command {"command":"echo denied"} by the agent "boss" (the rule "deny run_command(echo *)" of this run)
  1 × fetch_url {"url":"http://127.0.0.1:9/x"} by the agent "boss" (Addresses of this machine and of private networks are requested only where a rule names host and port.)
    to allow in another run: --allow 'fetch_url(http://127.0.0.1:9/x) agent="boss"'
`);
    const allowed = ['--allow', 'fetch_url(http://127.0.0.1:9/x) agent="boss"'];
    const opened = await run(['Get it'], script, ...allowed);
    expect(opened.err).not.toContain('denied');
  });

  it('are listed up to twenty, and counted', async () => {
    const folder = promptFolder({ 'my.rules': 'deny run_command(echo *)\n' });
    const prompts = Array.from({ length: 22 }, (_, index) => `Run ${index}.`);
    const script = Object.fromEntries(
      prompts.map((text) => [text, ['run_command', { command: `echo ${text}` }] as const]),
    );
    const { err } = await run(prompts, script, '--rules', `${folder}/my.rules`);
    expect(err).toContain('22 tool calls denied by rules:');
    expect(err.match(/1 × run_command/g)).toHaveLength(20);
    expect(err).toContain('and 2 other calls; the log names them');
  });
});
