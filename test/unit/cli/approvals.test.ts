import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCommandRules } from '../../../src/cli/commandRules.ts';
import { decide } from '../../../src/core/approvals/rules/decide.ts';
import { createToolset } from '../../../src/core/tools/toolset.ts';
import { demoServer, interleave, promptFile, promptFolder, viaAnthropic } from './commandLine.ts';

/** The demo model without its usual pace. */
async function demo(): Promise<readonly string[]> {
  return [...viaAnthropic((await demoServer()).origin), '--model', 'demo', '--log', 'none'];
}

/** A file whose conversations ask for a program to be run. */
function asking(prompts: { readonly [name: string]: string }): string {
  const file = promptFolder({
    'ask.prompts.md': `---\ntools: [run_demo_program]\n---\n\n${Object.entries(prompts)
      .map(([name, text]) => `## ${name}\n\nHave the demo program print \`${text}\`.\n`)
      .join('\n')}`,
  });
  return path.join(file, 'ask.prompts.md');
}

const two = { First: 'hello', Second: 'hello', Third: 'other' };

describe('tool calls that need approval, on the command line', () => {
  it('are denied, told of at the end, and go on when they are allowed', async () => {
    const runsFolder = promptFolder({});
    const result = path.join(promptFolder({}), 'result.json');
    const args = ['run', asking(two), ...(await demo()), '--json', result];
    const { code, err } = await interleave(args, { runsFolder });
    expect(code).toBe(1);
    const [id = ''] = readdirSync(runsFolder);
    expect(err).toContain(`3 tool calls denied, because nobody was there to ask:
  2 × run_demo_program {"text":"hello"} in 2 conversations (No rule allows it.)
    to allow: --allow run_demo_program
  1 × run_demo_program {"text":"other"} (No rule allows it.)
    to allow: --allow run_demo_program
To resume the run and allow them, run: interleave resume ${id} --allow run_demo_program
`);
    const without = await interleave(['resume', id], { runsFolder });
    expect(without.code).toBe(4);
    expect(without.err).toContain('3 tool calls denied');
    expect(without.out).toContain('stopped: tool calls were denied');
    const resumed = await interleave(['resume', id, '--allow', 'run_demo_program'], { runsFolder });
    expect(resumed.code).toBe(0);
    expect(resumed.err).not.toContain('denied, because');
    expect(resumed.out).toContain('Its tool says: hello');
    expect(resumed.out).toContain('3 of 3 prompts done');
  });

  it('run when they are allowed from the start, by an option or by a file', async () => {
    const rules = path.join(promptFolder({ 'my.rules': 'allow run_demo_program\n' }), 'my.rules');
    for (const allowing of [
      ['--allow', 'run_demo_program'],
      ['--rules', rules],
    ]) {
      const { code, out } = await interleave(['run', asking(two), ...(await demo()), ...allowing]);
      expect(code).toBe(0);
      expect(out).toContain('Its tool says: other');
    }
  });

  it('are not allowed by a rule that a file asks about, and no option is offered', async () => {
    const rules = path.join(promptFolder({ 'my.rules': 'ask sum_numbers\n' }), 'my.rules');
    const prompts = promptFile({ Sum: 'Sum 1 and 2.' });
    const args = ['run', prompts, ...(await demo()), '--rules', rules, '--allow', 'sum_numbers'];
    const { code, err } = await interleave(args);
    expect(code).toBe(1);
    expect(err).toContain('The rule "ask sum_numbers" asks.');
    expect(err).not.toContain('to allow');
  });

  it('that a rule denies are told to the model, and the conversation is done', async () => {
    const rules = path.join(promptFolder({ 'my.rules': 'deny sum_numbers\n' }), 'my.rules');
    const prompts = promptFile({ Sum: 'Sum 1 and 2.' });
    const { code, err } = await interleave(['run', prompts, ...(await demo()), '--rules', rules]);
    expect(code).toBe(0);
    expect(err).not.toContain('denied, because');
  });

  it.each([
    ['run_comand(npm test)', 'There is no tool named "run_comand"'],
    ['run_command(*)', 'would allow every command'],
    ['*', 'stands only in rules that deny or ask'],
    ['run_demo_program(x)', 'Rules for this tool are about all its calls'],
    ['run_demo_program\nallow fetch_url', 'A rule is "effect tool(specifier)"'],
  ])('--allow %j is refused, and nothing is sent', async (rule, message) => {
    const { code, err, out } = await interleave([
      'run',
      asking(two),
      ...(await demo()),
      '--allow',
      rule,
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('a file of rules with an error stops the run, and nothing is sent', async () => {
    const rules = path.join(promptFolder({ 'my.rules': 'deny sum_numbers\nalow x\n' }), 'my.rules');
    const { code, err, out } = await interleave([
      'run',
      asking(two),
      ...(await demo()),
      '--rules',
      rules,
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('my.rules:2:1: error: ');
  });

  it('never reach the rules and the saved runs', async () => {
    const state = promptFolder({ 'a.txt': 'a' });
    const services = {
      environment: { XDG_STATE_HOME: path.join(state, 'state') },
      folder: state,
      terminal: { out: () => undefined, err: () => undefined },
      createToolset: () =>
        createToolset({
          ...{ folders: [{ name: 'w', path: state }], exclude: [], workerPath: '/none.js' },
        }),
    };
    const file = path.join(state, 'my.rules');
    writeFileSync(file, 'allow write_file\n');
    const { rules, system, tools } = await readCommandRules({ rules: file }, services);
    const tool = tools.tools.find(({ name }) => name === 'write_file');
    if (tool === undefined) throw new Error('There is no tool.');
    const verdictOf = (file: string) => {
      const input = { path: file, content: '' };
      return decide(rules, { tool, input, isUnattended: true }, system).verdict;
    };
    expect(['a.txt', 'my.rules', 'state/interleave/runs/x/journal.jsonl'].map(verdictOf)).toEqual([
      ...['allow', 'deny', 'deny'],
    ]);
    expect(['.interleave/approvals.rules', 'x/../.interleave/y'].map(verdictOf)).toEqual([
      ...['deny', 'deny'],
    ]);
  });
});
