import { describe, expect, it } from 'vitest';
import { LearnedPace } from '../../../../src/core/limiter/learnedPace.ts';

/** A pace, and requests that are sent at given times. */
function harness() {
  const pace = new LearnedPace();
  let sequence = 0;
  const sent: { sequence: number; sentAtMs: number }[] = [];
  const take = (sentAtMs: number, count = 1): void => {
    for (let index = 0; index < count; index++) {
      const request = { sequence: ++sequence, sentAtMs };
      sent.push(request);
      pace.take(request);
    }
  };
  /** The last request, or this one, is refused. */
  const refuse = (nowMs: number, waitMs = 0, which = sequence) =>
    pace.refused(sent[which - 1]!, { newest: sequence, nowMs, waitMs });
  /** Requests a second that are sent from now on, apart from what may be sent at once. */
  const perSecond = (nowMs: number) =>
    1_000 / (pace.msUntil(1_001, nowMs) - pace.msUntil(1_000, nowMs));
  return { pace, take, refuse, perSecond };
}

describe('the pace of a server that does not report limits', () => {
  it('is unlimited before the first refusal', () => {
    const { pace, take } = harness();
    take(0, 100);
    expect(pace.msUntil(1_000, 0)).toBe(0);
  });

  it('is guessed from what the server took before its first refusal', () => {
    const { pace, take, refuse, perSecond } = harness();
    take(0, 21);
    expect(refuse(2_000)).toBe(false);
    expect(perSecond(2_000)).toBeCloseTo(10);
    expect(pace.msUntil(1, 2_000)).toBe(100);
  });

  it('counts the wait that the server asks for, and a second at least', () => {
    const waiting = harness();
    waiting.take(0, 21);
    waiting.refuse(1_000, 3_000);
    expect(waiting.perSecond(1_000)).toBeCloseTo(5);
    const quick = harness();
    quick.take(0, 21);
    quick.refuse(10);
    expect(quick.perSecond(10)).toBeCloseTo(20);
  });

  it('starts with one a second where too few were taken, and says when too many were in flight', () => {
    const { refuse, take, perSecond } = harness();
    take(0, 5);
    expect(refuse(100)).toBe(false);
    expect(perSecond(100)).toBeCloseTo(1);
    const [first, third] = [harness(), harness()];
    first.take(0, 2);
    expect(first.refuse(100)).toBe(true);
    third.take(0, 3);
    expect(third.refuse(100)).toBe(false);
  });

  it('is guessed from five that were taken', () => {
    const { take, refuse, perSecond } = harness();
    take(0, 6);
    refuse(1_000);
    expect(perSecond(1_000)).toBeCloseTo(5);
  });

  it('counts requests that were in flight together once', () => {
    const { take, refuse, perSecond } = harness();
    take(0, 21);
    refuse(2_000, 0, 15);
    const before = perSecond(2_000);
    expect(refuse(2_000, 0, 16)).toBe(false);
    expect(perSecond(2_000)).toBe(before);
  });

  it('lets one request go after a wait of a second or more, however slow it is', () => {
    const slow = harness();
    slow.take(0, 21);
    slow.refuse(60_000, 5_000);
    // 20 in 65 s: one in 3.25 s.
    expect(slow.pace.msUntil(1, 65_000)).toBe(0);
    const fast = harness();
    fast.take(0, 21);
    fast.refuse(60_000, 999);
    expect(fast.pace.msUntil(1, 60_999)).toBeGreaterThan(0);
  });

  it('is not learned from a wait of more than a minute', () => {
    const { pace, take, refuse } = harness();
    take(0, 21);
    expect(refuse(2_000, 60_001)).toBe(false);
    expect(pace.msUntil(1, 2_000)).toBe(0);
    const minute = harness();
    minute.take(0, 21);
    minute.refuse(2_000, 60_000);
    expect(minute.pace.msUntil(1, 2_000)).toBeGreaterThan(0);
  });

  it('holds back as many as were taken in half of the time, after a pause', () => {
    const { pace, take, refuse } = harness();
    take(0, 21);
    refuse(2_000);
    expect(pace.msUntil(10, 3_600_000)).toBe(0);
    expect(pace.msUntil(11, 3_600_000)).toBe(100);
  });
});

