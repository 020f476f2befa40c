import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { RunPatience } from '../../../../src/core/runner/runPatience.ts';
import { RunTime } from '../../../../src/core/runner/runTime.ts';
import type { ConversationStep, RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { failure, scriptedStart } from '../../../support/panel/runScript.ts';
import { impatient, testAgent, testRun } from '../../../support/runs.ts';
import { ScriptedProvider } from '../../../support/scriptedProvider.ts';

const requested: readonly ConversationStep[] = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
];
const decision: ConversationStep = { type: 'conversation.waiting', reason: 'decision' };
const rateLimit = (untilMs?: number): ConversationStep => ({
  ...{ type: 'conversation.waiting', reason: 'rate_limit' },
  ...(untilMs === undefined ? {} : { untilMs }),
});

/** A run of two conversations, and what hears of each of its events. */
function harness() {
  const clock = new ManualClock();
  const state = startRunState(scriptedStart({ prompts: [{ name: 'a' }, { name: 'b' }] }));
  const listeners: ((event: RunEvent) => void)[] = [];
  let seq = 0;
  const tell = (event: object) => {
    const whole = { ...event, seq: ++seq, atMs: clock.now() } as never;
    applyRunEvent(state, whole);
    for (const listener of listeners) listener(whole);
  };
  const steps = (conversation: number, ...all: readonly ConversationStep[]) => {
    for (const step of all) tell({ ...step, conversation });
  };
  return { clock, state, listeners, tell, steps };
}

function timed(maxMs: number) {
  const one = harness();
  let [max, reached] = [maxMs, 0];
  const { clock, state, listeners } = one;
  const time = new RunTime({ maxMs: () => max, clock, state, onReached: () => reached++ });
  listeners.push((event) => time.heed(event));
  time.heed(state.started as never);
  const raise = (to: number) => {
    max = to;
  };
  return { ...one, time, raise, reached: () => reached };
}

