import { describe, expect, it } from 'vitest';
import { waitEnd } from '../../../../src/core/agent/admission.ts';
import type { TurnCall } from '../../../../src/core/agent/attempt.ts';
import type { ConversationContext } from '../../../../src/core/agent/conversationContext.ts';
import type { RequestEnd, SlotRequest } from '../../../../src/core/agent/requestSlots.ts';
import { notRefused, type Released } from '../../../../src/core/agent/requestSlots.ts';
import type { BudgetNeed, Refusal, Reservation } from '../../../../src/core/agent/reservation.ts';
import { defaultRetryPolicy } from '../../../../src/core/agent/retryPolicy.ts';
import { requestTurn } from '../../../../src/core/agent/turn.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken, type Reply, ScriptedProvider } from '../../../support/scriptedProvider.ts';

interface Play {
  /** What each attempt gets. */
  readonly replies?: readonly Reply[];
  readonly turn?: number;
  readonly whenBlocked?: 'pause' | 'fail';
  readonly outerCallId?: string;
  /** What the limiter does before it gives a slot. */
  readonly onAcquire?: (request: SlotRequest) => void;
  readonly released?: Released;
  /** What the budget allows of each request. */
  readonly allowed?: readonly (number | 'budget')[];
  /** Whether each reservation still suffices when it has its slot. */
  readonly confirmed?: readonly boolean[];
}

/** Requests one turn and records what limiter, budget, server and conversation hear of it. */
async function play(given: Play) {
  const clock = new ManualClock(() => 1);
  const steps: ConversationStep[] = [];
  const asked: SlotRequest[] = [];
  const ends: RequestEnd[] = [];
  const needs: BudgetNeed[] = [];
  let settled = 0;
  const replies = [...(given.replies ?? [{ text: 'x' }])];
  const confirmed = [...(given.confirmed ?? [])];
  const allowed = [...(given.allowed ?? [])];
  const served = {
    requestSlots: {
      acquire: async (request: SlotRequest) => {
        asked.push(request);
        given.onAcquire?.(request);
        const release = (end: RequestEnd): Released => {
          ends.push(end);
          return end.failure === undefined ? notRefused : (given.released ?? notRefused);
        };
        return { onHead: () => undefined, onBegin: () => undefined, release };
      },
    },
    reserve: async (need: BudgetNeed): Promise<Reservation | Refusal> => {
      needs.push(need);
      const most = allowed.shift() ?? need.maxOutputTokens;
      if (most === 'budget') return { reason: most };
      return {
        ...{ maxOutputTokens: most, confirm: () => confirmed.shift() ?? true },
        ...(most < need.maxOutputTokens ? { shortenedBy: 'maxCostUsd' as const } : {}),
        settle: () => settled++,
      };
    },
  };
  const context: ConversationContext = {
    ...{ ...served, serve: () => served, clock, signal: new AbortController().signal },
    sleepWatch: { onWake: () => ({ dispose: () => undefined }) },
    retry: { ...defaultRetryPolicy, maxAttempts: 3, baseDelayMs: 100 },
    emit: (step) => steps.push(step),
    whenBlocked: given.whenBlocked ?? 'fail',
    record: () => undefined,
    commit: async () => undefined,
    ...(given.outerCallId === undefined ? {} : { outerCallId: given.outerCallId }),
  };
  const provider = new ScriptedProvider(() => replies.shift() ?? { text: 'x' });
  const call: TurnCall = {
    provider,
    request: {
      ...{ model: 'm', system: '', tools: [], maxOutputTokens: 10 },
      messages: [{ role: 'user', text: 'Go.' }],
    },
    turn: given.turn ?? 1,
    onTurn: () => steps.push({ type: 'turn.finished' } as ConversationStep),
    onCutOff: () => undefined,
  };
  let outcome: Awaited<ReturnType<typeof requestTurn>> | undefined;
  void requestTurn(call, context).then((result) => {
    outcome = result;
  });
  await clock.drain(60_000);
  const types = steps.map(({ type }) => type);
  return { steps, types, asked, ends, needs, outcome, provider, clock, settled };
}

const down = new ProviderError('down', { kind: 'overloaded', brief: 'no data' });

