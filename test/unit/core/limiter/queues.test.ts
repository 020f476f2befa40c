import { describe, expect, it } from 'vitest';
import { BudgetQueue } from '../../../../src/core/limiter/budgetQueue.ts';
import { RetryBudget } from '../../../../src/core/limiter/retryBudget.ts';
import type { Waiter } from '../../../../src/core/limiter/waitingLines.ts';
import { WaitingLines } from '../../../../src/core/limiter/waitingLines.ts';
import { ManualClock } from '../../../support/manualClock.ts';

const run = {};

function waiter(name: string, more: { started?: boolean; cap?: number; run?: object } = {}) {
  const { started = false, cap } = more;
  return {
    ...{ name, run: more.run ?? run, cap, request: { started } },
    ...{ grant: () => undefined, refuse: () => undefined },
  } as unknown as Waiter & { readonly name: string };
}

const nameOf = (one: Waiter | undefined) => (one as { name?: string } | undefined)?.name;

function linesOf(...waiters: readonly Waiter[]): WaitingLines {
  const lines = new WaitingLines();
  for (const one of waiters) lines.add(one);
  return lines;
}

describe('waiting lines', () => {
  it('have started conversations first, each group in order', () => {
    const all = [
      waiter('a'),
      waiter('b', { started: true }),
      waiter('c'),
      waiter('d', { started: true }),
    ];
    const lines = linesOf(...all);
    expect(lines.all().map(nameOf)).toEqual(['b', 'd', 'a', 'c']);
    expect(lines.size).toBe(4);
    expect(nameOf(lines.next(0, 1, 1))).toBe('b');
  });

  it.each([
    // As many new ones as requests in flight: those that are started go on.
    [2, 'begun'],
    [3, 'fresh'],
  ])('with two new ones and %i in flight are continued with %s', (active, name) => {
    const lines = linesOf(waiter('fresh'), waiter('other'), waiter('begun', { started: true }));
    expect(nameOf(lines.next(active, 9, 9))).toBe(name);
  });

  it('go on with the other group when one is empty', () => {
    expect(nameOf(linesOf(waiter('a', { started: true })).next(5, 9, 9))).toBe('a');
    expect(nameOf(linesOf(waiter('a')).next(0, 9, 9))).toBe('a');
    expect(linesOf().next(0, 9, 9)).toBeUndefined();
  });

  it.each([
    [2, 3, 9, undefined, 'a'],
    [3, 3, 9, undefined, undefined],
    [3, 3, 9, 4, 'a'],
    [4, 9, 9, 4, undefined],
    [2, 9, 2, undefined, undefined],
    [2, 9, 2, 9, undefined],
  ])(
    'with %i in flight, a window of %i, a max of %i and the cap %j: %j',
    (active, size, max, cap, name) => {
      const lines = linesOf(waiter('a', cap === undefined ? {} : { cap }));
      expect(nameOf(lines.next(active, size, max))).toBe(name);
    },
  );

  it('let runs take turns, also those that return', () => {
    const [one, other] = [{}, {}];
    const [a, b, c] = [
      waiter('a', { run: one }),
      waiter('b', { run: one }),
      waiter('c', { run: other }),
    ];
    const lines = linesOf(a, b, c);
    expect(nameOf(lines.next(0, 9, 9))).toBe('a');
    lines.take(a);
    expect(nameOf(lines.next(0, 9, 9))).toBe('c');
    lines.take(c);
    const again = waiter('d', { run: other });
    lines.add(again);
    expect(nameOf(lines.next(0, 9, 9))).toBe('b');
    lines.take(b);
    expect(nameOf(lines.next(0, 9, 9))).toBe('d');
  });

  it('know who waits', () => {
    const [a, b] = [waiter('a'), waiter('b', { cap: 2 })];
    const lines = linesOf(a);
    expect([lines.has(a), lines.has(b)]).toEqual([true, false]);
    lines.delete(b);
    lines.delete(a);
    lines.delete(a);
    expect([lines.has(a), lines.size]).toEqual([false, 0]);
  });
});

