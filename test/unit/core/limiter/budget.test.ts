import { describe, expect, it } from 'vitest';
import type { Refusal, Reservation } from '../../../../src/core/agent/reservation.ts';
import { Budget } from '../../../../src/core/limiter/budget.ts';
import type { BudgetLimits } from '../../../../src/core/limiter/budgetRoom.ts';
import type { RunLimitValues } from '../../../../src/core/limiter/runLimits.ts';
import { RunLimits } from '../../../../src/core/limiter/runLimits.ts';
import type { Message } from '../../../../src/core/providers/message.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import type { ModelPrice } from '../../../../src/shared/modelPrice.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import type { Usage } from '../../../../src/shared/usage.ts';
import { scriptedStart, tokens } from '../../../support/panel/runScript.ts';
import { testAgent } from '../../../support/runs.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';

/** One token of output costs a dollar, input nothing. */
const dollarAToken: ModelPrice = { input: 0, output: 1_000_000, cacheRead: 0, cacheWrite: 0 };
const agent = testAgent(echoProvider(), { tools: [], systemPrompt: '' });
const prompt: readonly Message[] = [{ role: 'user', text: 'x' }];

interface Limits extends Partial<BudgetLimits>, RunLimitValues {}

/** A budget for four conversations, and what became of each request. */
function harness(limits: Limits, price: ModelPrice | null = dollarAToken) {
  const priced = price === null ? {} : { price };
  const started = scriptedStart({
    unpriced: true,
    prompts: ['a', 'b', 'c', 'd'].map((name) => ({ name, ...priced })),
  });
  const state = startRunState(started);
  const silent: string[] = [];
  const budget = new Budget(
    { maxConversationCostUsd: Number.POSITIVE_INFINITY, ...limits },
    new RunLimits(limits, state),
    { state, onUnreported: (model) => silent.push(model) },
  );
  let seq = 0;
  const apply = (conversation: number, step: ConversationStep) =>
    applyRunEvent(state, { ...step, conversation, seq: ++seq, atMs: seq } as never);
  const waits: number[] = [];
  /** Asks for room, and returns what the budget has answered so far. */
  const ask = async (index: number, maxOutputTokens: number, more: object = {}) => {
    const answers: (Reservation | Refusal)[] = [];
    const signal = new AbortController().signal;
    const asked = { index, agent, messages: prompt, maxOutputTokens, started: false };
    void budget
      .reserve({ ...asked, onWait: () => waits.push(index), ...more }, signal)
      .then((answer) => answers.push(answer));
    await settled();
    return {
      get answer() {
        const [first] = answers;
        return first && 'reason' in first ? first.reason : first?.maxOutputTokens;
      },
      get reservation() {
        return answers[0] as Reservation;
      },
    };
  };
  /** A request is sent and answered. */
  const answers = async (index: number, reservation: Reservation, usage: Usage) => {
    apply(index, { type: 'turn.started', turn: 1, attempt: 1 });
    apply(index, { type: 'turn.finished', turn: 1, text: 'x', toolCalls: [], usage });
    reservation.settle(usage);
    await settled();
  };
  return { budget, state, silent, waits, ask, answers };
}

async function settled(): Promise<void> {
  for (let round = 0; round < 5; round++) await Promise.resolve();
}

