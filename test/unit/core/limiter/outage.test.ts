import { describe, expect, it } from 'vitest';
import { Outage } from '../../../../src/core/limiter/outage.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';

const failure = new ProviderError('Nothing answers.', { kind: 'network' });
const begun = () => new Outage(failure, { firstProbesMs: [100, 200], laterProbesMs: 700 }, 1_000);

describe('an outage', () => {
  it('is long after the first probes have failed, and probes with longer pauses then', () => {
    const outage = begun();
    const pauses: number[] = [outage.msUntilProbe(1_000)];
    const isLong: boolean[] = [outage.isLong];
    for (const sequence of [1, 2, 3]) {
      outage.sent(sequence, 2_000);
      outage.failedAgain(sequence, 2_000);
      pauses.push(outage.msUntilProbe(2_000));
      isLong.push(outage.isLong);
    }
    expect(pauses).toEqual([100, 200, 700, 700]);
    expect(isLong).toEqual([false, false, true, true]);
    expect(outage.msUntilProbe(60_000)).toBe(0);
  });

  it('has one probe at a time and lets only that one count', () => {
    const outage = begun();
    expect(outage.failedAgain(1, 1_000)).toBe(false);
    outage.sent(5, 1_100);
    expect(outage.isProbing).toBe(true);
    expect(outage.msUntilProbe(1_100)).toBe(100);
    expect(outage.failedAgain(4, 1_200)).toBe(false);
    outage.abandoned(4);
    expect(outage.isProbing).toBe(true);
    outage.abandoned(5);
    expect(outage.isProbing).toBe(false);
    expect(outage.isLong).toBe(false);
  });

  it('probes at once when the user asks, and that probe decides', () => {
    const outage = begun();
    outage.sent(1, 1_100);
    outage.probeNow(1_150);
    expect(outage.isProbing).toBe(false);
    expect(outage.msUntilProbe(1_150)).toBe(0);
    expect(outage.isLong).toBe(false);
    outage.sent(2, 1_150);
    expect(outage.failedAgain(2, 1_200)).toBe(true);
    expect(outage.isLong).toBe(true);
    expect(outage.isProbing).toBe(false);
  });
});
