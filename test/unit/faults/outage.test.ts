import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { defaultSleepWatch } from '../../../src/core/agent/awakeClock.ts';
import type { Provider } from '../../../src/core/providers/provider.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { JumpingClock } from '../../support/faults/jumpingClock.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { record, testAgent, testRun } from '../../support/runs.ts';
import { turnReply, waitsOf } from './stage.ts';

const prompts = Array.from({ length: 100 }, (_, index) => `p${index}`);

/** Counts requests, whether anything answers or not. */
function counted(
  provider: Provider,
): Provider & { readonly sent: number; readonly maxInFlight: number } {
  const counts = { sent: 0, active: 0, maxInFlight: 0 };
  return {
    ...provider,
    // Allows as many requests at once as for a vendor's server.
    isLocal: false,
    get sent() {
      return counts.sent;
    },
    /** Max requests at once of those after the first wave, of which some may still be in flight. */
    get maxInFlight() {
      return counts.maxInFlight;
    },
    turn: async (request, observer, signal) => {
      counts.sent++;
      if (counts.sent <= 32) return provider.turn(request, observer, signal);
      counts.active++;
      counts.maxInFlight = Math.max(counts.maxInFlight, counts.active);
      try {
        return await provider.turn(request, observer, signal);
      } finally {
        counts.active--;
      }
    },
  };
}

describe.each(faultProtocols)('F23: a server that does not answer ($name)', (protocol) => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  /** A run at a closed port, which opens later. */
  async function stageAtClosedPort(whenBlocked: 'pause' | 'fail') {
    const first = await startLoopbackServer([]);
    const port = Number(new URL(first.url).port);
    await first.close();
    const provider = counted(protocol.create({ baseUrl: first.url, apiKey: 'key-of-the-test' }));
    const sleep = { ...defaultSleepWatch, beatMs: Number.MAX_SAFE_INTEGER };
    const runner = new Runner({ clock: new JumpingClock(), sleep });
    const options = { whenBlocked, runner, concurrency: 'auto' } as const;
    const limits = { ...defaultLimits, timeoutMs: 1e9 };
    const run = testRun(testAgent(provider, { limits }), prompts, options);
    const events = record(run);
    const sentBeforePause: number[] = [];
    run.onEvent(({ type }) => {
      if (type === 'run.paused') sentBeforePause.push(provider.sent);
    });
    cleanups.push(() => {
      run.cancel();
      provider.dispose();
    });
    const open = async () => {
      const reply = turnReply(protocol, { text: 'Done.' });
      const server = await startLoopbackServer(() => reply, port);
      cleanups.push(() => server.close());
      return server;
    };
    const banners = () => events.filter(({ type }) => type === 'run.paused').length;
    run.start();
    return { run, events, provider, open, banners, port, sentBeforePause };
  }

  it('is reported once and probed with one request at a time, and the run continues by itself', async () => {
    const staged = await stageAtClosedPort('pause');
    const { run, events, provider, open, banners, port } = staged;
    await vi.waitFor(() => expect(run.state.paused).toBeDefined());
    expect(run.state.paused).toMatchObject({ kind: 'network' });
    expect(run.state.paused!.message).toMatch(
      new RegExp(`^Nothing answers at 127\\.0\\.0\\.1:${port}\\. Check that the server runs`),
    );
    expect(staged.sentBeforePause).toEqual([35]);
    const waits = waitsOf(events).filter(({ reason }) => reason === 'offline');
    expect(new Set(waits.map(({ ms }) => ms))).toEqual(new Set([1_000, 10_000]));
    await vi.waitFor(() => expect(provider.sent).toBeGreaterThan(38));
    expect(provider.maxInFlight).toBe(1);
    expect(banners()).toBe(1);
    const server = await open();
    const result = await run.ended();
    expect(result.counts.done).toBe(100);
    expect(server.requests).toHaveLength(100);
    expect(banners()).toBe(1);
    expect(events.filter(({ type }) => type === 'run.resumed')).toHaveLength(1);
  });

  it('fails the run after three more requests when nobody can fix it', async () => {
    const { run, provider, banners } = await stageAtClosedPort('fail');
    const result = await run.ended();
    expect(result.counts.failed).toBe(100);
    expect(provider.sent).toBe(35);
    expect(banners()).toBe(0);
    const errors = result.conversations.map(({ error }) => error);
    expect(new Set(errors.map((error) => error?.kind))).toEqual(new Set(['network']));
    expect(errors[0]?.message).toMatch(/^Nothing answers at .*Check that the server runs/);
    expect(Math.max(...errors.map((error) => error?.attempts ?? 0))).toBeLessThanOrEqual(4);
  });

  it('is probed again on resume, and then all finish', async () => {
    const { run, open, events } = await stageAtClosedPort('pause');
    await vi.waitFor(() => expect(run.state.paused).toBeDefined());
    await open();
    run.resume();
    expect((await run.ended()).counts.done).toBe(100);
    expect(events.filter(({ type }) => type === 'run.resumed')).toHaveLength(1);
  });

  it('can be cancelled at any time', async () => {
    const { run } = await stageAtClosedPort('pause');
    await vi.waitFor(() => expect(run.state.counts.waiting).toBeGreaterThan(90));
    run.cancel();
    expect((await run.ended()).counts.cancelled).toBe(100);
  });
});