describe('a budget', () => {
  it('leaves requests alone where there is no limit', async () => {
    const { ask } = harness({});
    const { answer, reservation } = await ask(0, 1_000_000);
    expect(answer).toBe(1_000_000);
    expect(reservation.confirm()).toBe(true);
    reservation.settle(tokens(1, 1));
  });

  it('admits what fits together with all that is in flight', async () => {
    const { ask, waits } = harness({ maxCostUsd: 10 });
    const [one, other, third] = [await ask(0, 5), await ask(1, 5), await ask(2, 1)];
    expect([one.answer, other.answer, third.answer]).toEqual([5, 5, undefined]);
    expect(waits).toEqual([2]);
  });

  it('reserves much more than the texts suggest while it is unknown how the server counts', async () => {
    const { ask } = harness({ maxRunTokens: 5_000 }, null);
    const [one, other, third] = [await ask(0, 10), await ask(1, 10), await ask(2, 10)];
    expect([one.answer, other.answer, third.answer]).toEqual([10, 10, undefined]);
  });

  it('admits a waiting request when one in flight has cost less than it might', async () => {
    const { ask, answers } = harness({ maxCostUsd: 10 });
    const one = await ask(0, 8);
    const other = await ask(1, 5);
    await answers(0, one.reservation, tokens(1, 5));
    expect(other.answer).toBe(5);
  });

  it('shortens an answer to what is left when nothing is in flight', async () => {
    const { ask, answers } = harness({ maxCostUsd: 10 });
    const one = await ask(0, 8);
    await answers(0, one.reservation, tokens(1, 3));
    expect((await ask(1, 8)).answer).toBe(7);
  });

  it('refuses what would be shorter than answers usually are', async () => {
    const { ask, answers } = harness({ maxCostUsd: 10 });
    const one = await ask(0, 7);
    await answers(0, one.reservation, tokens(1, 7));
    expect((await ask(1, 8)).answer).toBe('budget');
    // A request for a short answer is not held to that.
    expect((await ask(2, 3)).answer).toBe(3);
  });

  it('refuses everything when it is used up', async () => {
    const { ask, answers } = harness({ maxCostUsd: 5 });
    const one = await ask(0, 5);
    const waiting = await ask(1, 1);
    expect(waiting.answer).toBeUndefined();
    await answers(0, one.reservation, tokens(1, 5));
    expect(waiting.answer).toBe('budget');
    expect((await ask(2, 1)).answer).toBe('budget');
  });

  it('reserves nothing for a request that has ended, however often that is told', async () => {
    const { ask } = harness({ maxCostUsd: 5 });
    const one = await ask(0, 5);
    one.reservation.settle();
    one.reservation.settle();
    expect((await ask(1, 5)).answer).toBe(5);
    expect((await ask(2, 5)).answer).toBeUndefined();
  });

  it('frees what aborted requests of a conversation had reserved when that ends', async () => {
    const { budget, ask } = harness({ maxCostUsd: 5 });
    await ask(0, 5);
    const other = await ask(1, 5);
    budget.ended(2);
    await settled();
    expect(other.answer).toBeUndefined();
    budget.ended(0);
    await settled();
    expect(other.answer).toBe(5);
  });

  it('throws for a conversation that the run does not have', async () => {
    const { budget } = harness({ maxCostUsd: 5 });
    const request = { index: 9, agent, messages: prompt, maxOutputTokens: 1, started: false };
    const reserve = () =>
      budget.reserve({ ...request, onWait: () => undefined }, AbortSignal.abort());
    expect(reserve).toThrow('there is no conversation 9');
  });
});

describe('requests that wait for a budget', () => {
  it('go in the order in which they came, those of started conversations first', async () => {
    const { ask } = harness({ maxCostUsd: 5 });
    const first = await ask(0, 5);
    const fresh = await ask(1, 2);
    const begun = await ask(2, 2, { started: true });
    const later = await ask(3, 2, { started: true });
    first.reservation.settle();
    await settled();
    expect([begun.answer, later.answer, fresh.answer]).toEqual([2, 2, undefined]);
  });

  it('are not overtaken by one that would fit', async () => {
    const { ask, waits } = harness({ maxCostUsd: 5 });
    await ask(0, 4);
    await ask(1, 2);
    expect((await ask(2, 1)).answer).toBeUndefined();
    expect(waits).toEqual([1, 2]);
    // That of a started conversation does not wait behind them.
    expect((await ask(3, 1, { started: true })).answer).toBe(1);
  });

  it('let the next one go when they are aborted', async () => {
    const { budget, ask } = harness({ maxCostUsd: 5 });
    await ask(0, 3);
    const own = new AbortController();
    const request = { index: 1, agent, messages: prompt, maxOutputTokens: 5, started: false };
    const aborted = budget.reserve({ ...request, onWait: () => undefined }, own.signal);
    const behind = await ask(2, 2);
    expect(behind.answer).toBeUndefined();
    own.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(behind.answer).toBe(2);
  });
});

describe('limits of the run besides its cost', () => {
  it('on turns count those in flight, and are named', async () => {
    const { ask, answers } = harness({ maxRunTurns: 2 }, null);
    const [one, other, third] = [await ask(0, 5), await ask(1, 5), await ask(2, 5)];
    expect([one.answer, other.answer, third.answer]).toEqual([5, 5, undefined]);
    await answers(0, one.reservation, tokens(1, 1));
    expect(third.answer).toBeUndefined();
    await answers(1, other.reservation, tokens(1, 1));
    expect(third.answer).toBe('max_run_turns');
  });

  it('on tokens count input and output, with a margin while it is unknown how the model counts', async () => {
    const { ask, answers } = harness({ maxRunTokens: 4_000 }, null);
    const one = await ask(0, 1_000);
    // The input may be 519 tokens, times four: no second one fits.
    const other = await ask(1, 1_000);
    expect([one.answer, other.answer]).toEqual([1_000, undefined]);
    await answers(0, one.reservation, tokens(100, 200));
    expect(other.answer).toBe(1_000);
    // Now it is known: some 100 of input and 1,000 of output are in flight.
    expect((await ask(2, 2_000)).answer).toBe(2_000);
    expect((await ask(3, 2_000)).answer).toBeUndefined();
  });
});

