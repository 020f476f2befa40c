import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';
import { harness, many } from './limiterHarness.ts';

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
