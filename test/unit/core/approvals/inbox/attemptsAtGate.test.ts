import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../../../src/core/approvals/inbox/inbox.ts';
import { ruleToolOf } from '../../../../../src/core/approvals/rules/ruleTools.ts';
import { approvalGate } from '../../../../../src/core/runner/approvalGate.ts';
import type { Tool } from '../../../../../src/core/tools/tool.ts';
import type { GateDecision } from '../../../../../src/core/tools/toolGate.ts';
import { type Attempt, attempts, innocent } from '../../../../fixtures/approvals/attempts.ts';
import {
  callOf,
  linux,
  mac,
  rulesOf,
  windows,
} from '../../../../support/approvals/ruleFixtures.ts';

/** What the gate makes of an attempt: what it decided, or that a person is asked. */
async function outcomeOf(attempt: Attempt): Promise<GateDecision['kind'] | 'asked'> {
  const { rules, tool, input, agent = 'interleave', leadsTo, ...on } = attempt;
  const system = on.isWindows ? windows : on.isMac ? mac : linux;
  const read = rulesOf(rules, 'run', system);
  const inbox = new Inbox();
  const ended = new AbortController();
  const gate = approvalGate(
    {
      rules: {
        ...{ current: () => read, system, isUnattended: false },
        tools: { tools: [], listsForeign: false },
        ...(leadsTo === undefined ? {} : { leadOf: async () => leadsTo }),
      },
      ...{ runId: 'r', conversation: 0, inbox, hideKeys: (shown) => shown },
      caller: { agent, path: [agent], within: [] },
      onDecided: () => undefined,
    },
    1,
  );
  const call = { callId: 'c', name: tool, input };
  const asked = new Promise<'asked'>((resolve) => {
    const checked = { call, tool: toolOf(tool), input };
    const asking = { signal: ended.signal, waiting: () => resolve('asked') };
    const decided = Promise.resolve(gate(checked, asking));
    decided.then(({ kind }) => resolve(kind as 'asked')).catch(() => undefined);
  });
  const outcome = await asked;
  ended.abort();
  return outcome;
}

describe('a permission to fetch', () => {
  const inbox = new Inbox();
  const read = rulesOf(
    'allow fetch_url(domain:docs.example.com)\ndeny fetch_url(domain:evil.example.com)',
  );
  const gate = approvalGate(
    {
      rules: {
        ...{ current: () => read, system: linux, isUnattended: false },
        tools: { tools: [], listsForeign: false },
      },
      ...{ runId: 'r', conversation: 0, inbox, hideKeys: (shown) => shown },
      caller: { agent: 'a', path: ['a'], within: [] },
      onDecided: () => undefined,
    },
    1,
  );

  it.each([
    ['https://docs.example.com/', ['93.184.216.34'], 'allow'],
    ['https://docs.example.com/', ['10.0.0.1'], 'deny'],
    ['https://other.example.com/', ['93.184.216.34'], 'ask'],
    ['https://evil.example.com/', ['93.184.216.34'], 'deny'],
    ['http://127.0.0.1/', ['127.0.0.1'], 'deny'],
  ])('says of %s at %s: %s', async (url, addresses, verdict) => {
    const input = { url: 'https://docs.example.com/start' };
    const call = { callId: 'c', name: 'fetch_url', input };
    const asking = { signal: new AbortController().signal, waiting: () => undefined };
    const permission = await gate({ call, tool: toolOf('fetch_url'), input }, asking);
    const rulesSay = permission.kind === 'allow' ? permission.forTool?.rulesSay : undefined;
    expect(rulesSay?.({ url }, addresses).verdict).toBe(verdict);
  });
});

/** A tool that takes whatever it is given. */
function toolOf(name: string): Tool {
  const { effect } = callOf(name, {}).tool;
  const tool: Tool = {
    name: name.replace(/^lm:/, ''),
    ...{ effect, description: 'A tool.', inputSchema: { type: 'object' } },
    check: (input) => ({ ok: true, value: input }),
    execute: () => 'ran',
  };
  expect(ruleToolOf(tool).name).toBe(name);
  return tool;
}

/** Addresses are looked up by the tool that fetches, which asks again with them. */
const atGate = attempts.filter(({ addresses }) => addresses === undefined);

describe('attempts to widen a rule, at the gate', () => {
  it.each([...new Set(atGate.map(({ family }) => family))])(
    '%s: none runs unasked',
    async (family) => {
      const tried = atGate.filter((attempt) => attempt.family === family);
      const outcomes = await Promise.all(tried.map(outcomeOf));
      const allowed = tried.filter((_, index) => outcomes[index] === 'allow');
      expect(allowed.map(({ input, agent }) => ({ input, agent }))).toEqual([]);
    },
  );

  it('are many', () => expect(atGate.length).toBeGreaterThan(500));

  it('the innocent forms run', async () => {
    const outcomes = await Promise.all(innocent.map(outcomeOf));
    const others = innocent.filter((_, index) => outcomes[index] !== 'allow');
    expect(others.map(({ input }) => input)).toEqual([]);
  });
});