describe('a pace that is known', () => {
  /** Ten a second, from a first refusal at 2 s. */
  const known = () => {
    const one = harness();
    one.take(0, 21);
    one.refuse(2_000);
    return one;
  };

  it('is what the server took from one refusal to the next, less a margin', () => {
    const { take, refuse, perSecond } = known();
    take(4_000, 30);
    refuse(4_100);
    // From the request at 0 ms to the one at 4,000 ms, 29.5 were taken.
    expect(perSecond(4_100)).toBeCloseTo((0.95 * 29.5) / 4);
  });

  it.each([
    [1, 0.5],
    [2, 0.8],
    [5, 0.8],
  ])('falls when only %i were taken: to %d of it', (count, factor) => {
    const { take, refuse, perSecond } = known();
    const before = perSecond(2_000);
    take(3_000, count);
    // They may have raised it before they were refused.
    refuse(3_100);
    expect(perSecond(3_100) / before).toBeGreaterThanOrEqual(factor);
    expect(perSecond(3_100) / before).toBeLessThan(factor * 1.05);
  });

  it('is at least one in ten seconds', () => {
    const { take, refuse, perSecond } = known();
    for (let nowMs = 3_000; nowMs < 300_000; nowMs += 3_000) {
      take(nowMs);
      refuse(nowMs + 100);
    }
    expect(perSecond(300_000)).toBeCloseTo(0.1);
  });

  it('rises slowly with each request that waits for it, and not with others', () => {
    const { take, perSecond } = known();
    const before = perSecond(2_000);
    take(2_100, 10);
    const after = perSecond(2_100);
    // 0.4 % at most for each request.
    expect(after / before).toBeCloseTo(1.004 ** 10, 3);
    take(60_000);
    expect(perSecond(60_000)).toBe(after);
  });

  it('is forgotten when the server reports limits', () => {
    const { pace } = known();
    pace.forget();
    expect(pace.msUntil(1_000, 2_000)).toBe(0);
  });
});

describe('a pace that is searched for from below', () => {
  const searched = (waitMs = 0) => {
    const one = harness();
    one.take(0, 3);
    one.refuse(100, waitMs);
    return one;
  };

  it('grows by a factor of 1.6 with each second', () => {
    const { take, perSecond } = searched();
    take(1_100);
    expect(perSecond(1_100)).toBeCloseTo(1.6);
    take(1_725);
    expect(perSecond(1_725)).toBeCloseTo(1.6 * 1.6 ** (1 / 1.6));
  });

  it('is at least what the server took of those in flight', () => {
    const { pace, take, refuse, perSecond } = harness();
    take(0, 32);
    refuse(100, 0, 3);
    for (let sequence = 4; sequence <= 13; sequence++) pace.accepted(sequence);
    expect(perSecond(100)).toBeCloseTo(10);
    take(5_000);
    const before = perSecond(5_000);
    pace.accepted(33);
    expect(perSecond(5_000)).toBe(before);
  });

  it('counts those in flight over the wait that the server asks for', () => {
    const { pace, take, refuse, perSecond } = harness();
    take(0, 32);
    refuse(100, 4_000, 3);
    for (let sequence = 4; sequence <= 13; sequence++) pace.accepted(sequence);
    expect(perSecond(100)).toBeCloseTo(2.5);
  });

  it('starts again from half of it when few were taken since', () => {
    const { take, refuse, perSecond } = searched();
    for (const nowMs of [1_100, 2_100, 3_100, 4_100]) take(nowMs);
    const raised = perSecond(4_100);
    refuse(4_200);
    expect(raised).toBeGreaterThan(2.2);
    expect(perSecond(4_200)).toBeCloseTo(raised / 2);
    // It is still searched for.
    take(5_200);
    expect(perSecond(5_200)).toBeGreaterThan((raised / 2) * 1.2);
  });

  it('ends with the first pace at which enough were taken', () => {
    const { take, refuse, perSecond } = searched();
    for (let nowMs = 1_100; nowMs < 6_000; nowMs += 400) take(nowMs);
    refuse(6_000);
    // 12.5 from the request at 0 ms to the one at 5.9 s.
    expect(perSecond(6_000)).toBeCloseTo((0.95 * 12.5) / 5.9, 1);
    const before = perSecond(6_000);
    take(7_000);
    expect(perSecond(7_000) / before).toBeLessThan(1.005);
  });

  it('expires after ten minutes without a request', () => {
    const { pace } = searched();
    expect(pace.msUntil(2, 600_000)).toBeGreaterThan(0);
    const other = searched();
    expect(other.pace.msUntil(2, 600_101)).toBe(0);
    expect(other.pace.msUntil(1_000, 600_101)).toBe(0);
  });
});

describe('a pace after requests grew too fast', () => {
  const ramped = () => {
    const one = harness();
    for (let nowMs = 0; nowMs <= 3_000; nowMs += 100) one.take(nowMs);
    one.pace.ramp(3_000);
    return one;
  };

  it('is half of what was sent, and grows slowly', () => {
    const { take, perSecond } = ramped();
    expect(perSecond(3_000)).toBeCloseTo(5);
    take(3_200);
    expect(perSecond(3_200)).toBeCloseTo(5 * 1.1 ** 0.2);
  });

  it('stays whatever limits the server reports, until it is twice what was sent', () => {
    const { pace, take, perSecond } = ramped();
    pace.forget();
    expect(perSecond(3_000)).toBeCloseTo(5);
    let nowMs = 3_000;
    for (let count = 0; count < 1_000 && pace.msUntil(1, nowMs) > 0; count++) {
      nowMs += pace.msUntil(1, nowMs);
      expect(perSecond(nowMs)).toBeLessThan(20);
      take(nowMs);
    }
    expect(pace.msUntil(1_000, nowMs)).toBe(0);
  });

  it('is at least one in twenty seconds', () => {
    const { pace, take, perSecond } = harness();
    take(0);
    take(3_600_000);
    pace.ramp(3_600_000);
    expect(perSecond(3_600_000)).toBeCloseTo(0.5);
  });
});