describe("a conversation's own limits", () => {
  it('shorten its answer at once, also beside others in flight', async () => {
    const { ask, waits } = harness({ maxConversationCostUsd: 5, maxCostUsd: 100 });
    expect((await ask(0, 8)).answer).toBe(5);
    expect((await ask(1, 8)).answer).toBe(5);
    expect(waits).toEqual([]);
  });

  it('do not let it exceed those of the run', async () => {
    const { ask } = harness({ maxConversationCostUsd: 5, maxCostUsd: 7 });
    expect((await ask(0, 8)).answer).toBe(5);
    // Shortened to its own limit it would cost 5 more.
    expect((await ask(1, 8)).answer).toBeUndefined();
  });

  it('refuse it when they are used up, and no other one', async () => {
    const { ask, answers } = harness({ maxConversationCostUsd: 5 });
    const one = await ask(0, 5);
    await answers(0, one.reservation, tokens(1, 5));
    expect((await ask(0, 1)).answer).toBe('budget');
    expect((await ask(1, 5)).answer).toBe(5);
  });

  it('hold for tokens as well', async () => {
    const { ask, answers } = harness({ maxConversationTokens: 1_000 }, null);
    const one = await ask(0, 100);
    expect(one.answer).toBe(100);
    await answers(0, one.reservation, tokens(900, 100));
    expect((await ask(0, 100)).answer).toBe('budget');
  });
});

describe('a reservation that is checked again before its request is sent', () => {
  const history = (turns: number): readonly Message[] =>
    Array.from({ length: turns }, () => ({ role: 'user', text: 'x '.repeat(500) }) as const);

  it('holds while it suffices', async () => {
    const { ask } = harness({ maxCostUsd: 10 });
    const one = await ask(0, 5);
    await ask(1, 5);
    expect(one.reservation.confirm()).toBe(true);
  });

  it('is enlarged when the input may be larger than thought and there is room', async () => {
    const { ask, answers } = harness({ maxRunTokens: 1_000_000 }, null);
    const first = await ask(0, 10);
    await answers(0, first.reservation, tokens(100, 10));
    await ask(1, 10, { messages: history(10) });
    const other = await ask(2, 9_000, { messages: history(10) });
    const third = await ask(3, 10);
    await answers(3, third.reservation, tokens(1_000, 10));
    expect(other.reservation.confirm()).toBe(true);
  });

  it('does not hold when the input may be larger than thought and others need the rest', async () => {
    const { ask, answers } = harness({ maxRunTokens: 20_000 }, null);
    const first = await ask(0, 10);
    await answers(0, first.reservation, tokens(100, 10));
    const one = await ask(1, 10, { messages: history(10) });
    const other = await ask(2, 9_000, { messages: history(10) });
    expect([one.answer, other.answer]).toEqual([10, 9_000]);
    expect(one.reservation.confirm()).toBe(true);
    // The server counts three times as many as the texts suggest.
    const third = await ask(3, 10);
    await answers(3, third.reservation, tokens(1_000, 10));
    expect(other.reservation.confirm()).toBe(false);
    other.reservation.settle();
    // Alone it is sent: it fits as far as anyone knows.
    expect(one.reservation.confirm()).toBe(true);
  });
});

describe('usage that a server does not report', () => {
  it('counts with the most that it can be, and is told', async () => {
    const { ask, answers, silent } = harness({ maxCostUsd: 10 });
    const one = await ask(0, 6);
    await answers(0, one.reservation, { ...tokens(0, 2), incomplete: true });
    expect(silent).toEqual(['claude-opus-5-5']);
    expect((await ask(1, 6)).answer).toBe(4);
  });

  it('counts in tokens as well', async () => {
    const { ask, answers } = harness({ maxRunTokens: 2_000 }, null);
    const one = await ask(0, 600);
    expect(one.answer).toBe(600);
    await answers(0, one.reservation, { ...tokens(0, 0), incomplete: true });
    // 519 of input and 600 of output may be used up; the rest is shortened by as much input.
    expect((await ask(1, 600)).answer).toBe(2_000 - 2 * 519 - 600);
  });

  it('counts twice in a tier above the list price', async () => {
    const { ask, answers, silent } = harness({ maxCostUsd: 10 });
    const one = await ask(0, 4);
    await answers(0, one.reservation, { ...tokens(1, 4), tier: 'priority' });
    expect(silent).toEqual([]);
    expect((await ask(1, 6)).answer).toBe('budget');
    expect((await ask(2, 2)).answer).toBe(2);
  });
});

