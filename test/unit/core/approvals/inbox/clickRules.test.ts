import { describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../../../../src/core/approvals/inbox/approvalRequest.ts';
import type { RuleScope } from '../../../../../src/core/approvals/inbox/inboxDecision.ts';
import { Runner } from '../../../../../src/core/runner/runner.ts';
import {
  type AskingRunOptions,
  command,
  commandsOf,
  fetchUrl,
  idsOf,
  startAsking,
} from '../../../../support/approvals/askingRuns.ts';
import { impatient } from '../../../../support/runs.ts';
import { settled } from '../../../../support/settled.ts';

const lines = ['npm test', 'npm run build', 'npm run lint', 'npm run x && rm y', 'rm x'];

/** Every conversation asks for all of these commands. */
function startLines(options: AskingRunOptions = {}) {
  const calls = (prompt: string, turn: number) =>
    turn === 1 ? lines.map((line, index) => command(line, `${prompt}${index}`)) : [];
  return startAsking(calls, { prompts: ['a', 'b'], ...options });
}

const callIds = (requests: readonly ApprovalRequest[]) => requests.map(({ callId }) => callId);

/** Two runs of one agent and one of another, all of which wait. */
async function threeRuns() {
  const runner = new Runner({ retry: impatient });
  const first = startLines({ runner });
  const second = startLines({ runner });
  const other = startLines({ runner, name: 'other' });
  await settled();
  const end = (): void => [first, second, other].forEach(({ run }) => void run.cancel());
  return { runner, first, second, other, inbox: runner.inbox, end };
}

describe('a rule made with a click', () => {
  it.each<[RuleScope, number]>([
    ['conversation', 1],
    ['run', 2],
    ['always', 4],
  ])(
    'for this %s settles what its preview says, and nothing of another agent',
    async (scope, count) => {
      const { inbox, first, end } = await threeRuns();
      const total = inbox.size;
      const [request = ''] = idsOf(inbox, ['a0']);
      const decision = { kind: 'rule', request, form: 'exact', scope } as const;
      const { settles, stays, offer } = await inbox.preview(decision);
      expect(settles).toHaveLength(count);
      expect(stays).toHaveLength(total - count);
      expect(commandsOf(settles)).toEqual(Array(count).fill('npm test'));
      expect(new Set(settles.map(({ agent }) => agent))).toEqual(new Set(['test']));
      expect(offer).toMatchObject({
        rule: { text: 'allow run_command(npm test) agent="test"' },
        preview: { covers: ['the command: npm test', 'only calls of the agent test'] },
      });
      const result = await inbox.decide(decision);
      expect(result.settled).toEqual(settles.map(({ id }) => id));
      expect(result.settingsRule).toBe(scope === 'always' ? offer?.rule.text : undefined);
      expect(inbox.requests()).toEqual(stays);
      expect(first.run.state.conversations[0]?.toolCalls[0]?.decision).toEqual({
        ...{ verdict: 'allow', by: { kind: 'rule', rule: offer?.rule.text, place: 'click' } },
      });
      end();
    },
  );

  it('may be a pattern for one simple command, and covers nothing else', async () => {
    const { inbox, first, end } = await threeRuns();
    const [request = ''] = idsOf(inbox, ['a1']);
    const decision = { kind: 'rule', request, form: 'pattern', scope: 'run' } as const;
    const { settles } = await inbox.preview(decision);
    expect(callIds(settles)).toEqual(['a1', 'a2', 'b1', 'b2']);
    await inbox.decide(decision);
    await settled();
    expect(first.tools.ran).toEqual([]);
    end();
  });

  it.each([
    ['several commands', 'a3', 'pattern'],
    ['a program that is no pattern', 'a4', 'pattern'],
  ] as const)('is not offered for %s', async (_, callId, form) => {
    const { inbox, run } = startLines();
    await settled();
    const [request = ''] = idsOf(inbox, [callId]);
    expect(inbox.offers(request)?.[form]).toBeUndefined();
    const result = await inbox.decide({ kind: 'rule', request, form, scope: 'always' });
    expect(result).toMatchObject({ settled: [], refused: [{ why: 'unavailable' }] });
    expect(inbox.rulesOf({ runId: run.id, conversation: 0 })).toEqual([]);
    run.cancel();
  });

  it.each<[RuleScope, boolean, boolean, boolean]>([
    ['conversation', true, false, false],
    ['run', true, true, false],
    ['always', true, true, true],
  ])(
    'for this %s holds for later calls there and nowhere else',
    async (scope, here, beside, later) => {
      const runner = new Runner({ retry: impatient });
      const calls = (prompt: string, turn: number) =>
        turn < 3 ? [command('npm test', `${prompt}${turn}`)] : [];
      const first = startAsking(calls, { runner, prompts: ['a', 'b'] });
      await settled();
      const { inbox } = runner;
      const [request = ''] = idsOf(inbox, ['a1']);
      await inbox.decide({ kind: 'rule', request, form: 'exact', scope });
      await inbox.decide({ kind: 'allow', requests: idsOf(inbox, ['b1']) });
      await settled();
      const second = startAsking(calls, { runner, prompts: ['c'] });
      const other = startAsking(calls, { runner, prompts: ['d'], name: 'other' });
      await settled();
      const waiting = callIds(inbox.requests());
      expect(waiting.includes('a2')).toBe(!here);
      expect(waiting.includes('b2')).toBe(!beside);
      expect(waiting.includes('c1')).toBe(!later);
      expect(waiting).toContain('d1');
      for (const { run } of [first, second, other]) run.cancel();
    },
  );

  it('for this conversation is gone when the conversation begins anew', async () => {
    const calls = (_: string, turn: number) => (turn === 1 ? [command('npm test', 'c')] : []);
    const { inbox, run } = startAsking(calls);
    await settled();
    const [request = ''] = idsOf(inbox);
    await inbox.decide({ kind: 'rule', request, form: 'exact', scope: 'conversation' });
    await run.ended();
    run.rerun([0]);
    await settled();
    expect(inbox.size).toBe(1);
    run.cancel();
  });

  it('does not come before a rule that denies or asks', async () => {
    const { inbox, run, tools } = startAsking([fetchUrl('https://docs.example.com/a')], {
      rules: 'ask fetch_url(domain:docs.example.com)',
    });
    await settled();
    const [request = ''] = idsOf(inbox);
    const decision = { kind: 'rule', request, form: 'exact', scope: 'run' } as const;
    const result = await inbox.decide(decision);
    expect(result).toMatchObject({ settled: [], refused: [{ id: request, why: 'denied' }] });
    expect(tools.ran).toEqual([]);
    run.cancel();
  });
});

describe('rules that change while calls wait', () => {
  it('settle what they decide, and leave the rest', async () => {
    let rules = '';
    const { inbox, run, tools } = startLines({ prompts: ['a'], rules: () => rules });
    await settled();
    rules = 'allow run_command(npm test)\ndeny run_command(rm *)';
    inbox.recheck();
    expect(commandsOf(inbox.requests())).toEqual(['npm run build', 'npm run lint']);
    await inbox.decide({ kind: 'deny', requests: idsOf(inbox) });
    const { conversations } = await run.ended();
    expect(tools.ran).toEqual([{ command: 'npm test' }]);
    expect(conversations[0]?.toolCalls.map(({ decision }) => decision?.by.kind)).toEqual([
      ...['rule', 'person', 'person', 'rule', 'rule'],
    ]);
  });

  it('deny what a person allows too late', async () => {
    let rules = '';
    const { inbox, run, tools } = startLines({ prompts: ['a'], rules: () => rules });
    await settled();
    rules = 'deny run_command';
    const requests = idsOf(inbox, ['a0']);
    const { refused } = await inbox.decide({ kind: 'allow', requests });
    expect(refused).toMatchObject([{ id: requests[0], why: 'denied' }]);
    inbox.recheck();
    await run.ended();
    expect(tools.ran).toEqual([]);
  });
});