describe('retries', () => {
  const spend = (budget: RetryBudget, count: number) => {
    let sent = 0;
    for (let index = 0; index < count; index++) {
      if (budget.spend(() => sent++) === undefined) sent++;
    }
    return () => sent;
  };

  it('are fifty at once, and then one at a time', async () => {
    const clock = new ManualClock();
    const sent = spend(new RetryBudget(clock), 55);
    expect(sent()).toBe(51);
    await clock.advance(99);
    expect(sent()).toBe(51);
    await clock.advance(1);
    expect(sent()).toBe(52);
    await clock.advance(300);
    expect(sent()).toBe(55);
    expect(clock.pending).toBe(0);
  });

  it('follow each other more slowly with each failure, up to two seconds', async () => {
    for (const [failures, pauseMs] of [
      [0, 100],
      [1, 200],
      [4, 1_600],
      [5, 2_000],
      [50, 2_000],
    ] as const) {
      const clock = new ManualClock();
      const budget = new RetryBudget(clock);
      for (let count = 0; count < failures; count++) budget.failed();
      const sent = spend(budget, 52);
      await clock.advance(pauseMs - 1);
      expect(sent()).toBe(51);
      await clock.advance(1);
      expect(sent()).toBe(52);
    }
  });

  it('follow quickly again after a success', async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget(clock);
    for (let count = 0; count < 5; count++) budget.failed();
    const sent = spend(budget, 53);
    await clock.advance(150);
    budget.succeeded();
    expect(sent()).toBe(52);
    await clock.advance(100);
    expect(sent()).toBe(53);
  });

  it('are earned by first attempts, a fifth each, up to fifty', async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget(clock);
    for (let count = 0; count < 100; count++) budget.earn();
    const sent = spend(budget, 53);
    expect(sent()).toBe(51);
    for (let count = 0; count < 4; count++) budget.earn();
    expect(sent()).toBe(51);
    budget.earn();
    expect(sent()).toBe(52);
  });

  it('say how long they will wait, and can be given up', async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget(clock);
    spend(budget, 51);
    const sent: string[] = [];
    const first = budget.spend(() => sent.push('first'));
    const second = budget.spend(() => sent.push('second'));
    expect([first?.waitMs, second?.waitMs]).toEqual([100, 200]);
    first?.dispose();
    first?.dispose();
    await clock.advance(100);
    expect(sent).toEqual(['second']);
    expect(clock.pending).toBe(0);
  });
});

describe('the queue of a budget', () => {
  it('has requests of started conversations first', async () => {
    const queue = new BudgetQueue<{ name: string; started: boolean }, string>();
    const { signal } = new AbortController();
    const begun = { name: 'begun', started: true };
    const fresh = { name: 'fresh', started: false };
    expect([queue.isBehind(begun), queue.isBehind(fresh)]).toEqual([false, false]);
    const answers = [queue.add(fresh, signal, () => undefined)];
    expect([queue.isBehind(begun), queue.isBehind(fresh)]).toEqual([false, true]);
    answers.push(queue.add(begun, signal, () => undefined));
    expect([queue.isBehind(begun), queue.isBehind(fresh)]).toEqual([true, true]);
    const order = [...queue].map(({ request, go }) => {
      go(request.name);
      return request.name;
    });
    expect(order).toEqual(['begun', 'fresh']);
    expect(await Promise.all(answers)).toEqual(['fresh', 'begun']);
    expect([...queue]).toEqual([]);
  });

  it('lets an aborted request leave, once', async () => {
    const queue = new BudgetQueue<{ started: boolean }, string>();
    const own = new AbortController();
    let left = 0;
    const answer = queue.add({ started: true }, own.signal, () => left++);
    own.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    expect([...queue]).toEqual([]);
    const other = new AbortController();
    const settled = queue.add({ started: true }, other.signal, () => left++);
    for (const { go } of queue) go('done');
    other.abort();
    expect(await settled).toBe('done');
    expect(left).toBe(1);
  });
});
