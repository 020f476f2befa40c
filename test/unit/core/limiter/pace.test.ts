import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../../src/core/agent/requestSlots.ts';
import { Limiter } from '../../../../src/core/limiter/limiter.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';
import { bucketServer, harness, many, waitingPolicy } from './limiterHarness.ts';

describe('with a server that limits requests', () => {
  it.each([
    [3_000, 3_000],
    [600, 600],
  ])(
    'finishes close to the optimum at %i requests a minute, with few refusals',
    async (perMinute, burst) => {
      const clock = new ManualClock();
      const limiter = new Limiter(clock);
      const server = bucketServer(clock, perMinute, burst);
      const total = burst + perMinute / 2;
      let refusals = 0;
      let done = 0;
      let endMs = 0;
      const latencyMs = 200;
      const send = async (): Promise<void> => {
        for (;;) {
          const slot = await limiter
            .slots('auto')
            .acquire(waitingPolicy, new AbortController().signal);
          await new Promise<void>((resolve) => clock.after(latencyMs / 2, resolve));
          const { accepted, headers, retryAfterMs } = server();
          await new Promise<void>((resolve) => clock.after(latencyMs / 2, resolve));
          slot.onHead(accepted ? 200 : 429, (name) => headers.get(name));
          if (accepted) {
            slot.release({ usage: oneToken });
            done++;
            endMs = clock.now();
            return;
          }
          refusals++;
          slot.release({ failure: new ProviderError('429', { kind: 'rate_limit', retryAfterMs }) });
        }
      };
      const all = Promise.all(Array.from({ length: total }, send));
      await clock.drain(600_000);
      await all;
      const optimumMs = ((total - burst) / perMinute) * 60_000;
      expect(done).toBe(total);
      expect(refusals / total).toBeLessThan(0.03);
      expect(endMs).toBeLessThan(optimumMs * 1.05 + 2_000);
    },
  );
});

describe('with a server that limits requests without saying how', () => {
  /** Sends `total` requests to a server that accepts `perSecond` of them; retries refused ones. */
  async function play(total: number, perSecond: number, burst: number, retryAfter: boolean) {
    const clock = new ManualClock();
    const limiter = new Limiter(clock);
    const server = bucketServer(clock, perSecond * 60, burst);
    let refusals = 0;
    let endMs = 0;
    const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
    const send = async (): Promise<void> => {
      for (;;) {
        const slot = await limiter
          .slots('auto')
          .acquire(waitingPolicy, new AbortController().signal);
        await wait(10);
        const { accepted, retryAfterMs } = server();
        if (accepted) {
          await wait(200);
          slot.release({ usage: oneToken });
          endMs = clock.now();
          return;
        }
        refusals++;
        const asked = retryAfter ? { retryAfterMs } : {};
        slot.release({ failure: new ProviderError('429', { kind: 'rate_limit', ...asked }) });
        if (!retryAfter) await wait(400);
      }
    };
    const all = Promise.all(Array.from({ length: total }, send));
    await clock.drain(3_600_000);
    await all;
    return { refusals, overOptimum: endMs / (((total - burst) / perSecond) * 1_000) };
  }

  it.each([
    { total: 1_200, perSecond: 50, burst: 50 },
    { total: 1_200, perSecond: 10, burst: 20 },
    { total: 600, perSecond: 5, burst: 5 },
  ])('learns a pace of $perSecond requests a second, with few refusals', async (row) => {
    const { total, perSecond, burst } = row;
    for (const retryAfter of [true, false]) {
      const { refusals, overOptimum } = await play(total, perSecond, burst, retryAfter);
      // The first requests are sent together, before the limit is known.
      expect(refusals - 32).toBeLessThan(total * 0.03);
      expect(overOptimum).toBeLessThan(1.06);
    }
  });

  it('speeds up again when the server does', async () => {
    const clock = new ManualClock();
    const limiter = new Limiter(clock);
    const server = bucketServer(clock, 600, 10);
    let isFast = false;
    let done = 0;
    const send = async (): Promise<void> => {
      for (;;) {
        const slot = await limiter
          .slots('auto')
          .acquire(waitingPolicy, new AbortController().signal);
        await new Promise<void>((resolve) => clock.after(50, resolve));
        const isTaken = server().accepted || isFast;
        if (!isTaken) slot.release({ failure: new ProviderError('429', { kind: 'rate_limit' }) });
        else slot.release({ usage: oneToken });
        if (!isTaken) continue;
        done++;
        return;
      }
    };
    const all = Array.from({ length: 6_000 }, send);
    await clock.advance(60_000);
    expect(done).toBeLessThan(700);
    isFast = true;
    await clock.advance(240_000);
    expect(done).toBe(all.length);
  });

  it('waits for a limit that lasts hours, and is not slow afterwards', async () => {
    const { clock, ask, granted, waits } = harness();
    for (const name of many(60)) ask(name, { concurrency: 30 });
    await clock.advance(1_000);
    for (const { slot } of granted.slice(0, 29)) slot.release({ usage: oneToken });
    await clock.advance(0);
    const failure = new ProviderError('429', { kind: 'rate_limit', retryAfterMs: 3_600_000 });
    for (const { slot } of granted.slice(29)) slot.release({ failure });
    for (const name of many(40)) ask(`late-${name}`, { concurrency: 'unlimited' });
    await clock.advance(3_599_999);
    expect(granted).toHaveLength(59);
    expect(waits.at(-1)).toBe('late-c39 rate_limit 3600000');
    // One request probes first.
    await clock.advance(1);
    expect(granted).toHaveLength(60);
    granted[59]!.slot.onHead(200, () => undefined);
    await clock.advance(0);
    expect(granted).toHaveLength(100);
  });

  it('waits by the wall clock when the monotonic clock stops during sleep', async () => {
    const clock = new ManualClock();
    let wallMs = 0;
    const limiter = new Limiter(clock, { wallNow: () => wallMs });
    const first = await limiter.slots('auto').acquire(waitingPolicy, new AbortController().signal);
    const failure = new ProviderError('429', { kind: 'rate_limit', retryAfterMs: 3_600_000 });
    first.release({ failure });
    let granted = false;
    void limiter
      .slots('auto')
      .acquire(waitingPolicy, new AbortController().signal)
      .then(() => {
        granted = true;
      });
    await clock.advance(120_000);
    expect(granted).toBe(false);
    wallMs = 3_600_000;
    await clock.advance(60_000);
    expect(granted).toBe(true);
  });
});

