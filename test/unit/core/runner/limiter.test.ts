import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../../src/core/agent/turnGate.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { Concurrency } from '../../../../src/core/runner/limiter.ts';
import { Limiter } from '../../../../src/core/runner/limiter.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';

interface Ask {
  readonly started?: boolean;
  readonly whenBlocked?: 'wait' | 'fail';
  readonly concurrency?: Concurrency;
  readonly signal?: AbortSignal;
}

/** Asks for slots and notes what happens to each request. */
function harness() {
  const clock = new ManualClock();
  const limiter = new Limiter(clock);
  const granted: { readonly name: string; readonly slot: Slot; readonly atMs: number }[] = [];
  const waits: string[] = [];
  const refused: string[] = [];
  const ask = (name: string, options: Ask = {}) => {
    const { started = false, whenBlocked = 'wait', concurrency = 'auto' } = options;
    const request = {
      started,
      onWait: (reason: string, forMs?: number) =>
        waits.push(`${name} ${reason}${forMs === undefined ? '' : ` ${Math.round(forMs)}`}`),
      onBlocked: () => whenBlocked,
    };
    const signal = options.signal ?? new AbortController().signal;
    limiter
      .gate(concurrency)
      .acquire(request, signal)
      .then((slot) => granted.push({ name, slot, atMs: clock.now() }))
      .catch((error: unknown) => refused.push(`${name} ${(error as Error).message}`));
  };
  const names = () => granted.map(({ name }) => name);
  const release = (name: string, failure?: ProviderError) => {
    const { slot } = granted.find((one) => one.name === name)!;
    slot.release(failure === undefined ? { usage: oneToken } : { failure });
  };
  return { clock, limiter, granted, waits, refused, ask, names, release };
}

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
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
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
    expect(second).toBeGreaterThan(first * 1.5);
    const refusal = new ProviderError('no', { kind: 'rate_limit' });
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
      const request = { started: true, onWait: () => undefined, onBlocked: () => 'wait' as const };
      const send = async (): Promise<void> => {
        for (;;) {
          const slot = await limiter.gate('auto').acquire(request, new AbortController().signal);
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
});
