import { describe, expect, it } from 'vitest';
import { RateBucket } from '../../../../src/core/limiter/rateBucket.ts';
import type { RateReading } from '../../../../src/core/providers/transport/rateHeaders.ts';

/** A limit of 60 a minute: one unit in a second. */
const reading = (remaining: number, resetMs?: number): RateReading => ({
  ...{ resource: 'requests', limit: 60, remaining },
  ...(resetMs === undefined ? {} : { resetMs }),
});

const justAnswered = { sentAtMs: 0, sentSince: 0 };

describe('the model of a bucket', () => {
  it('is full at first and fills in the time given', () => {
    const bucket = new RateBucket(10, 5_000, 0);
    expect(bucket.msUntil(10, 0)).toBe(0);
    bucket.take(10, 0);
    expect(bucket.msUntil(1, 0)).toBe(500);
    expect(bucket.msUntil(4, 1_000)).toBe(1_000);
    expect(bucket.msUntil(4, 2_000)).toBe(0);
  });

  it('holds no more than its limit, however long it fills', () => {
    const bucket = new RateBucket(10, 5_000, 0);
    bucket.take(1, 60_000);
    expect(bucket.msUntil(10, 60_000)).toBe(500);
  });

  it('lets a request for more than it holds go when it is full', () => {
    const bucket = new RateBucket(10, 5_000, 0);
    expect(bucket.msUntil(25, 0)).toBe(0);
    bucket.take(2, 0);
    expect(bucket.msUntil(25, 0)).toBe(1_000);
  });

  it('does not empty when time seems to run backwards', () => {
    const bucket = new RateBucket(10, 5_000, 1_000);
    bucket.take(10, 1_000);
    expect(bucket.msUntil(1, 0)).toBe(500);
  });

  it('has nothing left after a refusal, and keeps what it owes', () => {
    const bucket = new RateBucket(10, 5_000, 0);
    bucket.drain(1_000);
    expect(bucket.msUntil(1, 1_000)).toBe(500);
    bucket.take(2, 1_000);
    bucket.drain(1_000);
    expect(bucket.msUntil(1, 1_000)).toBe(1_500);
  });
});

describe('a bucket made from a response', () => {
  it.each([
    ['has what the response says', reading(5), 0, 5],
    ['less what was sent since', reading(5), 2, 3],
  ])('%s', (_, told, sentSince, level) => {
    const bucket = RateBucket.of(told, { sentAtMs: 0, sentSince }, 500);
    expect(bucket.msUntil(level, 500)).toBe(0);
    expect(bucket.msUntil(level + 1, 500)).toBe(1_000);
  });

  it.each([
    // 40 units are used up: full again in 40 s at one a second.
    ['as the reset shows when the limit is per hour', 2_400_000, 60_000],
    ['per minute when the reset agrees', 40_000, 1_000],
    ['per minute when the reset says little slower', 79_000, 1_000],
    ['slower when the reset says half or less', 81_000, 2_025],
    ['per minute when the reset is faster', 10_000, 1_000],
    ['per minute when the reset is too short to be exact', 4_999, 1_000],
    ['per minute without a reset', undefined, 1_000],
  ])('fills %s', (_, resetMs, msForOne) => {
    const bucket = RateBucket.of(reading(20, resetMs), justAnswered, 0);
    expect(bucket.msUntil(21, 0)).toBeCloseTo(msForOne);
  });

  it('takes a reset of five seconds for exact', () => {
    const told: RateReading = { ...reading(59, 5_000) };
    // One unit in five seconds is slower than half of one in a second.
    expect(RateBucket.of(told, justAnswered, 0).msUntil(60, 0)).toBeCloseTo(5_000);
  });

  it('does not learn a pace from a reset while nothing is used', () => {
    const bucket = RateBucket.of(reading(60, 3_600_000), justAnswered, 0);
    bucket.take(60, 0);
    expect(bucket.msUntil(1, 0)).toBeCloseTo(1_000);
  });
});

describe('a bucket corrected by a response', () => {
  /** Ten left by its own count at 10 s, when a response to a request sent at 6 s says how many are left. */
  const corrected = (remaining: number, sentSince: number) => {
    const bucket = RateBucket.of(reading(60), justAnswered, 0);
    bucket.take(60, 0);
    bucket.learn(reading(remaining), { sentAtMs: 6_000, sentSince }, 10_000);
    let level = 0;
    while (level < 60 && bucket.msUntil(level + 1, 10_000) === 0) level++;
    return level;
  };

  it.each([
    ['keeps its own count within what the response allows', 12, 4, 10],
    ['rises to what must be left even if all later requests count', 30, 5, 25],
    ['falls to what is left when none was sent since, and the bucket filled meanwhile', 3, 0, 7],
    ['falls to what is left when more were sent than it filled by', 3, 9, 3],
  ])('%s', (_, remaining, sentSince, level) => {
    expect(corrected(remaining, sentSince)).toBe(level);
  });

  it('takes over a new limit', () => {
    const bucket = RateBucket.of(reading(60), justAnswered, 0);
    bucket.learn({ ...reading(6), limit: 6 }, justAnswered, 0);
    bucket.take(6, 0);
    expect(bucket.msUntil(1, 0)).toBeCloseTo(10_000);
    expect(bucket.msUntil(7, 0)).toBeCloseTo(60_000);
  });
});
