import { describe, expect, it, vi } from 'vitest';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import { promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';

const quota = () => new ProviderError('The spending limit is reached.', { kind: 'quota' });

/** Answers in two turns; from the given number of requests on it refuses until that is fixed. */
function quotaAfter(requests: number) {
  const state = { mended: false, sent: 0, refused: 0 };
  const provider = new ScriptedProvider(async (request, turn) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    state.sent++;
    if (state.sent > requests && !state.mended) {
      state.refused++;
      return quota();
    }
    const calls = [{ callId: `c${turn}`, name: 'sum_numbers', input: { numbers: [turn] } }];
    return turn === 1 ? { calls } : { text: promptOf(request) };
  });
  return { provider, state };
}

/** A run that a used-up quota has paused, and one that has not started yet; both use one limiter. */
async function pausedRun() {
  const { provider, state } = quotaAfter(0);
  const agent = testAgent(provider);
  const runner = new Runner({ retry: impatient });
  const first = testRun(agent, ['a'], { whenBlocked: 'pause', runner });
  const next = testRun(agent, ['b'], { whenBlocked: 'pause', runner });
  const events = record(first);
  first.start();
  await vi.waitFor(() => expect(first.state.paused).toBeDefined());
  return { state, first, events, next };
}

const prompts = Array.from({ length: 100 }, (_, index) => `p${index}`);

describe('a used-up quota in the middle of 100 conversations', () => {
  it('pauses the run once, wastes at most what was under way, and all finish after one resume', async () => {
    const { provider, state } = quotaAfter(60);
    const run = testRun(testAgent(provider), prompts, { whenBlocked: 'pause', concurrency: 16 });
    const events = record(run);
    run.start();
    await vi.waitFor(() => expect(run.state.paused).toBeDefined());
    await vi.waitFor(() => expect(provider.active).toBe(0));
    expect(state.refused).toBeLessThanOrEqual(16);
    expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
    expect(run.state.paused).toMatchObject({ kind: 'quota' });
    const before = state.sent;
    await settled();
    expect(state.sent).toBe(before);
    state.mended = true;
    run.resume();
    const result = await run.ended();
    expect(result.counts).toMatchObject({ done: 100 });
    expect(result.conversations.map(({ answer }) => answer)).toEqual(prompts);
    expect(events.filter(({ type }) => type === 'run.resumed')).toHaveLength(1);
  });

  it('does not hold up a run that is started afterwards, and goes on with it', async () => {
    const { state, first, events, next } = await pausedRun();
    state.mended = true;
    next.start();
    expect((await next.ended()).counts).toMatchObject({ done: 1 });
    expect((await first.ended()).counts).toMatchObject({ done: 1 });
    expect(events.filter(({ type }) => type === 'run.resumed')).toHaveLength(1);
  });

  it('goes on with a run that is started afterwards when another attempt failed before', async () => {
    const { state, first, events, next } = await pausedRun();
    next.start();
    await vi.waitFor(() => expect(next.state.paused).toBeDefined());
    expect(first.state.paused).toBeDefined();
    expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
    state.mended = true;
    next.resume();
    expect((await next.ended()).counts).toMatchObject({ done: 1 });
    expect((await first.ended()).counts).toMatchObject({ done: 1 });
    expect(events.filter(({ type }) => type === 'run.resumed')).toHaveLength(1);
  });

  it('sends one request to see whether it is mended, and pauses again when it is not', async () => {
    const { provider, state } = quotaAfter(0);
    const run = testRun(testAgent(provider), prompts, { whenBlocked: 'pause', concurrency: 16 });
    run.start();
    await vi.waitFor(() => expect(run.state.paused).toBeDefined());
    await vi.waitFor(() => expect(provider.active).toBe(0));
    const before = state.sent;
    run.resume();
    await vi.waitFor(() => expect(state.sent).toBe(before + 1));
    await vi.waitFor(() => expect(run.state.paused).toBeDefined());
    expect(state.sent).toBe(before + 1);
    run.cancel();
    expect((await run.ended()).counts.cancelled).toBe(100);
  });

  it('fails what is left where nobody can mend it, without sending it', async () => {
    const { provider, state } = quotaAfter(60);
    const run = testRun(testAgent(provider), prompts, { whenBlocked: 'fail', concurrency: 16 });
    run.start();
    const result = await run.ended();
    expect(result.counts.failed).toBeGreaterThan(0);
    expect(result.counts.failed + result.counts.done).toBe(100);
    expect(state.refused).toBeLessThanOrEqual(16);
    const failed = result.conversations.filter(({ status }) => status === 'failed');
    expect(new Set(failed.map(({ reason }) => reason))).toEqual(new Set(['quota']));
  });

  it('is tried again by the next run', async () => {
    const { provider, state } = quotaAfter(0);
    const agent = testAgent(provider);
    const first = testRun(agent, ['a']);
    first.start();
    expect((await first.ended()).counts.failed).toBe(1);
    state.mended = true;
    first.rerun([0]);
    expect((await first.ended()).counts.done).toBe(1);
  });
});
