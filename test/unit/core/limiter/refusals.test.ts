import { describe, expect, it } from 'vitest';
import { Refusals } from '../../../../src/core/limiter/refusals.ts';
import { ManualClock } from '../../../support/manualClock.ts';

function harness(random = 1) {
  const clock = new ManualClock(() => random);
  let sleptMs = 0;
  const refusals = new Refusals(clock, () => clock.now() + sleptMs);
  return { clock, refusals, sleep: (ms: number) => (sleptMs += ms) };
}

describe('refusals of an endpoint', () => {
  it('lengthen the backoff from the second in a row on, up to half a minute', () => {
    const { refusals } = harness();
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => refusals.refused(number, number));
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(refusals.inRow).toBe(9);
  });

  it('vary the backoff down to a half, so that clients do not return together', () => {
    const { refusals } = harness(0);
    refusals.refused(1, 1);
    expect(refusals.refused(2, 2)).toBe(500);
  });

  it('count once for requests that were in flight together', () => {
    const { refusals } = harness();
    for (const sequence of [1, 2, 3]) expect(refusals.refused(sequence, 3)).toBe(0);
    expect(refusals.inRow).toBe(1);
    expect(refusals.refused(4, 4)).toBe(1_000);
  });

  it('end with an accepted request that was sent after the last of them', () => {
    const { refusals } = harness();
    refusals.refused(2, 3);
    refusals.accepted(3);
    expect(refusals.inRow).toBe(1);
    refusals.accepted(4);
    expect(refusals.inRow).toBe(0);
  });

  it('have one request probe after the second in a row, and not after the first', () => {
    const { refusals } = harness();
    refusals.refused(1, 1);
    refusals.sent(2);
    expect(refusals.isProbing).toBe(false);
    refusals.refused(2, 2);
    refusals.sent(3);
    expect(refusals.isProbing).toBe(true);
    refusals.ended(2);
    expect(refusals.isProbing).toBe(true);
    refusals.ended(3);
    expect(refusals.isProbing).toBe(false);
  });

  it('have a refused probe followed by another one', () => {
    const { refusals } = harness();
    for (const sequence of [1, 2]) refusals.refused(sequence, sequence);
    refusals.sent(3);
    refusals.refused(3, 3);
    expect(refusals.isProbing).toBe(false);
    refusals.sent(4);
    expect(refusals.isProbing).toBe(true);
    refusals.accepted(4);
    refusals.sent(5);
    expect(refusals.isProbing).toBe(false);
  });

  it.each([
    [60_000, false],
    [60_001, true],
  ])('after a wait of %i ms, a probe is sent first: %s', (waitMs, isProbing) => {
    const { refusals } = harness();
    refusals.close(waitMs);
    refusals.sent(1);
    expect(refusals.isProbing).toBe(isProbing);
  });
});

describe('the wait of all requests', () => {
  it('ends at the latest time asked for', async () => {
    const { clock, refusals } = harness();
    expect(refusals.msUntilOpen()).toBeLessThanOrEqual(0);
    expect(refusals.close(5_000)).toBe(true);
    expect(refusals.close(5_000)).toBe(false);
    expect(refusals.close(4_000)).toBe(false);
    expect(refusals.msUntilOpen()).toBe(5_000);
    await clock.advance(2_000);
    expect(refusals.msUntilOpen()).toBe(3_000);
    expect(refusals.close(3_001)).toBe(true);
    expect(refusals.msUntilOpen()).toBe(3_001);
  });

  it.each([
    [10_000, 60_000],
    [10_001, 49_999],
  ])('counts a sleep of more than ten seconds: %i ms asleep leave %i ms', (asleepMs, leftMs) => {
    const { refusals, sleep } = harness();
    refusals.close(60_000);
    sleep(asleepMs);
    expect(refusals.msUntilOpen()).toBe(leftMs);
  });
});