describe('a turn', () => {
  it('is requested with its slot and its part of the budget', async () => {
    const { types, asked, ends, needs, outcome, settled } = await play({});
    expect(types).toEqual(['conversation.started', 'turn.started', 'turn.delta', 'turn.finished']);
    expect(asked).toMatchObject([
      { started: false, again: false, maxRefusals: 3, whenBlocked: 'fail' },
    ]);
    expect(needs).toMatchObject([{ started: false, maxOutputTokens: 10 }]);
    // The slot is released again when the request is left, which counts no more.
    expect(ends[0]).toEqual({ usage: oneToken });
    expect(settled).toBe(1);
    expect(outcome).toMatchObject({ kind: 'turn', shortenedBy: undefined });
  });

  it.each([
    ['a later turn', { turn: 2 }],
    ['a nested conversation', { outerCallId: 'c' }],
  ])('of %s goes before new conversations', async (_, more) => {
    const { asked, needs } = await play(more);
    expect(asked[0]?.started).toBe(true);
    expect(needs[0]?.started).toBe(true);
  });

  it('may be shorter than planned where the budget allows no more', async () => {
    const { provider, outcome } = await play({ allowed: [4] });
    expect(provider.requests[0]?.maxOutputTokens).toBe(4);
    expect(outcome).toMatchObject({ kind: 'turn', shortenedBy: 'maxCostUsd' });
  });

  it('is not sent where the budget allows none', async () => {
    const { asked, outcome, types } = await play({ allowed: ['budget'] });
    expect([asked, types]).toEqual([[], []]);
    expect(outcome).toEqual({ kind: 'unaffordable', reason: 'budget' });
  });

  it('gives back slot and reservation when the budget has changed meanwhile', async () => {
    const { needs, ends, outcome, settled, provider } = await play({ confirmed: [false, true] });
    expect(needs).toHaveLength(2);
    expect(ends.slice(0, 2)).toEqual([{}, { usage: oneToken }]);
    expect(settled).toBe(2);
    expect(provider.requests).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: 'turn' });
  });

  it('is given up, with its reservation, when the limiter sends nothing any more', async () => {
    const quota = new ProviderError('used up', { kind: 'quota' });
    const refused = await play({
      onAcquire: () => {
        throw quota;
      },
    });
    expect(refused.outcome).toMatchObject({
      kind: 'failed',
      failure: quota,
      error: { attempts: 0 },
    });
    expect([refused.types, refused.settled]).toEqual([[], 1]);
  });
});

describe('waits of a turn', () => {
  it.each([
    ['the budget', 1, { type: 'conversation.waiting', reason: 'budget' }],
    ['the budget', 2, { type: 'conversation.waiting', reason: 'budget' }],
  ])('for %s are told (turn %i)', async (_, turn, step) => {
    const { needs, steps } = await play({ turn });
    needs[0]?.onWait();
    expect(steps.at(-1)).toEqual(step);
  });

  it('for a slot are told of conversations that have started only', async () => {
    const onAcquire = ({ onWait }: SlotRequest) => {
      onWait('slot');
      onWait('rate_limit', 5_000);
    };
    const first = await play({ onAcquire });
    expect(first.steps.slice(0, 2)).toEqual([
      { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 5_000 },
      { type: 'conversation.started' },
    ]);
    const later = await play({ onAcquire, turn: 2 });
    expect(later.steps[0]).toEqual({ type: 'conversation.waiting', reason: 'slot' });
  });

  it('end on the clock of the run, and by the time of day where they are long', () => {
    const clock = new ManualClock();
    expect(waitEnd(undefined, clock)).toEqual({});
    expect(waitEnd(120_000, clock)).toEqual({ untilMs: 120_000 });
    const before = Date.now();
    const { untilMs, untilTime = '' } = waitEnd(120_001, clock);
    expect(untilMs).toBe(120_001);
    expect(Date.parse(untilTime) - before).toBeGreaterThanOrEqual(120_001);
    expect(Date.parse(untilTime) - before).toBeLessThan(240_000);
    expect(waitEnd(Number.MAX_VALUE, clock).untilMs).toBe(31 * 86_400_000);
  });
});