describe('raising a limit', () => {
  it('doubles the one that stopped the conversation', async () => {
    const { budget, state, ask, answers } = harness({ maxCostUsd: 5, maxConversationCostUsd: 50 });
    const one = await ask(0, 5);
    await answers(0, one.reservation, tokens(1, 5));
    expect((await ask(1, 5)).answer).toBe('budget');
    expect(budget.raise(state.conversations[1]!)).toEqual({ maxCostUsd: 10 });
    expect((await ask(1, 5)).answer).toBe(5);
  });

  it.each<[string, Limits, ModelPrice | null, object]>([
    ['tokens', { maxRunTokens: 101 }, null, { maxRunTokens: 202 }],
    [
      'the cost of a conversation',
      { maxConversationCostUsd: 4 },
      dollarAToken,
      { maxConversationCostUsd: 8 },
    ],
    [
      'the tokens of a conversation',
      { maxConversationTokens: 101 },
      null,
      { maxConversationTokens: 202 },
    ],
  ])('names %s where that was used up', async (_, limits, price, raised) => {
    const { budget, state, ask, answers } = harness(limits, price);
    const reservation = { maxOutputTokens: 4, confirm: () => true, settle: () => undefined };
    await answers(0, reservation, tokens(97, 4));
    expect((await ask(0, 4)).answer).toBe('budget');
    expect(budget.raise(state.conversations[0]!)).toEqual(raised);
  });

  it('takes the one of which most is used where no request met one', async () => {
    const { budget, state, answers } = harness({
      ...{ maxCostUsd: 10, maxConversationCostUsd: 5, maxRunTokens: 1_000 },
    });
    const reservation = { maxOutputTokens: 4, confirm: () => true, settle: () => undefined };
    await answers(0, reservation, tokens(10, 4));
    expect(budget.raise(state.conversations[0]!)).toEqual({ maxConversationCostUsd: 10 });
    expect(budget.raise(state.conversations[1]!)).toEqual({ maxCostUsd: 20 });
  });

  it('raises nothing where there is no limit', () => {
    const { budget, state } = harness({});
    expect(budget.raise(state.conversations[0]!)).toEqual({});
  });

  it('counts from what was raised before', async () => {
    const { budget, state, answers } = harness({ maxConversationCostUsd: 5 });
    state.conversations[0] = { ...state.conversations[0]!, raised: { maxConversationCostUsd: 40 } };
    const reservation = { maxOutputTokens: 4, confirm: () => true, settle: () => undefined };
    await answers(0, reservation, tokens(10, 4));
    expect(budget.raise(state.conversations[0])).toEqual({ maxConversationCostUsd: 80 });
  });
});

describe('limits of a run', () => {
  const state = (raised: object[]) => ({
    atMs: 100,
    conversations: raised.map((one) => ({ raised: one })),
  });

  it('are infinite where none is given', () => {
    expect(new RunLimits({}, state([]) as never).of('maxCostUsd')).toBe(Number.POSITIVE_INFINITY);
  });

  it('stay raised after a resume, and are never lowered', () => {
    const limits = new RunLimits(
      { maxRunTurns: 10 },
      state([{ maxRunTurns: 40 }, { maxRunTurns: 20 }]) as never,
    );
    expect(limits.of('maxRunTurns')).toBe(40);
    limits.apply({ maxRunTurns: 5 });
    expect(limits.of('maxRunTurns')).toBe(40);
  });

  it('are raised once for all conversations that they stopped', () => {
    const live = state([]) as never as { atMs: number };
    const limits = new RunLimits({ maxRunTurns: 10 }, live as never);
    expect(limits.raise('maxRunTurns', { endMs: 90 })).toEqual({ maxRunTurns: 20 });
    expect(limits.raise('maxRunTurns', { endMs: 100 })).toEqual({});
    expect(limits.raise('maxRunTurns', { endMs: 101 })).toEqual({ maxRunTurns: 40 });
    expect(limits.raise('maxRunSeconds', {})).toEqual({ maxRunSeconds: Number.POSITIVE_INFINITY });
  });
});
