import { describe, expect, it } from 'vitest';
import { Limiter } from '../../../../src/core/limiter/limiter.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';
import { harness, many, ownRun, waitingPolicy } from './limiterHarness.ts';

describe('when nothing answers', () => {
  const refused = (code = 'ECONNREFUSED') =>
    new ProviderError(`Nothing answers (${code}).`, { kind: 'network', code });

  it('one request at a time probes the server, and all others wait', async () => {
    const { clock, ask, granted, release, waits, blocked } = harness();
    for (const name of many(10)) ask(name, { concurrency: 4 });
    await clock.advance(0);
    for (const name of many(4)) release(name, refused());
    expect(waits.slice(-6)).toEqual(
      many(10)
        .slice(4)
        .map((name) => `${name} offline 1000`),
    );
    await clock.advance(999);
    expect(granted).toHaveLength(4);
    await clock.advance(1);
    expect(granted).toHaveLength(5);
    await clock.advance(60_000);
    expect(granted).toHaveLength(5);
    release('c4', refused('ENETUNREACH'));
    expect(waits.at(-1)).toBe('c9 offline 10000');
    await clock.advance(9_999);
    expect(granted).toHaveLength(5);
    await clock.advance(1);
    release('c5', refused());
    await clock.advance(10_000);
    expect(blocked).toEqual([]);
    release('c6', refused());
    expect(blocked).toEqual(
      many(10)
        .slice(7)
        .map((name) => `${name} Nothing answers (ECONNREFUSED).`),
    );
    await clock.advance(29_999);
    expect(granted).toHaveLength(7);
    await clock.advance(1);
    expect(granted).toHaveLength(8);
    release('c7', refused());
    await clock.advance(30_000);
    expect(granted).toHaveLength(9);
    expect(blocked).toHaveLength(3);
  });

  it('all requests continue as soon as anything answers, even an error', async () => {
    const { clock, ask, granted, release, recovered } = harness();
    for (const name of many(8)) ask(name, { concurrency: 2 });
    await clock.advance(0);
    for (const name of many(2)) release(name, refused());
    for (const name of ['c2', 'c3', 'c4']) {
      await clock.advance(10_000);
      release(name, refused());
    }
    await clock.advance(30_000);
    granted[5]!.slot.onHead(500, () => undefined);
    await clock.advance(0);
    expect(recovered).toEqual(['Nothing answers (ECONNREFUSED).']);
    expect(granted).toHaveLength(7);
  });

  it('fails when nobody can fix it, and tries again for later requests', async () => {
    const { clock, ask, granted, release, refused: turnedAway } = harness();
    for (const name of many(6)) ask(name, { concurrency: 1, whenBlocked: 'fail' });
    await clock.advance(0);
    for (const name of many(4)) {
      release(name, refused());
      await clock.advance(10_000);
    }
    expect(turnedAway.map((line) => line.slice(0, 2))).toEqual(['c4', 'c5']);
    ask('soon', { concurrency: 1, whenBlocked: 'fail' });
    await clock.advance(0);
    expect(turnedAway).toHaveLength(3);
    // A timer would keep the command line's process alive.
    expect(clock.pending).toBe(0);
    await clock.advance(30_000);
    ask('later', { concurrency: 1, whenBlocked: 'fail' });
    await clock.advance(0);
    expect(granted.at(-1)!.name).toBe('later');
  });

  it('tries at once on resume, and reports again that nothing answers', async () => {
    const { clock, limiter, ask, granted, release, blocked } = harness();
    for (const name of many(9)) ask(name, { concurrency: 1 });
    await clock.advance(0);
    for (const name of many(4)) {
      release(name, refused());
      await clock.advance(10_000);
    }
    expect(granted).toHaveLength(4);
    const blockedBefore = blocked.length;
    limiter.resume();
    await clock.advance(0);
    expect(granted).toHaveLength(5);
    release('c4', refused());
    expect(blocked).toHaveLength(blockedBefore + 4);
  });

  it('neither waits for a probe from before the resume nor believes it', async () => {
    const { clock, limiter, ask, granted, release, blocked, recovered } = harness();
    for (const name of many(9)) ask(name, { concurrency: 2 });
    await clock.advance(0);
    for (const name of many(5)) {
      release(name, refused());
      await clock.advance(30_000);
    }
    // The last of them still waits for an answer.
    expect(granted).toHaveLength(6);
    const blockedBefore = blocked.length;
    limiter.resume();
    await clock.advance(0);
    expect(granted).toHaveLength(7);
    release('c5', refused());
    expect(blocked).toHaveLength(blockedBefore);
    expect(granted).toHaveLength(7);
    granted[6]!.slot.onHead(200, () => undefined);
    expect(recovered).toEqual([]);
    await clock.advance(0);
    expect(granted).toHaveLength(8);
  });

  it('lets another request probe when the probing one is cancelled', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(3)) ask(name, { concurrency: 1 });
    await clock.advance(0);
    granted[0]!.slot.release({ failure: refused() });
    await clock.advance(1_000);
    granted[1]!.slot.release({});
    await clock.advance(1_000);
    expect(granted).toHaveLength(3);
  });
});

