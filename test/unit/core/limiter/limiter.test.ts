import { describe, expect, it } from 'vitest';
import type { Slot, WhenBlocked } from '../../../../src/core/agent/turnGate.ts';
import type { PolicyOptions } from '../../../../src/core/limiter/admissionPolicy.ts';
import type { Concurrency } from '../../../../src/core/limiter/limiter.ts';
import { Limiter } from '../../../../src/core/limiter/limiter.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';

interface Ask {
  readonly started?: boolean;
  readonly again?: boolean;
  readonly whenBlocked?: WhenBlocked;
  readonly concurrency?: Concurrency;
  readonly signal?: AbortSignal;
  /** The run it belongs to; always the same one when absent. */
  readonly run?: object;
}

const ownRun = {};

/** Asks for slots and notes what happens to each request. */
function harness(options: PolicyOptions = {}) {
  const clock = new ManualClock();
  const limiter = new Limiter(clock, options);
  const granted: { readonly name: string; readonly slot: Slot; readonly atMs: number }[] = [];
  const waits: string[] = [];
  const refused: string[] = [];
  const blocked: string[] = [];
  const mended: string[] = [];
  limiter.onDidMend(({ message }) => mended.push(message));
  const ask = (name: string, asked: Ask = {}) => {
    const { started = false, again = false } = asked;
    const { whenBlocked = 'pause', concurrency = 'auto' } = asked;
    const request = {
      started,
      again,
      maxRefusals: 8,
      whenBlocked,
      onWait: (reason: string, forMs?: number) => {
        if (reason === 'blocked') blocked.push(`${name} ${limiter.block?.message}`);
        else waits.push(`${name} ${reason}${forMs === undefined ? '' : ` ${Math.round(forMs)}`}`);
      },
    };
    const signal = asked.signal ?? new AbortController().signal;
    limiter
      .gate(concurrency, asked.run ?? ownRun)
      .acquire(request, signal)
      .then((slot) => granted.push({ name, slot, atMs: clock.now() }))
      .catch((error: unknown) => refused.push(`${name} ${(error as Error).message}`));
  };
  const names = () => granted.map(({ name }) => name);
  const release = (name: string, failure?: ProviderError) => {
    const { slot } = granted.find((one) => one.name === name)!;
    slot.release(failure === undefined ? { usage: oneToken } : { failure });
  };
  return { clock, limiter, granted, waits, refused, blocked, mended, ask, names, release };
}

/** Waits for whatever comes. */
const patient = {
  started: true,
  again: false,
  maxRefusals: 8,
  onWait: () => undefined,
  whenBlocked: 'pause' as const,
};

const many = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

