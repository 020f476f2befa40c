import { describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../../src/core/providers/message.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { interruptRun } from '../../../../src/shared/runState.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import { never, promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';

const hanging = () => new ScriptedProvider(() => (_, signal) => never(signal));

describe('a run that is run again by whoever hears of its end', () => {
  it('has ended all the same for those who waited for that', async () => {
    const replies = [new Error('broken'), { text: 'mended' }];
    const run = testRun(testAgent(new ScriptedProvider(() => replies.shift()!)), ['a']);
    let again: Promise<unknown> | undefined;
    run.onEvent((event) => {
      if (event.type !== 'run.finished' || again !== undefined) return;
      run.rerun([0]);
      again = run.ended();
    });
    run.start();
    const first = await run.ended();
    expect(first.conversations[0]).toMatchObject({ status: 'failed' });
    expect(await again).toMatchObject({ conversations: [{ status: 'done', answer: 'mended' }] });
  });
});

describe('a run that is cancelled by whoever hears of its start', () => {
  it('sends nothing and ends once', async () => {
    const provider = hanging();
    const run = testRun(testAgent(provider), ['a', 'b', 'c']);
    const events = record(run);
    run.onEvent((event) => {
      if (event.type === 'run.started') run.cancel();
    });
    run.start();
    const result = await run.ended();
    await settled();
    expect(result).toMatchObject({ state: 'cancelled', counts: { total: 3, cancelled: 3 } });
    expect(run.state.counts.cancelled).toBe(3);
    expect(provider.requests).toHaveLength(0);
    expect(events.filter(({ type }) => type === 'run.finished')).toHaveLength(1);
  });

  it('goes on without one of its conversations when only that is cancelled', async () => {
    const provider = new ScriptedProvider((request) => ({ text: promptOf(request) }));
    const run = testRun(testAgent(provider), ['a', 'b', 'c']);
    const events = record(run);
    run.onEvent((event) => {
      if (event.type === 'run.started') run.cancelConversation(1);
    });
    run.start();
    expect((await run.ended()).counts).toMatchObject({ done: 2, cancelled: 1 });
    expect(provider.requests.map(promptOf)).toEqual(['a', 'c']);
    expect(events.filter(({ type }) => type === 'run.finished')).toHaveLength(1);
  });
});

describe('a run that is cancelled by whoever hears that it is run again', () => {
  it.each(['run.reopened', 'conversation.requeued'] as const)(
    'sends nothing on %s',
    async (type) => {
      const provider = new ScriptedProvider(() => ({ text: 'x' }));
      const run = testRun(testAgent(provider), ['a', 'b', 'c']);
      run.start();
      await run.ended();
      run.onEvent((event) => {
        if (event.type === type) run.cancel();
      });
      run.rerun([0, 1, 2]);
      expect((await run.ended()).state).toBe('cancelled');
      await settled();
      expect(provider.requests).toHaveLength(3);
      const { queued, waiting, running } = run.state.counts;
      expect({ queued, waiting, running }).toEqual({ queued: 0, waiting: 0, running: 0 });
      // Those that were not queued again keep what they had.
      expect(run.state.counts.done).toBe(type === 'run.reopened' ? 3 : 2);
    },
  );
});

describe('listeners of a run', () => {
  it('hear of everything in its order, though one before them acts on what it hears', async () => {
    const replies = [new Error('broken'), { text: 'mended' }];
    const run = testRun(testAgent(new ScriptedProvider(() => replies.shift()!)), ['a', 'b']);
    run.onEvent((event) => {
      if (event.type === 'run.started') run.cancelConversation(1);
      if (event.type === 'conversation.finished' && event.status === 'failed') run.rerun([0]);
    });
    const events = record(run);
    run.start();
    await run.ended();
    const order = events.flatMap((event) => (event.type === 'run.started' ? [0] : [event.seq]));
    expect(order).toEqual(order.map((_, index) => index));
  });
});

describe('an event that cannot be recorded', () => {
  it('is told all the same, and fails its own conversation only', async () => {
    const provider = new ScriptedProvider((request) => ({ text: promptOf(request) }));
    const run = testRun(testAgent(provider), ['a', 'b'], {
      recorder: {
        event: (event) => {
          if (event.type === 'turn.started' && event.conversation === 0)
            throw new Error('too deep');
        },
        message: () => undefined,
        commit: async () => undefined,
      },
    });
    const events = record(run);
    run.start();
    const { conversations } = await run.ended();
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'turn.started', conversation: 0 }),
    );
    expect(conversations).toMatchObject([
      { status: 'failed', error: { kind: 'internal' } },
      { status: 'done', answer: 'b' },
    ]);
  });
});

describe('a run that is left as it is', () => {
  it('sends nothing more in serial mode either', async () => {
    const provider = hanging();
    const run = testRun(testAgent(provider), ['a', 'b', 'c'], { mode: 'serial' });
    run.start();
    await vi.waitFor(() => expect(provider.active).toBe(1));
    run.abandon();
    await settled();
    expect(provider.requests.map(promptOf)).toEqual(['a']);
    expect(provider.active).toBe(0);
  });

  it('is not run again', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const run = testRun(testAgent(provider), ['a']);
    run.start();
    await run.ended();
    run.abandon();
    run.rerun([0]);
    await settled();
    expect(provider.requests).toHaveLength(1);
  });
});

describe('a run that was cancelled and is run again before all of it has ended', () => {
  it('can be cancelled once more', async () => {
    const provider = hanging();
    const run = testRun(testAgent(provider), ['a', 'b', 'c'], { mode: 'serial' });
    run.start();
    await vi.waitFor(() => expect(provider.active).toBe(1));
    run.cancel();
    // The first one is only about to end; the others have.
    expect(run.state.state).toBe('running');
    run.rerun([1]);
    await vi.waitFor(() => expect(provider.requests.map(promptOf)).toEqual(['a', 'b']));
    run.cancel();
    await vi.waitFor(() => expect(run.state.state).toBe('cancelled'));
    expect(run.state.counts.cancelled).toBe(3);
  });
});

describe('a run of an earlier process that goes on', () => {
  it('keeps to the limits for a minute that it was given', async () => {
    const clock = new ManualClock();
    const provider = new ScriptedProvider((request) => ({ text: promptOf(request) }));
    const agent = testAgent(provider);
    const prompts = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const { state } = testRun(agent, prompts);
    interruptRun(state);
    const messages = new Map<number, readonly Message[]>();
    const run = testRun(agent, prompts, {
      caps: { requestsPerMinute: 60 },
      runner: new Runner({ clock, retry: impatient }),
      restored: { state, messages },
    });
    run.resumeInterrupted();
    await clock.advance(10);
    // Six seconds' worth may go at once.
    expect(provider.requests.length).toBeLessThanOrEqual(6);
    await clock.advance(60_000);
    expect(provider.requests).toHaveLength(30);
  });
});
