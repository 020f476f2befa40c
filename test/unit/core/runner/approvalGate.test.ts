import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Lead } from '../../../../src/core/approvals/rules/ruleCall.ts';
import type { RunRules } from '../../../../src/core/approvals/runRules.ts';
import type { ToolEffect } from '../../../../src/core/base/toolEffect.ts';
import type { GateOptions } from '../../../../src/core/runner/approvalGate.ts';
import { approvalGate } from '../../../../src/core/runner/approvalGate.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { checkCall } from '../../../../src/core/tools/checkCall.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import { createAskUserTool } from '../../../../src/core/tools/questions/askUserTool.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import { rulesOf, rulesOfRun } from '../../../support/approvals/ruleFixtures.ts';

const toolOf = (name: string, effect: ToolEffect, field: string): Tool =>
  defineTool({
    ...{ name, effect, description: 'x', inputSchema: z.looseObject({ [field]: z.string() }) },
    execute: () => 'ran',
  });

const readFile = toolOf('read_file', 'read', 'path');
const writeFile = toolOf('write_file', 'write', 'path');
const fetchUrl = toolOf('fetch_url', 'network', 'url');
const command = toolOf('run_command', 'execute', 'command');

/** Asks the gate about one call under these rules. */
async function ask(tool: Tool, input: object, rules: string, more: Partial<RunRules> = {}) {
  const looked: string[] = [];
  const waiting: string[] = [];
  const leadOf = async (path: string): Promise<Lead> => {
    looked.push(path);
    return { path: `real/${path}` };
  };
  const options: GateOptions = {
    rules: rulesOfRun(rules, { leadOf, ...more }),
    ...{ runId: 'r', conversation: 0, caller: { agent: 'a', path: ['a'], within: [] } },
    ...{ inbox: new Runner().inbox, hideKeys: (value) => value, onDecided: () => undefined },
  };
  const checked = checkCall(tool, { callId: 'c', name: tool.name, input }, (text) => text);
  if ('content' in checked) throw new Error(checked.content);
  const { signal } = new AbortController();
  const decided = approvalGate(options, 1)(checked, {
    signal,
    waiting: ({ by }) => waiting.push('why' in by ? by.why : ''),
  });
  const isAsked = async () => {
    for (let round = 0; round < 10; round++) await Promise.resolve();
    return waiting.length > 0;
  };
  const decision = (await isAsked()) ? undefined : await decided;
  return { decision, looked, waiting };
}

describe('where the path of a call leads', () => {
  it.each([
    ['is not asked of a tool that reads', readFile, '', []],
    ['nor with rules about other tools', readFile, 'deny write_file(secret/**)', []],
    ['nor with rules about all its calls', readFile, 'ask read_file', []],
    ['is asked with rules about its paths', readFile, 'deny read_file(secret/**)', ['a/b']],
    ['is asked of a tool that writes', writeFile, '', ['a/b']],
    ['is not asked of a command', command, 'deny run_command(rm *)', []],
  ] as const)('%s', async (_, tool, rules, paths) => {
    const input = { path: 'a/b', command: 'ls' };
    expect((await ask(tool, input, rules)).looked).toEqual(paths);
  });

  it.each(['/a/b', '\\a\\b', 'C:/a'])('is asked of the absolute path %s', async (path) => {
    expect((await ask(readFile, { path }, '')).looked).toEqual([path]);
  });

  it('is what rules are about', async () => {
    const rules = 'deny write_file(real/secret/**)';
    const denied = await ask(writeFile, { path: 'secret/x' }, rules);
    expect(denied.decision).toMatchObject({ kind: 'deny', decision: { verdict: 'deny' } });
    const allowed = await ask(writeFile, { path: 'other/x' }, rules);
    expect(allowed.decision).toEqual({ kind: 'allow' });
  });
});