describe('the time of a run', () => {
  it('is up after its limit, once', async () => {
    const { clock, reached } = timed(1_000);
    await clock.advance(999);
    expect(reached()).toBe(0);
    await clock.advance(1);
    expect(reached()).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('has no timer without a limit, and none that cannot count so far', async () => {
    expect(timed(Number.POSITIVE_INFINITY).clock.pending).toBe(0);
    const { clock, reached } = timed(2 ** 31 + 1_000);
    await clock.advance(2 ** 31 + 999);
    expect(reached()).toBe(0);
    await clock.advance(1);
    expect(reached()).toBe(1);
  });

  it('may be raised before it is up', async () => {
    const { clock, raise, reached } = timed(1_000);
    raise(3_000);
    await clock.advance(2_999);
    expect(reached()).toBe(0);
    await clock.advance(1);
    expect(reached()).toBe(1);
  });

  it('stands still while the run is paused, and ends with it', async () => {
    const { clock, tell, reached } = timed(1_000);
    await clock.advance(400);
    tell({ type: 'run.paused', error: failure('quota', 'used up') });
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);
    tell({ type: 'run.resumed' });
    await clock.advance(599);
    expect(reached()).toBe(0);
    tell({ type: 'run.finished', state: 'finished' });
    await clock.advance(60_000);
    expect(reached()).toBe(0);
    tell({ type: 'run.reopened' });
    await clock.advance(1);
    expect(reached()).toBe(1);
  });

  it('stands still while all unfinished conversations wait for decisions', async () => {
    const { clock, steps, reached } = timed(1_000);
    steps(0, ...requested);
    steps(1, ...requested);
    await clock.advance(400);
    steps(0, decision);
    await clock.advance(300);
    // One of them still runs, so time passes.
    steps(1, decision);
    await clock.advance(30_000);
    steps(1, decision);
    await clock.advance(30_000);
    expect(reached()).toBe(0);
    steps(0, { type: 'tool.started', turn: 1, callId: 'c', name: 'n', input: {} });
    await clock.advance(299);
    expect(reached()).toBe(0);
    await clock.advance(1);
    expect(reached()).toBe(1);
  });

  it('passes while one of them waits for something else', async () => {
    const { clock, steps, reached } = timed(1_000);
    steps(0, ...requested, decision);
    steps(1, ...requested, rateLimit());
    await clock.advance(1_000);
    expect(reached()).toBe(1);
  });

  it('passes again when one of them waits for something else', async () => {
    const { clock, steps, reached } = timed(1_000);
    steps(0, ...requested, decision);
    steps(1, ...requested, decision);
    await clock.advance(60_000);
    steps(1, rateLimit());
    await clock.advance(1_000);
    expect(reached()).toBe(1);
  });

  it('goes on when one of them was decided on at once', async () => {
    const { clock, steps, reached } = timed(1_000);
    steps(0, ...requested);
    steps(1, ...requested, decision);
    const runs = { type: 'tool.started', turn: 1, callId: 'c', name: 'n', input: {} } as const;
    steps(0, decision, runs);
    await clock.advance(1_000);
    expect(reached()).toBe(1);
  });

  it('does not end twice when it is disposed of while it stands still', async () => {
    const { clock, steps, time, reached } = timed(1_000);
    steps(0, ...requested, decision);
    steps(1, ...requested, decision);
    time.dispose();
    await clock.advance(60_000);
    expect([clock.pending, reached()]).toEqual([0, 0]);
  });
});

function patient(maxWaitMs: number) {
  const one = harness();
  const { clock, state, listeners } = one;
  const tooLong: (number | undefined)[] = [];
  const patience = new RunPatience({
    maxWaitMs,
    clock,
    state,
    onTooLong: (ms) => tooLong.push(ms),
  });
  listeners.push(({ type }) => patience.heed(type));
  return { ...one, patience, tooLong };
}

describe('the patience of a run', () => {
  it('ends at once when the first wait to end is longer than it may be', async () => {
    const { clock, steps, tooLong } = patient(1_000);
    steps(0, rateLimit(5_000));
    steps(1, rateLimit(3_000));
    await clock.advance(0);
    expect(tooLong).toEqual([3_000]);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['is not longer than it may be', [rateLimit(1_000), rateLimit(5_000)]],
    ['has an unknown end', [rateLimit(5_000), rateLimit()]],
    [
      'is for a slot of the others',
      [rateLimit(1_000), { type: 'conversation.waiting', reason: 'slot' }],
    ],
  ] as [string, ConversationStep[]][])(
    'lasts as long as allowed when a wait %s',
    async (_, waits) => {
      const { clock, steps, tooLong } = patient(1_000);
      for (const [index, wait] of waits.entries()) steps(index, wait);
      await clock.advance(1_000);
      expect(tooLong).toEqual([]);
      await clock.advance(1);
      expect(tooLong).toHaveLength(1);
    },
  );

  it('counts from now when a wait begins later', async () => {
    const { clock, steps, tooLong } = patient(1_000);
    await clock.advance(10_000);
    steps(0, rateLimit(11_000));
    await clock.advance(1_000);
    expect(tooLong).toEqual([]);
    const other = patient(1_000);
    await other.clock.advance(10_000);
    other.steps(0, rateLimit(11_001));
    await other.clock.advance(0);
    expect(other.tooLong).toEqual([1_001]);
  });

  it('begins anew with each progress', async () => {
    const { clock, steps, tooLong } = patient(1_000);
    steps(0, rateLimit());
    await clock.advance(900);
    steps(0, ...requested, { type: 'turn.delta', turn: 1, text: 'x' }, rateLimit());
    await clock.advance(1_000);
    expect(tooLong).toEqual([]);
    await clock.advance(1);
    expect(tooLong).toHaveLength(1);
  });

  it('does not begin anew with a request that gets nothing', async () => {
    const { clock, steps, tooLong } = patient(1_000);
    steps(0, rateLimit());
    await clock.advance(900);
    steps(0, ...requested, rateLimit());
    await clock.advance(101);
    expect(tooLong).toHaveLength(1);
  });

  it('begins when the last conversation has to wait', async () => {
    const { clock, steps, tooLong } = patient(1_000);
    steps(0, ...requested);
    steps(1, rateLimit());
    await clock.advance(900);
    steps(0, rateLimit());
    await clock.advance(1_000);
    expect(tooLong).toEqual([]);
    await clock.advance(1);
    expect(tooLong).toHaveLength(1);
  });

  it('waits for running conversations, and for decisions of the user', async () => {
    const running = patient(1_000);
    running.steps(0, ...requested);
    running.steps(1, rateLimit());
    await running.clock.advance(60_000);
    expect(running.tooLong).toEqual([]);
    const asking = patient(1_000);
    asking.steps(0, ...requested, decision);
    asking.steps(1, rateLimit());
    await asking.clock.advance(60_000);
    expect(asking.tooLong).toEqual([]);
  });

  it('stops the run, which says how to go on', async () => {
    const clock = new ManualClock();
    const slow = new ProviderError('slow', { kind: 'rate_limit', retryAfterMs: 60_000 });
    const run = testRun(testAgent(new ScriptedProvider(() => slow)), ['a', 'b'], {
      ...{ maxWaitMs: 1_000, runner: new Runner({ clock, retry: impatient }) },
    });
    run.start();
    await clock.advance(10);
    const { conversations } = await run.ended();
    expect(conversations.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      ...['stopped max_wait', 'stopped max_wait'],
    ]);
    expect(run.state.notes).toEqual([expect.stringContaining(`interleave resume ${run.id}`)]);
  });

  it('ends while the run is paused, and with the run', async () => {
    const { clock, tell, tooLong } = patient(1_000);
    tell({ type: 'run.paused', error: failure('quota', 'used up') });
    await clock.advance(1_001);
    expect(tooLong).toEqual([undefined]);
    const other = patient(1_000);
    other.steps(0, rateLimit());
    await other.clock.advance(500);
    other.patience.dispose();
    expect(other.clock.pending).toBe(0);
  });
});