describe('the limiter', () => {
  it('admits as many as the number says, in order, started conversations first', async () => {
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

  it('lets the last ones begin before turns of others, so that none runs alone at the end', async () => {
    const { clock, ask, names, release } = harness();
    for (const name of ['a', 'b', 'c']) ask(name, { concurrency: 3, started: true });
    for (const name of ['d', 'e']) ask(name, { concurrency: 3, started: true });
    ask('last', { concurrency: 3 });
    await clock.advance(0);
    release('a');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b', 'c', 'last']);
  });

  it('counts a slot that is released twice once', async () => {
    const { clock, ask, names, release } = harness();
    for (const name of ['a', 'b', 'c']) ask(name, { concurrency: 1 });
    await clock.advance(0);
    release('a');
    release('a');
    await clock.advance(0);
    expect(names()).toEqual(['a', 'b']);
  });

  it('forgets a request that is aborted while it waits', async () => {
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

  it('makes everyone wait as long as the server says, and says so once to each', async () => {
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
    // They come back one after the other, not all in the same moment.
    await clock.advance(1_000);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells everyone of a later end once, not of each refusal that moves it by milliseconds', async () => {
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
    // One line for each of them, and none for the refusals of the others.
    expect(waits).toHaveLength(40);
    release(refused[45]!, slowDown(60_000));
    await clock.advance(0);
    expect(waits).toHaveLength(80);
    expect(waits.at(-1)).toMatch(/ again rate_limit 60000$/);
  });

  it('starts with a moderate window, grows with success and shrinks on refusals', async () => {
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
    // All of them were under way together: they count as one refusal.
    const third = names().length - first - second;
    expect(third).toBeGreaterThan(second * 0.6);
    expect(third).toBeLessThan(second);
  });

  it('keeps to the pace that the headers of the responses tell of', async () => {
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
    // 600 a minute are 10 a second.
    await clock.advance(1_000);
    expect(granted).toHaveLength(75);
    await clock.advance(2_000);
    expect(granted).toHaveLength(95);
    expect(waits.some((wait) => wait.includes('rate_limit'))).toBe(true);
  });

  it('admits nobody after an error for people, and one first after it was mended', async () => {
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

  it('does not let a run that may send little hold up one that may send much', async () => {
    const { clock, ask, names } = harness();
    ask('a', { concurrency: 1 });
    ask('b', { concurrency: 1 });
    ask('c', { concurrency: 10 });
    await clock.advance(0);
    expect(names()).toEqual(['a', 'c']);
  });

  it('leaves no timer behind when nobody waits', async () => {
    const { clock, ask, release } = harness();
    ask('a');
    await clock.advance(0);
    release('a', new ProviderError('wait', { kind: 'rate_limit', retryAfterMs: 5_000 }));
    expect(clock.pending).toBe(0);
  });
});

describe('a limit that is known to be used up for long', () => {
  const usedUp = (seconds: number) =>
    new Map([
      ['x-ratelimit-limit-requests', '100'],
      ['x-ratelimit-remaining-requests', '0'],
      ['x-ratelimit-reset-requests', `${seconds}s`],
    ]);

  it('is told to those who were waiting for a slot before it was known, once', async () => {
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

  it('is no news where it is a matter of seconds', async () => {
    const { clock, ask, waits, granted } = harness();
    for (const name of ['a', 'b']) ask(name, { concurrency: 1, started: true });
    await clock.advance(0);
    waits.length = 0;
    const headers = usedUp(60);
    granted[0]!.slot.onHead(200, (name) => headers.get(name));
    expect(waits).toEqual([]);
  });
});

/** A server that refills continuously, as both vendors document, and answers after `latencyMs`. */
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

describe('against a server that limits requests', () => {
  it.each([
    [3_000, 3_000],
    [600, 600],
  ])(
    'finishes close to the optimum at %i a minute, with few refusals',
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
          const slot = await limiter.gate('auto').acquire(patient, new AbortController().signal);
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

describe('against a server that limits requests and does not tell how', () => {
  /** Sends `total` requests, of which it takes so many a second; what it refuses is sent again. */
  async function play(total: number, perSecond: number, burst: number, retryAfter: boolean) {
    const clock = new ManualClock();
    const limiter = new Limiter(clock);
    const server = bucketServer(clock, perSecond * 60, burst);
    let refusals = 0;
    let endMs = 0;
    const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
    const send = async (): Promise<void> => {
      for (;;) {
        const slot = await limiter.gate('auto').acquire(patient, new AbortController().signal);
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
  ])('learns the pace of $perSecond a second, with few refusals', async (row) => {
    const { total, perSecond, burst } = row;
    for (const retryAfter of [true, false]) {
      const { refusals, overOptimum } = await play(total, perSecond, burst, retryAfter);
      // The first requests go out together, before anything is known.
      expect(refusals - 32).toBeLessThan(total * 0.03);
      expect(overOptimum).toBeLessThan(1.06);
    }
  });

  it('goes faster again when the server does', async () => {
    const clock = new ManualClock();
    const limiter = new Limiter(clock);
    const server = bucketServer(clock, 600, 10);
    let isFast = false;
    let done = 0;
    const send = async (): Promise<void> => {
      for (;;) {
        const slot = await limiter.gate('auto').acquire(patient, new AbortController().signal);
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
    // One looks first whether it is true.
    await clock.advance(1);
    expect(granted).toHaveLength(60);
    granted[59]!.slot.onHead(200, () => undefined);
    await clock.advance(0);
    expect(granted).toHaveLength(100);
  });

  it('waits by the time of day, where the other clock stands still while the machine sleeps', async () => {
    const clock = new ManualClock();
    let wallMs = 0;
    const limiter = new Limiter(clock, { wallNow: () => wallMs });
    const first = await limiter.gate('auto').acquire(patient, new AbortController().signal);
    const failure = new ProviderError('429', { kind: 'rate_limit', retryAfterMs: 3_600_000 });
    first.release({ failure });
    let granted = false;
    void limiter
      .gate('auto')
      .acquire(patient, new AbortController().signal)
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

describe('where nothing answers', () => {
  const refused = (code = 'ECONNREFUSED') =>
    new ProviderError(`Nothing answers (${code}).`, { kind: 'network', code });

  it('one request after another looks whether something does again, and everyone else waits', async () => {
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

  it('goes on with everyone as soon as anything is answered, be it an error', async () => {
    const { clock, ask, granted, release, mended } = harness();
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
    expect(mended).toEqual(['Nothing answers (ECONNREFUSED).']);
    expect(granted).toHaveLength(7);
  });

  it('gives up where nobody is there to mend it, and tries again for those who come later', async () => {
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
    // A timer would keep the process of the command line alive.
    expect(clock.pending).toBe(0);
    await clock.advance(30_000);
    ask('later', { concurrency: 1, whenBlocked: 'fail' });
    await clock.advance(0);
    expect(granted.at(-1)!.name).toBe('later');
  });

  it('tries at once when it is resumed, and says again that nothing answers', async () => {
    const { clock, limiter, ask, granted, release, blocked } = harness();
    for (const name of many(9)) ask(name, { concurrency: 1 });
    await clock.advance(0);
    for (const name of many(4)) {
      release(name, refused());
      await clock.advance(10_000);
    }
    expect(granted).toHaveLength(4);
    const said = blocked.length;
    limiter.resume();
    await clock.advance(0);
    expect(granted).toHaveLength(5);
    release('c4', refused());
    expect(blocked).toHaveLength(said + 4);
  });

  it('does not wait for a look from before it is resumed, nor believe it', async () => {
    const { clock, limiter, ask, granted, release, blocked, mended } = harness();
    for (const name of many(9)) ask(name, { concurrency: 2 });
    await clock.advance(0);
    for (const name of many(5)) {
      release(name, refused());
      await clock.advance(30_000);
    }
    // The last of them is still waiting for an answer.
    expect(granted).toHaveLength(6);
    const said = blocked.length;
    limiter.resume();
    await clock.advance(0);
    expect(granted).toHaveLength(7);
    release('c5', refused());
    expect(blocked).toHaveLength(said);
    expect(granted).toHaveLength(7);
    granted[6]!.slot.onHead(200, () => undefined);
    expect(mended).toEqual([]);
    await clock.advance(0);
    expect(granted).toHaveLength(8);
  });

  it('lets another one look when the one that looked is cancelled', async () => {
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

describe('repeated requests', () => {
  const down = () => new ProviderError('down', { kind: 'overloaded', httpStatus: 500 });

  it('are few at a server that answers nothing, and at once when it answers again', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(400)) ask(name, { again: true, concurrency: 'unlimited' });
    const answer = (end: { failure: ProviderError } | { usage: typeof oneToken }): number => {
      const open = granted.splice(0);
      for (const { slot } of open) slot.release(end);
      return open.length;
    };
    await clock.advance(0);
    // A reserve, and the first one beyond it.
    expect(answer({ failure: down() })).toBe(51);
    let sent = 0;
    for (const name of many(60)) ask(`x${name}`, { again: true, concurrency: 'unlimited' });
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000);
      sent += answer({ failure: down() });
    }
    expect(sent).toBeLessThan(20 * 11);
  });

  it('may be a fifth of all requests without having to wait', async () => {
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
  it('are kept to on top of what the server says', async () => {
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

  it('count tokens by what the last responses took', async () => {
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

  it('are not waited for when they have been given up', async () => {
    const { clock, ask, names, release } = harness();
    const own = new AbortController();
    ask('first', { concurrency: 'unlimited' });
    await clock.advance(0);
    // Each pause is as long as it gets.
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

  it('follow one another quickly again as soon as something succeeds', async () => {
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
  it('take turns, each in the order of its prompts', async () => {
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

  it('a run that comes back finds its turn, however many others wait', async () => {
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

describe('a server that tells its limits', () => {
  const told = (remaining: number) =>
    new Map([
      ['anthropic-ratelimit-requests-limit', '100000'],
      ['anthropic-ratelimit-requests-remaining', String(remaining)],
    ]);

  it('does not get all at once after its first header', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(1_000)) ask(name);
    await clock.advance(0);
    const first = granted.length;
    granted[0]!.slot.onHead(200, (name) => told(99_999).get(name));
    await clock.advance(0);
    const second = granted.length;
    expect(second).toBeLessThanOrEqual(first * 2);
    for (const { slot } of granted.slice()) slot.release({ usage: oneToken });
    await clock.advance(0);
    expect(granted.length - second).toBeLessThanOrEqual(second * 2);
  });

  it('is no small local server, though it is on this machine', async () => {
    const { clock, ask, granted } = harness({ isLocal: true });
    for (const name of many(50)) ask(name);
    await clock.advance(0);
    expect(granted.length).toBeLessThan(10);
    granted[0]!.slot.onHead(200, (name) => told(99_999).get(name));
    await clock.advance(0);
    expect(granted.length).toBe(50);
  });

  it('gets fewer at once when it refuses some though its limits are not used up', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(1_000)) ask(name);
    await clock.advance(0);
    const first = granted.length;
    const headers = told(90_000);
    for (const { slot } of granted.slice()) {
      slot.onHead(429, (name) => headers.get(name));
      slot.release({ failure: new ProviderError('No.', { kind: 'rate_limit' }) });
    }
    await clock.advance(10);
    expect(granted.length - first).toBeLessThan(first);
  });

  it('has only the refused conversation wait when it tells of room, until it refuses again', async () => {
    const { clock, ask, granted } = harness();
    const headers = told(90_000);
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

  it('slows everyone when requests became more too fast, whatever number is set', async () => {
    const { clock, ask, granted } = harness();
    for (const name of many(3_000)) ask(name, { concurrency: 'unlimited' });
    await clock.advance(0);
    const code = 'ramp_limit_exceeded';
    granted[0]!.slot.onHead(429, (name) => told(90_000).get(name));
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
  /** Requests are answered after a time that depends on how many are under way. */
  async function served(msFor: (active: number, place: number) => number, count: number) {
    const clock = new ManualClock();
    const limiter = new Limiter(clock, { isLocal: true });
    let active = 0;
    let most = 0;
    let done = 0;
    const send = async (): Promise<void> => {
      const slot = await limiter
        .gate('auto', ownRun)
        .acquire(patient, new AbortController().signal);
      active++;
      most = Math.max(most, active);
      await new Promise<void>((resolve) => clock.after(msFor(active, done), resolve));
      slot.onBegin();
      active--;
      done++;
      slot.release({ usage: oneToken });
    };
    const all = Array.from({ length: count }, send);
    await clock.drain(10_000_000);
    await Promise.all(all);
    return { most, ms: clock.now() };
  }

  it('gets few at once, and no more when it answers one after another', async () => {
    let freeAtMs = 0;
    const clock = new ManualClock();
    const limiter = new Limiter(clock, { isLocal: true });
    let active = 0;
    let most = 0;
    const send = async (): Promise<void> => {
      const slot = await limiter
        .gate('auto', ownRun)
        .acquire(patient, new AbortController().signal);
      most = Math.max(most, ++active);
      freeAtMs = Math.max(freeAtMs, clock.now()) + 20_000;
      await new Promise<void>((resolve) => clock.after(freeAtMs - clock.now(), resolve));
      slot.onBegin();
      active--;
      slot.release({ usage: oneToken });
    };
    const all = Array.from({ length: 32 }, send);
    await clock.drain(10_000_000);
    await Promise.all(all);
    expect(most).toBeLessThanOrEqual(4);
    // It always has one to go on with.
    expect(clock.now()).toBe(32 * 20_000);
  });

  it('soon gets as many as it takes when it answers them all alike', async () => {
    const { most, ms } = await served(() => 200, 1_000);
    expect(most).toBeGreaterThan(64);
    expect(ms).toBeLessThan(4_000);
  });

  it('gets no more when that gets no more done', async () => {
    const { most } = await served((active) => 100 * active, 300);
    expect(most).toBeLessThanOrEqual(16);
  });
});
