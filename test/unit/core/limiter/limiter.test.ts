import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../../src/core/agent/requestSlots.ts';
import { Limiter } from '../../../../src/core/limiter/limiter.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';
import { harness, many, ownRun } from './limiterHarness.ts';

/** Options that wait as long as necessary. */
const waitingPolicy = {
  started: true,
  isFirstOfAgent: false,
  again: false,
  maxRefusals: 8,
  onWait: () => undefined,
  whenBlocked: 'pause' as const,
};

describe('the limiter', () => {
  it('admits up to the concurrency in order, started conversations first', async () => {
    const { clock, ask, names, release } = harness();
    ask('a', { concurrency: 2 });
    ask('b', { concurrency: 2 });
    ask('c', { concurrency: 2 });
    ask('d', { concurrency: 2 });
    ask('e', { concurrency: 2, started: true });
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b']);
    release('a');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b', 'e']);
    release('b');
    release('e');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b', 'e', 'c', 'd']);
  });

  it('admits the last queued conversations before turns of others, so that none runs alone at the end', async () => {
    const { clock, ask, names, release } = harness();
    for (const name of ['a', 'b', 'c']) ask(name, { concurrency: 3, started: true });
    for (const name of ['d', 'e']) ask(name, { concurrency: 3, started: true });
    ask('last', { concurrency: 3 });
    await clock.advance(0);
    release('a');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b', 'c', 'last']);
  });

  it('counts a slot released twice only once', async () => {
    const { clock, ask, names, release } = harness();
    for (const name of ['a', 'b', 'c']) ask(name, { concurrency: 1 });
    await clock.advance(0);
    release('a');
    release('a');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b']);
  });

  it('forgets a request aborted while it waits', async () => {
    const { clock, ask, names, refused, release } = harness();
    const controller = new AbortController();
    ask('a', { concurrency: 1 });
    ask('b', { concurrency: 1, signal: controller.signal });
    ask('c', { concurrency: 1 });
    await clock.advance(0);
    controller.abort(new Error('enough'));
    release('a');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'c']);
    expect(refused).toEqual(['b enough']);
  });

  it('makes everyone wait as long as the server says, and tells each once', async () => {
    const { clock, ask, names, release, waits } = harness();
    for (const name of ['a', 'b']) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    release('a', new ProviderError('slow down', { kind: 'rate_limit', retryAfterMs: 12_000 }));
    for (const name of ['c', 'd']) ask(name, { concurrency: 'unlimited' });
    await clock.advance(11_000);
    expect(names()).toEqual(['a', 'b']);
    expect(waits).toEqual(['c rate_limit 12000', 'd rate_limit 12000']);
    await clock.advance(1_001);
    expect(names()).toEqual(['a', 'b', 'c']);
    // They resume one after the other.
    await clock.advance(1_000);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('reports a later end once, and not each refusal that moves it by milliseconds', async () => {
    const { clock, ask, release, waits } = harness();
    const refused = many(50);
    for (const name of refused) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    const slowDown = (retryAfterMs: number): ProviderError =>
      new ProviderError('slow down', { kind: 'rate_limit', retryAfterMs });
    for (const name of refused.slice(0, 40)) {
      release(name, slowDown(12_000));
      ask(`${name} again`, { concurrency: 'unlimited' });
      await clock.advance(3);
    }
    // One line each, and none for the refusals of others.
    expect(waits).toHaveLength(40);
    release(refused[45]!, slowDown(60_000));
    await clock.advance(0);
    expect(waits).toHaveLength(80);
    expect(waits.at(-1)).toMatch(/ again rate_limit 60000$/);
  });

  it('starts with a moderate window, grows on success and shrinks on refusals', async () => {
    const { clock, ask, names, granted } = harness();
    for (const name of many(400)) ask(name);
    await clock.advance(0);
    const first = names().length;
    expect(first).toBeLessThan(64);
    for (const { slot } of granted.slice()) slot.release({ usage: oneToken });
    await clock.advance(0);
    const second = names().length - first;
    expect(second).toBeGreaterThan(first * 1.4);
    const refusal = new ProviderError('no', { kind: 'overloaded', httpStatus: 529 });
    for (const { slot } of granted.slice(first)) slot.release({ failure: refusal });
    await clock.advance(0);
    // They were in flight together, so they count as one refusal.
    const third = names().length - first - second;
    expect(third).toBeGreaterThan(second * 0.6);
    expect(third).toBeLessThan(second);
  });

  it('keeps the pace given by the response headers', async () => {
    const { clock, ask, granted, waits } = harness();
    for (const name of many(60)) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    expect(granted).toHaveLength(60);
    const headers = new Map([
      ['anthropic-ratelimit-requests-limit', '600'],
      ['anthropic-ratelimit-requests-remaining', '5'],
    ]);
    granted.at(-1)!.slot.onHead(200, (name) => headers.get(name));
    for (const { slot } of granted) slot.release({ usage: oneToken });
    for (const name of many(35)) ask(`later-${name}`, { concurrency: 'unlimited' });
    await clock.advance(0);
    expect(granted).toHaveLength(65);
    // 600 a minute is 10 a second.
    await clock.advance(1_000);
    expect(granted).toHaveLength(75);
    await clock.advance(2_000);
    expect(granted).toHaveLength(95);
    expect(waits.some((wait) => wait.includes('rate_limit'))).toBe(true);
  });

  it('admits nobody after an error that the user must fix, and then one request first', async () => {
    const { clock, limiter, ask, names, release, refused } = harness();
    for (const name of ['a', 'b', 'c', 'd']) ask(name, { concurrency: 2 });
    ask('program', { concurrency: 2, whenBlocked: 'fail' });
    await clock.advance(0);
    const quota = new ProviderError('used up', { kind: 'quota' });
    release('a', quota);
    release('b', quota);
    await clock.advance(600_000);
    expect(names()).toEqual(['a', 'b']);
    expect(refused).toEqual(['program used up']);
    limiter.resume();
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b', 'c']);
    release('c');
    ask('e', { concurrency: 2 });
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('does not let a run with a small budget block one with a large budget', async () => {
    const { clock, ask, names } = harness();
    ask('a', { concurrency: 1 });
    ask('b', { concurrency: 1 });
    ask('c', { concurrency: 10 });
    await clock.advance(0);
    expect(names()).toEqual(['a', 'c']);
  });

  it('leaves no timer without waiters', async () => {
    const { clock, ask, release } = harness();
    ask('a');
    await clock.advance(0);
    release('a', new ProviderError('wait', { kind: 'rate_limit', retryAfterMs: 5_000 }));
    expect(clock.pending).toBe(0);
  });
});

describe('a limit known to be used up for long', () => {
  const usedUp = (seconds: number) =>
    new Map([
      ['x-ratelimit-limit-requests', '100'],
      ['x-ratelimit-remaining-requests', '0'],
      ['x-ratelimit-reset-requests', `${seconds}s`],
    ]);

  it('is reported once to requests that were already queued', async () => {
    const { clock, ask, waits, release, granted } = harness();
    for (const name of ['a', 'b', 'c', 'd']) ask(name, { concurrency: 2, started: true });
    await clock.advance(0);
    expect(waits).toEqual(['c slot', 'd slot']);
    waits.length = 0;
    const headers = usedUp(36_000);
    for (const { slot } of granted.toReversed()) slot.onHead(200, (name) => headers.get(name));
    release('a');
    release('b');
    await clock.advance(0);
    expect(waits).toEqual(['c rate_limit 360000', 'd rate_limit 720000']);
  });

  it('is not reported when it lasts only seconds', async () => {
    const { clock, ask, waits, granted } = harness();
    for (const name of ['a', 'b']) ask(name, { concurrency: 1, started: true });
    await clock.advance(0);
    waits.length = 0;
    const headers = usedUp(60);
    granted[0]!.slot.onHead(200, (name) => headers.get(name));
    expect(waits).toEqual([]);
  });
});

/** A server with continuous refill, as both vendors document, and a latency of `latencyMs`. */
function bucketServer(clock: ManualClock, perMinute: number, burst: number) {
  let level = burst;
  let atMs = 0;
  return () => {
    level = Math.min(burst, level + ((clock.now() - atMs) * perMinute) / 60_000);
    atMs = clock.now();
    const accepted = level >= 1;
    if (accepted) level -= 1;
    const headers = new Map([
      ['anthropic-ratelimit-requests-limit', String(burst)],
      ['anthropic-ratelimit-requests-remaining', String(Math.floor(level))],
      ['anthropic-ratelimit-requests-reset', ''],
    ]);
    return {
      accepted,
      headers,
      retryAfterMs: Math.ceil((1 - level) / (perMinute / 60_000) / 1000) * 1000,
    };
  };
}

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

describe("the user's own limits", () => {
  it("apply in addition to the server's limits", async () => {
    const { clock, limiter, ask, granted, release } = harness();
    limiter.cap({ requestsPerMinute: 60 });
    for (const name of many(40)) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    // Six seconds' worth may go at once.
    expect(granted).toHaveLength(6);
    await clock.advance(10_000);
    expect(granted).toHaveLength(16);
    limiter.cap({});
    await clock.advance(0);
    expect(granted).toHaveLength(40);
    release('c0');
  });

  it('estimate tokens from the last responses', async () => {
    const { clock, limiter, ask, granted } = harness();
    ask('first', { concurrency: 'unlimited' });
    await clock.advance(0);
    granted[0]!.slot.release({ usage: { ...oneToken, inputTokens: 900, outputTokens: 100 } });
    limiter.cap({ tokensPerMinute: 60_000 });
    for (const name of many(20)) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    expect(granted).toHaveLength(1 + 6);
    await clock.advance(5_000);
    expect(granted).toHaveLength(1 + 11);
  });

  it('are not waited for by requests that were abandoned', async () => {
    const { clock, ask, names, release } = harness();
    const own = new AbortController();
    ask('first', { concurrency: 'unlimited' });
    await clock.advance(0);
    // Each pause reaches its max.
    release('first', new ProviderError('busy', { kind: 'overloaded' }));
    for (const name of many(1_000)) {
      ask(name, { again: true, concurrency: 'unlimited', signal: own.signal });
    }
    await clock.advance(0);
    own.abort(new Error('cancelled'));
    await clock.advance(0);
    // No timer keeps the process alive for them.
    expect(clock.pending).toBe(0);
    await clock.advance(2_000);
    const before = names().length;
    ask('late', { again: true, concurrency: 'unlimited' });
    await clock.advance(2_000);
    expect(names().slice(before)).toEqual(['late']);
  });

  it('requests follow each other quickly again after the first success', async () => {
    const { clock, ask, names, release } = harness();
    const sick = many(30).map((name) => `sick-${name}`);
    for (const name of sick) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    for (const name of sick) release(name, new ProviderError('broken', { kind: 'network' }));
    for (const name of many(250)) ask(name, { again: true, concurrency: 'unlimited' });
    await clock.advance(4_000);
    const granted = names().length;
    expect(granted).toBeLessThan(30 + 60);
    ask('well', { concurrency: 'unlimited' });
    await clock.advance(0);
    release('well');
    await clock.advance(30_000);
    expect(names().length).toBe(30 + 1 + 250);
  });
});

describe('several runs at one server', () => {
  it('take turns, each in prompt order', async () => {
    const { clock, ask, names, release } = harness();
    const big = {};
    const small = {};
    for (const name of many(20)) ask(name, { concurrency: 2, run: big });
    ask('s0', { concurrency: 2, run: small });
    ask('s1', { concurrency: 2, run: small });
    await clock.advance(0);
    for (const name of ['c0', 'c1', 's0', 'c2', 's1']) {
      release(name);
      await clock.advance(0);
    }
    expect(names()).toEqual(['c0', 'c1', 's0', 'c2', 's1', 'c3', 'c4']);
  });

  it('a returning run gets its turn, however many others wait', async () => {
    const { clock, ask, names, release } = harness();
    const big = {};
    const small = {};
    for (const name of many(20)) ask(name, { concurrency: 1, run: big });
    await clock.advance(0);
    for (let turn = 0; turn < 5; turn++) {
      ask(`s${turn}`, { concurrency: 1, run: small, started: turn > 0 });
      release(names().at(-1)!);
      await clock.advance(0);
      expect(names().at(-1)).toBe(`s${turn}`);
      release(`s${turn}`);
      await clock.advance(0);
    }
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
