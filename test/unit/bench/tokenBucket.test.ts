import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goDuration } from '../../../bench/simulator/openai/goDuration.ts';
import { TokenBucket } from '../../../bench/simulator/tokenBucket.ts';

describe('the token bucket', () => {
  it('never lets more through than its capacity and refill in any period', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 6000 }),
        fc.integer({ min: 1, max: 20 }),
        gaps,
        (perMinute, capacity, waits) => {
          const bucket = new TokenBucket(perMinute, capacity, 0);
          const taken: number[] = [];
          let now = 0;
          for (const wait of waits) {
            now += wait;
            if (bucket.take(now)) taken.push(now);
          }
          for (const [first, from] of taken.entries()) {
            for (const [last, to] of taken.entries()) {
              if (last < first) continue;
              const max = capacity + ((to - from) * perMinute) / 60_000;
              expect(last - first + 1).toBeLessThanOrEqual(max + 1e-6);
            }
          }
        },
      ),
    );
  });

  it('has a token exactly when it says so', () => {
    const bucket = new TokenBucket(3000, 1, 0);
    expect(bucket.take(0)).toBe(true);
    const waitMs = bucket.untilNextMs(0);
    expect(waitMs).toBeCloseTo(20);
    expect(bucket.take(waitMs - 1)).toBe(false);
    expect(bucket.take(waitMs + 0.001)).toBe(true);
  });

  it('takes nothing for a refusal', () => {
    const bucket = new TokenBucket(3000, 1, 0);
    bucket.take(0);
    for (let time = 1; time < 20; time++) bucket.take(time);
    expect(bucket.take(20.001)).toBe(true);
  });

  it('counts the remaining tokens and the time until it is full', () => {
    const bucket = new TokenBucket(60, 10, 0);
    for (let times = 0; times < 4; times++) bucket.take(0);
    expect(bucket.remaining(0)).toBe(6);
    expect(bucket.untilFullMs(0)).toBe(4000);
    expect(bucket.remaining(100_000)).toBe(10);
  });
});

describe("a duration in Go's format", () => {
  it.each([
    [0, '0s'],
    [11.2, '12ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [60_000, '1m0s'],
    [3_690_000, '1h1m30s'],
  ])('of %d ms is %s', (ms, text) => {
    expect(goDuration(ms)).toBe(text);
  });
});
