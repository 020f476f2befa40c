import type { Clock } from '../base/clock.ts';

/** Clocks that differ by more, in ms, differ because one of them stood still. */
const sleptMs = 10_000;

/** Is closed for as long as a server has said that everyone is to wait. */
export class RetryAfterGate {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  /** The same as time since the epoch. */
  #closedUntilWallMs = Number.NEGATIVE_INFINITY;

  /** `wallNow` gives the time since the epoch. */
  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
  }

  /**
   * Milliseconds until it opens; none or less when it is open. Some clocks stop while the machine sleeps,
   * but servers do not wait for it.
   */
  msUntilOpen(): number {
    const leftMs = this.#closedUntilMs - this.#clock.now();
    const wallLeftMs = this.#closedUntilWallMs - this.#wallNow();
    return leftMs - wallLeftMs > sleptMs ? wallLeftMs : leftMs;
  }

  /** Closes it for so long from now on. False when it is closed for longer already. */
  close(forMs: number): boolean {
    const untilMs = this.#clock.now() + forMs;
    if (untilMs <= this.#closedUntilMs) return false;
    this.#closedUntilMs = untilMs;
    this.#closedUntilWallMs = this.#wallNow() + forMs;
    return true;
  }
}
