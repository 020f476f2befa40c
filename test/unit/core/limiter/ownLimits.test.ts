import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';
import { harness, many } from './limiterHarness.ts';

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
