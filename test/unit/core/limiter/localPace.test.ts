import { describe, expect, it } from 'vitest';
import { LocalPace } from '../../../../src/core/limiter/localPace.ts';

/** A local server's rounds: each lasts `roundMs`, and its slowest response begins after `maxDelayMs`. */
class Rounds {
  readonly #pace = new LocalPace();
  #nowMs = 0;
  size = 4;

  /** Ends as many requests as the window holds, and returns its size after that. */
  next(roundMs: number, { maxDelayMs = 10, minDelayMs = 10, isUsed = true } = {}): number {
    const sentAtMs = this.#nowMs;
    this.#nowMs += roundMs;
    const count = this.size;
    for (let ended = 1; ended <= count; ended++) {
      const delayMs = ended === count ? maxDelayMs : minDelayMs;
      const times = { sentAtMs, beganAtMs: sentAtMs + delayMs, nowMs: this.#nowMs };
      this.size = this.#pace.ended(times, this.size, isUsed);
      if (ended < count) expect(this.size).toBe(count);
    }
    return this.size;
  }
}

describe('the window of a local server', () => {
  it('doubles after each round that gains a sixth or more', () => {
    const rounds = new Rounds();
    expect(rounds.next(1_000)).toBe(8);
    // Twice as many in the same time.
    expect(rounds.next(1_000)).toBe(16);
    // 8 a second before.
    expect(rounds.next(16_000 / 9.3)).toBe(32);
  });

  it('halves after a round that gains less, and rests at that size for eight rounds', () => {
    const rounds = new Rounds();
    rounds.next(1_000);
    expect(rounds.next(8_000 / 4.5)).toBe(4);
    const sizes = Array.from({ length: 9 }, () => rounds.next(1_000));
    expect(sizes).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 8]);
  });

  it.each([
    ['halves when the last response began 2.5 times later than the first', 1_000, 2_501, 2],
    ['grows when it began little later', 1_000, 2_500, 8],
    ['halves when it began more than half a second later', 10, 501, 2],
    ['grows when that is half a second or less', 10, 500, 8],
  ])('%s', (_, minDelayMs, maxDelayMs, size) => {
    expect(new Rounds().next(5_000, { minDelayMs, maxDelayMs })).toBe(size);
  });

  it('rests after a round in which requests were queued', () => {
    const rounds = new Rounds();
    rounds.next(5_000, { maxDelayMs: 4_000 });
    const sizes = Array.from({ length: 9 }, () => rounds.next(1_000));
    expect(sizes).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 4]);
  });

  it('never falls below two', () => {
    const rounds = new Rounds();
    for (let round = 0; round < 4; round++) rounds.next(5_000, { maxDelayMs: 4_000 });
    expect(rounds.size).toBe(2);
  });

  it('keeps its size while it is not used', () => {
    const rounds = new Rounds();
    expect(rounds.next(1_000, { isUsed: false })).toBe(4);
    expect(rounds.next(5_000, { isUsed: false, maxDelayMs: 4_000 })).toBe(4);
    expect(rounds.next(1_000)).toBe(8);
  });
});
