import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/base/emitter.ts';
import type { Limiter } from '../../../../src/core/limiter/limiter.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { RunPause } from '../../../../src/core/runner/runPause.ts';
import type { RunSaving } from '../../../../src/core/runner/runPlan.ts';
import { testAgent, testRun } from '../../../support/runs.ts';
import { echoProvider, never, ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';

const quota = new ProviderError('used up', { kind: 'quota' });
const auth = new ProviderError('refused', { kind: 'auth' });

/** A limiter that is blocked and recovers as the test says, and what is done with it. */
function limiterOf(did: string[]) {
  const recovered = new Emitter<ProviderError>();
  let watchers = 0;
  const limiter = {
    block: undefined as ProviderError | undefined,
    onDidRecover: (listener: (failure: ProviderError) => void) => {
      watchers++;
      const subscription = recovered.event(listener);
      return {
        dispose: () => {
          watchers--;
          subscription.dispose();
        },
      };
    },
    cap: ({ requestsPerMinute }: { requestsPerMinute?: number }) =>
      did.push(`cap ${requestsPerMinute}`),
    resume: () => did.push('resume'),
  };
  return { limiter, recovered, watchers: () => watchers };
}

function harness() {
  const did: string[] = [];
  const shown: (string | undefined)[] = [];
  const one = limiterOf(did);
  const didChange = new Emitter<void>();
  let isRunning = true;
  const disk = {
    ...{ failure: undefined as RunSaving['failure'], isReady: true },
    onDidChange: didChange.event,
    onDidNote: () => ({ dispose: () => undefined }),
    retry: async () => {
      did.push('retry');
    },
  };
  const pause = new RunPause({
    saving: disk,
    limiters: new Set([one.limiter as unknown as Limiter]),
    caps: { requestsPerMinute: 5 },
    isRunning: () => isRunning,
    onChange: (error) => shown.push(error?.message),
  });
  const fail = async (message: string | undefined) => {
    disk.failure = message === undefined ? undefined : { message, final: false };
    didChange.fire();
    await settled();
  };
  const block = (failure: ProviderError | undefined) => {
    one.limiter.block = failure;
    pause.heedBlock(one.limiter as unknown as Limiter);
  };
  const end = () => {
    isRunning = false;
  };
  return { ...one, pause, did, shown, fail, block, end };
}

describe('a run that a server blocks', () => {
  it('is paused once, with the first error', () => {
    const { shown, block } = harness();
    block(undefined);
    block(quota);
    block(auth);
    expect(shown).toEqual(['used up']);
  });

  it('is not paused when it has ended', () => {
    const { shown, block, end } = harness();
    end();
    block(quota);
    expect(shown).toEqual([]);
  });

  it('goes on when the user asks, with its own limits', () => {
    const { pause, shown, did, block } = harness();
    block(quota);
    pause.resume();
    expect(shown).toEqual(['used up', undefined]);
    expect(did).toEqual(['cap 5', 'resume']);
    block(auth);
    expect(shown.at(-1)).toBe('refused');
  });

  it('goes on by itself when that error is over, and not with another one', () => {
    const { pause, shown, block, recovered } = harness();
    pause.watch();
    block(quota);
    recovered.fire(auth);
    expect(shown).toEqual(['used up']);
    recovered.fire(quota);
    expect(shown).toEqual(['used up', undefined]);
    recovered.fire(quota);
    expect(shown).toHaveLength(2);
  });

  it('hears no more of its servers when it has ended, and each once when it goes on', () => {
    const { pause, shown, block, recovered, watchers } = harness();
    pause.watch();
    pause.watch();
    expect(watchers()).toBe(1);
    block(quota);
    pause.clear();
    expect(watchers()).toBe(0);
    recovered.fire(quota);
    expect(shown).toEqual(['used up']);
    // The next error pauses it again.
    block(auth);
    expect(shown).toEqual(['used up', 'refused']);
  });
});

describe('a run that cannot be saved', () => {
  it('is paused until it can be, and tells each new reason', async () => {
    const { shown, fail } = harness();
    await fail('full');
    await fail('full');
    await fail('read-only');
    await fail(undefined);
    expect(shown).toEqual(['full', 'read-only', undefined]);
  });

  it('tries the disk again when the user asks, and tells again why it fails', async () => {
    const { pause, shown, did, fail } = harness();
    await fail('full');
    pause.resume();
    await settled();
    expect(did).toEqual(['retry', 'cap 5', 'resume']);
    expect(shown).toEqual(['full', 'full']);
  });

  it('is paused at its start where the disk fails already', async () => {
    const { pause, shown, fail, end } = harness();
    end();
    await fail('full');
    expect(shown).toEqual([]);
    const other = harness();
    await other.fail('full');
    other.pause.clear();
    other.pause.watch();
    expect(other.shown).toEqual(['full', 'full']);
    pause.clear();
  });
});

it('a run that ended while it could not be saved is paused again when it runs again', async () => {
  const didChange = new Emitter<void>();
  const disk = {
    ...{ failure: undefined as RunSaving['failure'], isReady: true },
    onDidChange: didChange.event,
    onDidNote: () => ({ dispose: () => undefined }),
    retry: async () => undefined,
  };
  const recorder = { event: () => undefined, message: () => undefined, saving: disk };
  const provider = new ScriptedProvider(() => (_, signal) => never(signal));
  const run = testRun(testAgent(provider), ['a'], {
    recorder: { ...recorder, commit: async () => undefined },
  });
  run.start();
  disk.failure = { message: 'The disk is full.', final: false };
  const paused = { kind: 'internal', message: 'The disk is full.' };
  didChange.fire();
  await settled();
  expect(run.state.paused).toMatchObject(paused);
  run.cancel();
  await run.ended();
  disk.failure = { message: 'The disk is still full.', final: false };
  didChange.fire();
  await settled();
  expect(run.state.paused).toBeUndefined();
  disk.failure = { message: 'The disk is full.', final: false };
  run.rerun([0]);
  expect(run.state.paused).toMatchObject(paused);
});

it('of two causes the first is shown, and then the other', async () => {
  const { pause, shown, did, fail, block } = harness();
  block(quota);
  await fail('full');
  expect(shown).toEqual(['used up']);
  pause.resume();
  expect(shown).toEqual(['used up', 'full']);
  // The disk is tried when its failure is the one that is shown.
  expect(did).toEqual(['retry', 'cap 5', 'resume']);
  block(auth);
  await fail(undefined);
  expect(shown).toEqual(['used up', 'full', 'refused']);
});

it('notes about saving become notes of the run', async () => {
  const noted = new Emitter<string>();
  const saving: RunSaving = {
    ...{ failure: undefined, isReady: true, retry: async () => undefined },
    onDidChange: () => ({ dispose: () => undefined }),
    onDidNote: noted.event,
  };
  const recorder = { ...{ event: () => undefined, message: () => undefined }, saving };
  const run = testRun(testAgent(echoProvider()), ['a'], {
    recorder: { ...recorder, commit: async () => undefined },
  });
  run.start();
  noted.fire('The disk is slow.');
  await run.ended();
  expect(run.state.notes).toContain('The disk is slow.');
});
