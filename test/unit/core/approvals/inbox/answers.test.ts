import { describe, expect, it } from 'vitest';
import type { InboxDecision } from '../../../../../src/core/approvals/inbox/inboxDecision.ts';
import { command, idsOf, question, startAsking } from '../../../../support/approvals/askingRuns.ts';
import { settled } from '../../../../support/settled.ts';

/** A question and a command that wait, and what a decision about them does. */
async function asking() {
  const one = question({ question: 'Which?' }, { question: 'Why?' });
  const run = startAsking([one, command('npm test', 'cmd')], { toolExecution: 'parallel' });
  await settled();
  const [asked, called] = [idsOf(run.inbox, [one.callId])[0]!, idsOf(run.inbox, ['cmd'])[0]!];
  const decide = async (decision: InboxDecision) => {
    const result = await run.inbox.decide(decision);
    return {
      settled: result.settled,
      refused: result.refused.map(({ id, why, message }) => [id, why, message]),
    };
  };
  return { ...run, asked, called, decide };
}

const answers = ['this', ''];
const notSaid = 'This call asks a question. Answer it, or deny the call.';

describe('a call that asks', () => {
  it('is settled by one answer for each question', async () => {
    const { asked, called, decide, run, provider, inbox } = await asking();
    expect(await decide({ kind: 'answer', requests: [asked], answers })).toEqual({
      ...{ settled: [asked], refused: [] },
    });
    await inbox.decide({ kind: 'deny', requests: [called] });
    await run.ended();
    const last = provider.requests[1]?.messages.at(-1);
    expect(JSON.stringify(last)).toContain('Which?\\n=> this\\n\\nWhy?\\n=> (no answer)');
  });

  it.each([
    [['one'], 'There must be one answer for each question; an empty one is an answer.'],
    [['a', 'b', 'c'], 'There must be one answer for each question; an empty one is an answer.'],
    [['a', 'x'.repeat(10_001)], 'An answer is too long.'],
  ])('is not settled by others (%#)', async (given, message) => {
    const { asked, decide, run } = await asking();
    expect(await decide({ kind: 'answer', requests: [asked], answers: given })).toEqual({
      ...{ settled: [], refused: [[asked, 'unfit', message]] },
    });
    run.cancel();
  });

  it('may have answers of ten thousand characters', async () => {
    const { asked, decide, run } = await asking();
    const given = ['x'.repeat(10_000), 'b'];
    expect(await decide({ kind: 'answer', requests: [asked], answers: given })).toMatchObject({
      settled: [asked],
    });
    run.cancel();
  });

  it('is neither allowed nor changed, and no rule is made for it', async () => {
    const { asked, decide, run } = await asking();
    const refused = { settled: [], refused: [[asked, 'unfit', notSaid]] };
    expect(await decide({ kind: 'allow', requests: [asked] })).toEqual(refused);
    expect(await decide({ kind: 'change', request: asked, input: { questions: [] } })).toEqual(
      refused,
    );
    for (const form of ['exact', 'pattern'] as const) {
      const rule = { kind: 'rule', request: asked, form, scope: 'run' } as const;
      expect(await decide(rule)).toEqual(refused);
    }
    run.cancel();
  });
});

describe('a call that asks nothing', () => {
  it('is not answered', async () => {
    const { called, decide, run } = await asking();
    expect(await decide({ kind: 'answer', requests: [called], answers })).toEqual({
      settled: [],
      refused: [[called, 'unfit', 'This call asks no question. Allow or deny it.']],
    });
    run.cancel();
  });

  it('is settled by a rule for it', async () => {
    const { called, decide, run } = await asking();
    const rule = { kind: 'rule', request: called, form: 'exact', scope: 'run' } as const;
    expect(await decide(rule)).toEqual({ settled: [called], refused: [] });
    run.cancel();
  });

  it('is settled beside one that asks', async () => {
    const { asked, called, decide, run } = await asking();
    expect(await decide({ kind: 'allow', requests: [called, asked, called, 'x'] })).toEqual({
      settled: [called],
      refused: [
        [called, 'twice', 'This call was named twice.'],
        [
          'x',
          'late',
          'This call does not wait any more: it was decided on, or its conversation has ended.',
        ],
        [asked, 'unfit', notSaid],
      ],
    });
    run.cancel();
  });

  it('has no rule where none can be written', async () => {
    const { called, decide, run } = await asking();
    const rule = { kind: 'rule', request: called, form: 'pattern', scope: 'run' } as const;
    // "npm test" leaves nothing open.
    expect(await decide(rule)).toEqual({
      settled: [],
      refused: [[called, 'unavailable', 'No such rule can be written for this call.']],
    });
    expect(await decide({ ...rule, request: 'x' })).toMatchObject({
      refused: [['x', 'late', expect.anything()]],
    });
    expect(await decide({ kind: 'change', request: 'x', input: {} })).toMatchObject({
      refused: [['x', 'late', expect.anything()]],
    });
    run.cancel();
  });
});