describe('a call at the gate', () => {
  it('runs with a rule that allows it, which is said', async () => {
    const { decision } = await ask(command, { command: 'npm test' }, 'allow run_command(npm test)');
    expect(decision).toMatchObject({
      ...{ kind: 'allow', decision: { verdict: 'allow' } },
    });
    expect(decision).not.toHaveProperty('forTool');
  });

  it('that asks other machines takes the rules along for each address on the way', async () => {
    const { decision } = await ask(
      ...([fetchUrl, { url: 'https://example.com/' }] as const),
      'allow fetch_url(domain:example.com)',
    );
    const says = decision?.kind === 'allow' ? decision.forTool?.rulesSay : undefined;
    expect(says?.({ url: 'https://example.com/a' }, ['8.8.8.8'])?.verdict).toBe('allow');
    expect(says?.({ url: 'https://other.com/' }, ['8.8.8.8'])?.verdict).toBe('ask');
    expect(says?.({ url: 'https://example.com/' }, ['127.0.0.1'])?.verdict).toBe('deny');
  });

  it('waits for the user where rules ask', async () => {
    const { waiting, decision } = await ask(command, { command: 'ls' }, '');
    expect([waiting, decision]).toEqual([['No rule allows it.'], undefined]);
  });

  it('is denied where rules ask and nobody is there', async () => {
    const by = (why: string) => ({ verdict: 'deny', by: { kind: 'nobody', why } });
    const alone = { isUnattended: true };
    const plain = await ask(command, { command: 'ls' }, '', alone);
    expect(plain.decision).toMatchObject({ kind: 'deny', decision: by('No rule allows it.') });
    const ruled = await ask(command, { command: 'ls' }, 'ask run_command', alone);
    expect(ruled.decision).toMatchObject({ decision: by('The rule "ask run_command" asks.') });
  });

  it('is denied when its tool is no longer what the model was told of', async () => {
    const changed = { ...readFile, isUnchanged: () => false };
    const { decision } = await ask(changed, { path: 'a' }, '');
    expect(decision).toMatchObject({
      kind: 'deny',
      reason: expect.stringMatching(/not what it was/),
    });
    const same = await ask({ ...readFile, isUnchanged: () => true }, { path: 'a' }, '');
    expect(same.decision).toEqual({ kind: 'allow' });
  });

  it('that is a question waits for its answer, unless it is denied or nobody is there', async () => {
    const input = { questions: [{ question: 'Which?' }] };
    const asked = await ask(createAskUserTool(), input, 'allow ask_user');
    expect(asked.waiting).toEqual(['The model asks a question.']);
    const denied = await ask(createAskUserTool(), input, 'deny ask_user');
    expect(denied.decision).toMatchObject({ kind: 'deny' });
    const alone = await ask(createAskUserTool(), input, '', { isUnattended: true });
    expect(alone.decision).toMatchObject({
      ...{
        kind: 'deny',
        reason: expect.stringMatching(/^Nobody is there to answer\. Decide yourself/),
      },
      decision: { by: { kind: 'default', why: 'Nobody is there to answer.' } },
    });
  });

  it('of an unattended run waits only where it is a question that somebody can answer', async () => {
    const input = { questions: [{ question: 'Which?' }] };
    const answered = { isUnattended: true, canAnswer: true };
    const question = await ask(createAskUserTool(), input, '', answered);
    expect(question.waiting).toEqual(['The model asks a question.']);
    const plain = await ask(command, { command: 'ls' }, '', answered);
    expect(plain.decision).toMatchObject({ kind: 'deny' });
  });

  it('is decided by the rules as they are now', async () => {
    let rules = rulesOf('');
    const now = { current: () => rules };
    expect((await ask(readFile, { path: 'a' }, '', now)).decision).toEqual({ kind: 'allow' });
    rules = rulesOf('deny read_file');
    expect((await ask(readFile, { path: 'a' }, '', now)).decision).toMatchObject({ kind: 'deny' });
  });
});