describe('attempts at a turn', () => {
  it('follow a failure after a backoff, and say what failed', async () => {
    const { steps, asked, ends, outcome } = await play({ replies: [down, { text: 'x' }] });
    expect(steps.slice(0, 5)).toEqual([
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      {
        ...{ type: 'turn.discarded', turn: 1, attempt: 1 },
        error: { kind: 'overloaded', message: 'down', attempts: 1 },
      },
      {
        ...{ type: 'conversation.waiting', reason: 'retry', untilMs: 100 },
        ...{ attempt: 2, of: 3, cause: 'no data' },
      },
      { type: 'turn.started', turn: 1, attempt: 2 },
    ]);
    expect(asked.map(({ again, started }) => [again, started])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(ends[0]).toEqual({ failure: down });
    expect(outcome).toMatchObject({ kind: 'turn' });
  });

  it('end after their max with the last failure', async () => {
    const { provider, outcome, types } = await play({ replies: [down, down, down] });
    expect(provider.requests).toHaveLength(3);
    expect(outcome).toMatchObject({ kind: 'failed', failure: down, error: { attempts: 3 } });
    // The last one is told with the end of the conversation.
    expect(types.filter((type) => type === 'turn.discarded')).toHaveLength(2);
  });

  it('wait for a rate limit without counting, and say how many refusals came in a row', async () => {
    const refusal = new ProviderError('slow down', { kind: 'rate_limit' });
    let requests = 0;
    const { steps, asked } = await play({
      ...{ replies: [refusal, { text: 'x' }], released: { refusalsInRow: 2, ownWaitMs: 0 } },
      onAcquire: ({ onWait }) => {
        if (requests++ > 0) onWait('rate_limit', 1_000);
      },
    });
    expect(asked.map(({ again }) => again)).toEqual([false, false]);
    expect(steps.filter(({ type }) => type === 'conversation.waiting')).toEqual([
      {
        ...{ type: 'conversation.waiting', reason: 'rate_limit', untilMs: 200 },
        ...{ attempt: 3, of: 3 },
      },
      {
        ...{ type: 'conversation.waiting', reason: 'rate_limit', untilMs: 1_200 },
        ...{ attempt: 3, of: 3 },
      },
    ]);
  });
  it.each([
    ['fail', 1],
    ['pause', 2],
  ] as const)(
    'after an error that blocks all requests %s: %i requests',
    async (whenBlocked, count) => {
      const quota = new ProviderError('used up', { kind: 'quota' });
      const { provider, types } = await play({ whenBlocked, replies: [quota, { text: 'x' }] });
      expect(provider.requests).toHaveLength(count);
      expect(types.includes('conversation.waiting')).toBe(false);
    },
  );

  it('end when the endpoint refuses for good and nobody can fix it', async () => {
    const refusal = new ProviderError('no', { kind: 'rate_limit' });
    const released = { refusalsInRow: 3, ownWaitMs: 0 };
    const { provider, outcome } = await play({ replies: [refusal], released });
    expect(provider.requests).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: 'failed', failure: refusal });
  });
});

describe('an answer without text', () => {
  it('is a failed attempt, with its cost', async () => {
    const { steps, ends, outcome } = await play({ replies: [{ text: ' \n' }, { text: 'x' }] });
    expect(steps.find(({ type }) => type === 'turn.discarded')).toMatchObject({
      ...{ attempt: 1, usage: oneToken },
      error: { kind: 'protocol', message: expect.stringMatching(/empty answer/) },
    });
    expect(steps.filter(({ type }) => type === 'turn.discarded')).toHaveLength(1);
    // It was an answer of the server all the same.
    expect(ends[0]).toEqual({ usage: oneToken });
    expect(outcome).toMatchObject({ kind: 'turn' });
  });

  it('is an answer when it has tool calls, or ended for another reason', async () => {
    const calls = [{ callId: 'c', name: 'n', input: {} }];
    for (const reply of [
      { text: '', calls },
      { text: '', stop: 'refused' },
    ] as const) {
      const { outcome, provider } = await play({ replies: [reply] });
      expect(outcome).toMatchObject({ kind: 'turn' });
      expect(provider.requests).toHaveLength(1);
    }
  });
});