describe('retries', () => {
  const down = () => new ProviderError('down', { kind: 'overloaded', httpStatus: 500 });

  it('are few while the server answers nothing, and immediate when it answers again', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(400)) ask(name, { again: true, concurrency: 'unlimited' });
    const answer = (end: { failure: ProviderError } | { usage: typeof oneToken }): number => {
      const open = granted.splice(0);
      for (const { slot } of open) slot.release(end);
      return open.length;
    };
    await clock.advance(0);
    // The reserve, and the first retry beyond it.
    expect(answer({ failure: down() })).toBe(51);
    let sent = 0;
    for (const name of many(60)) ask(`x${name}`, { again: true, concurrency: 'unlimited' });
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000);
      sent += answer({ failure: down() });
    }
    expect(sent).toBeLessThan(20 * 11);
  });

  it('may be a fifth of all requests without waiting', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(60)) ask(name, { again: true, concurrency: 'unlimited' });
    await clock.advance(0);
    const before = granted.length;
    expect(before).toBeLessThan(60);
    await clock.advance(60_000);
    expect(granted).toHaveLength(60);
    for (const name of many(100)) ask(`first-${name}`, { concurrency: 'unlimited' });
    for (const name of many(40)) ask(`again-${name}`, { again: true, concurrency: 'unlimited' });
    await clock.advance(0);
    expect(granted.length - 160).toBeGreaterThanOrEqual(20);
    expect(granted.length - 160).toBeLessThan(25);
  });
});

describe('a server on this machine', () => {
  /** Serves requests in a time that depends on how many are in flight. */
  async function served(msFor: (active: number, place: number) => number, count: number) {
    const clock = new ManualClock();
    const limiter = new Limiter(clock, { isLocal: true });
    let active = 0;
    let maxActive = 0;
    let done = 0;
    const send = async (): Promise<void> => {
      const slot = await limiter
        .slots('auto', ownRun)
        .acquire(waitingPolicy, new AbortController().signal);
      active++;
      maxActive = Math.max(maxActive, active);
      await new Promise<void>((resolve) => clock.after(msFor(active, done), resolve));
      slot.onBegin();
      active--;
      done++;
      slot.release({ usage: oneToken });
    };
    const all = Array.from({ length: count }, send);
    await clock.drain(10_000_000);
    await Promise.all(all);
    return { maxActive, ms: clock.now() };
  }

  it('gets few at once, and no more when it answers one after another', async () => {
    let freeAtMs = 0;
    const clock = new ManualClock();
    const limiter = new Limiter(clock, { isLocal: true });
    let active = 0;
    let maxActive = 0;
    const send = async (): Promise<void> => {
      const slot = await limiter
        .slots('auto', ownRun)
        .acquire(waitingPolicy, new AbortController().signal);
      maxActive = Math.max(maxActive, ++active);
      freeAtMs = Math.max(freeAtMs, clock.now()) + 20_000;
      await new Promise<void>((resolve) => clock.after(freeAtMs - clock.now(), resolve));
      slot.onBegin();
      active--;
      slot.release({ usage: oneToken });
    };
    const all = Array.from({ length: 32 }, send);
    await clock.drain(10_000_000);
    await Promise.all(all);
    expect(maxActive).toBeLessThanOrEqual(4);
    // It always has a next request to work on.
    expect(clock.now()).toBe(32 * 20_000);
  });

  it('soon gets as many as it accepts when it answers all equally fast', async () => {
    const { maxActive, ms } = await served(() => 200, 1_000);
    expect(maxActive).toBeGreaterThan(64);
    expect(ms).toBeLessThan(4_000);
  });

  it('gets no more when that does not increase throughput', async () => {
    const { maxActive } = await served((active) => 100 * active, 300);
    expect(maxActive).toBeLessThanOrEqual(16);
  });
});
