import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/base/emitter.ts';
import { Limiter } from '../../../../src/core/limiter/limiter.ts';
import type { RunRecorder, RunSaving } from '../../../../src/core/runner/runPlan.ts';
import { SaveHold } from '../../../../src/core/runner/saveHold.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { testAgent, testRun } from '../../../support/runs.ts';
import { ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';

/** A run that cannot be kept, and how many listen for whether it can. */
function unsaved(final: boolean) {
  const didChange = new Emitter<void>();
  let listening = 0;
  const saving: RunSaving = {
    failure: { message: 'The disk is full.', final },
    isReady: false,
    onDidChange: (listener) => {
      const subscription = didChange.event(listener);
      listening++;
      return {
        dispose: () => {
          listening--;
          subscription.dispose();
        },
      };
    },
    onDidNote: () => ({ dispose: () => undefined }),
    retry: async () => undefined,
  };
  return { hold: new SaveHold({ saving, whenBlocked: 'pause' }), listening: () => listening };
}

describe('conversations that are cancelled while their run cannot be kept', () => {
  it('leave no listener behind', async () => {
    const { hold, listening } = unsaved(false);
    const slots = hold.slots(new Limiter(new ManualClock()).slots('auto'));
    const own = new AbortController();
    const request = {
      ...{
        started: false,
        isFirstOfAgent: true,
        again: false,
        maxRefusals: 8,
        onWait: () => undefined,
      },
      whenBlocked: 'pause' as const,
    };
    const asked = Array.from({ length: 20 }, () => slots.acquire(request, own.signal));
    const all = Promise.allSettled(asked);
    expect(listening()).toBe(20);
    own.abort(new Error('cancelled'));
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
    expect(listening()).toBe(0);
  });

  it('leave none when it never can be', async () => {
    const { hold, listening } = unsaved(true);
    void hold.commit(Promise.reject(new Error('never')), () => undefined);
    await settled();
    expect(listening()).toBeLessThanOrEqual(0);
  });
});

describe('a conversation whose record cannot be saved at once', () => {
  const saving = (failure: RunSaving['failure']) => {
    const didChange = new Emitter<void>();
    const disk = {
      ...{ failure, isReady: false, onDidChange: didChange.event },
      onDidNote: () => ({ dispose: () => undefined }),
      retry: async () => undefined,
    };
    const change = async (to: RunSaving['failure']) => {
      disk.failure = to;
      didChange.fire();
      await settled();
    };
    let held = 0;
    const saved = Promise.withResolvers<void>();
    const hold = new SaveHold({ saving: disk, whenBlocked: 'pause' });
    const done = hold.commit(saved.promise, () => held++);
    return { change, saved, done, held: () => held };
  };
  const full = { message: 'The disk is full.', final: false };

  it('says once that it waits for the disk, as soon as the disk fails', async () => {
    const { change, saved, done, held } = saving(undefined);
    expect(held()).toBe(0);
    await change(full);
    await change({ ...full, message: 'The disk is read-only.' });
    expect(held()).toBe(1);
    saved.resolve();
    await done;
  });

  it('says nothing when its record was saved before the disk failed', async () => {
    const { change, saved, done, held } = saving(undefined);
    saved.resolve();
    const failed = change(full);
    await done;
    await failed;
    expect(held()).toBe(0);
  });

  it('says it at once when the disk fails already', () => {
    expect(saving(full).held()).toBe(1);
  });
});

describe('a run whose record has reached its limit', () => {
  const recorder = (failure: RunSaving['failure']): RunRecorder => {
    const none = () => ({ dispose: () => undefined });
    const hears = { onDidChange: none, onDidNote: none, retry: async () => undefined };
    return {
      event: () => undefined,
      message: () => undefined,
      commit: () => Promise.resolve(),
      saving: { failure, isReady: true, ...hears },
    };
  };

  it.each([
    ['says so in its state and its result', { message: 'It is too large.', final: true }],
    ['says nothing of it where it was kept', undefined],
  ])('%s', async (_, failure) => {
    const agent = testAgent(new ScriptedProvider(() => ({ text: 'x' })));
    const run = testRun(agent, ['a'], { recorder: recorder(failure) });
    run.start();
    const result = await run.ended();
    expect(result.counts.done).toBe(1);
    expect([run.state.unsaved, result.unsaved]).toEqual([failure?.message, failure?.message]);
  });
});