describe('a server with rate limit headers', () => {
  const headersWith = (remaining: number) =>
    new Map([
      ['anthropic-ratelimit-requests-limit', '100000'],
      ['anthropic-ratelimit-requests-remaining', String(remaining)],
    ]);

  it('does not get all requests at once after its first header', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(1_000)) ask(name);
    await clock.advance(0);
    const first = granted.length;
    granted[0]!.slot.onHead(200, (name) => headersWith(99_999).get(name));
    await clock.advance(0);
    const second = granted.length;
    expect(second).toBeLessThanOrEqual(first * 2);
    for (const { slot } of granted.slice()) slot.release({ usage: oneToken });
    await clock.advance(0);
    expect(granted.length - second).toBeLessThanOrEqual(second * 2);
  });

  it('does not count as a small local server', async () => {
    const { clock, ask, granted } = harness({ isLocal: true });
    for (const name of many(50)) ask(name);
    await clock.advance(0);
    expect(granted.length).toBeLessThan(10);
    granted[0]!.slot.onHead(200, (name) => headersWith(99_999).get(name));
    await clock.advance(0);
    expect(granted.length).toBe(50);
  });

  it('gets fewer requests at once when it refuses some before its limits are used up', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(1_000)) ask(name);
    await clock.advance(0);
    const first = granted.length;
    const headers = headersWith(90_000);
    for (const { slot } of granted.slice()) {
      slot.onHead(429, (name) => headers.get(name));
      slot.release({ failure: new ProviderError('No.', { kind: 'rate_limit' }) });
    }
    await clock.advance(10);
    expect(granted.length - first).toBeLessThan(first);
  });

  it('delays only the refused conversation while its headers show room, until it refuses again', async () => {
    const { clock, ask, granted } = harness();
    const headers = headersWith(90_000);
    const refuse = ({ slot }: { readonly slot: Slot }) => {
      slot.onHead(429, (name) => headers.get(name));
      return slot.release({
        failure: new ProviderError('No.', { kind: 'rate_limit', retryAfterMs: 5_000 }),
      });
    };
    for (const name of many(10)) ask(name);
    await clock.advance(0);
    expect(refuse(granted[0]!)).toEqual({ refusalsInRow: 1, ownWaitMs: 5_000 });
    for (const name of many(5)) ask(`later-${name}`);
    await clock.advance(0);
    expect(granted).toHaveLength(15);
    expect(refuse(granted[14]!)).toEqual({ refusalsInRow: 2, ownWaitMs: 0 });
    ask('last');
    await clock.advance(4_000);
    expect(granted).toHaveLength(15);
    await clock.advance(2_000);
    expect(granted).toHaveLength(16);
  });

  it('slows everyone when requests increased too fast, whatever the concurrency', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(3_000)) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    const code = 'ramp_limit_exceeded';
    granted[0]!.slot.onHead(429, (name) => headersWith(90_000).get(name));
    granted[0]!.slot.release({
      failure: new ProviderError('Too fast.', { kind: 'rate_limit', code }),
    });
    const before = granted.length;
    for (const name of many(3_000)) ask(`later-${name}`, { concurrency: 'unlimited' });
    await clock.advance(1_000);
    const sent = granted.length - before;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(2_500);
  });
});
