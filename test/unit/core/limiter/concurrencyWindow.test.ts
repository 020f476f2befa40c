import { describe, expect, it } from 'vitest';
import { ConcurrencyWindow } from '../../../../src/core/limiter/concurrencyWindow.ts';

const quick = { sentAtMs: 0, beganAtMs: 10, nowMs: 20 };

/** A window in which this many requests have succeeded, with as many in flight as it allows. */
function grown(window: ConcurrencyWindow, successes: number): ConcurrencyWindow {
  for (let count = 0; count < successes; count++) window.grow(window.size, quick);
  return window;
}

describe('the window of requests in flight', () => {
  it.each([
    [false, 32],
    [true, 4],
  ])('starts at %s (local): %i', (isLocal, size) => {
    expect(new ConcurrencyWindow(isLocal).size).toBe(size);
  });

  it('grows by a half for each success until the first cut, and slowly afterwards', () => {
    const window = grown(new ConcurrencyWindow(), 32);
    expect(window.size).toBe(48);
    window.cut('overloaded', 1, 1);
    const cut = window.size;
    expect(grown(window, cut).size).toBe(cut + 4);
  });

  it.each([
    [25, 32],
    [26, 33],
  ])('grows only while it is used: %i in flight', (active, size) => {
    const window = new ConcurrencyWindow();
    for (let count = 0; count < 2; count++) window.grow(active, quick);
    expect(window.size).toBe(size);
  });

  it('has an upper bound', () => {
    expect(grown(new ConcurrencyWindow(), 2_000).size).toBe(512);
  });

  it.each([
    ['rate_limit', 22],
    ['overloaded', 27],
  ] as const)('shrinks after %s to %i', (kind, size) => {
    const window = new ConcurrencyWindow();
    window.cut(kind, 1, 10);
    expect(window.size).toBe(size);
  });

  it('shrinks once for requests that were in flight together, and never below one', () => {
    const window = new ConcurrencyWindow();
    window.cut('rate_limit', 5, 10);
    window.cut('rate_limit', 10, 20);
    expect(window.size).toBe(22);
    window.cut('rate_limit', 11, 20);
    expect(window.size).toBe(15);
    for (let sequence = 21; sequence < 60; sequence++) window.cut('rate_limit', sequence, sequence);
    expect(window.size).toBe(1);
  });

  it('rises at once when the server reports limits, once, and grows by one for each success then', () => {
    const window = new ConcurrencyWindow();
    window.limitsKnown();
    expect(window.size).toBe(64);
    expect(grown(window, 10).size).toBe(74);
    window.limitsKnown();
    expect(window.size).toBe(74);
  });

  it('keeps its size when limits are reported after a cut, or when it is larger', () => {
    const cut = new ConcurrencyWindow();
    cut.cut('overloaded', 1, 1);
    cut.limitsKnown();
    expect(cut.size).toBe(27);
    const large = grown(new ConcurrencyWindow(), 100);
    large.limitsKnown();
    expect(large.size).toBe(82);
  });

  it('of a local server that reports limits is that of a remote one', () => {
    const window = new ConcurrencyWindow(true);
    window.limitsKnown();
    expect(grown(window, 1).size).toBe(65);
  });

  it('of a local server grows no more after a cut', () => {
    const window = new ConcurrencyWindow(true);
    window.cut('overloaded', 1, 1);
    expect(window.size).toBe(3);
    expect(grown(window, 50).size).toBeLessThanOrEqual(3);
    expect(grown(new ConcurrencyWindow(true), 50).size).toBeGreaterThan(4);
  });
});
