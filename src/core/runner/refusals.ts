import type { Clock } from '../base/clock.ts';

/** Clocks that differ by more, in ms, differ because one of them stood still. */
const sleptMs = 10_000;

/** After a longer wait, in ms, it is not known any more what the server takes. */
const longWaitMs = 60_000;

/** Bounds of the wait, in ms, after refusals in a row that ask for none. */
const shortestBackOffMs = 500;
const longestBackOffMs = 30_000;

/**
 * What an endpoint's refusals mean for everyone who sends to it: how long all of them wait, and how often
 * it has refused in a row. Requests that were under way together are refused for one reason, and count as
 * one. From the second refusal in a row on, one request goes ahead after each wait to see whether the
 * endpoint takes any.
 */
export class Refusals {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  /** The same as time since the epoch. */
  #closedUntilWallMs = Number.NEGATIVE_INFINITY;
  #inRow = 0;
  /** Whatever was sent up to this one was refused for the same reason. */
  #countedUpTo = 0;
  #needsProbe = false;
  #probe: number | undefined;

  /** `wallNow` gives the time since the epoch. */
  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
  }

  /** Refusals since a request was last accepted. */
  get inRow(): number {
    return this.#inRow;
  }

  /** Whether a request is under way that shows whether others may follow. */
  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /**
   * Milliseconds until requests may be sent again; none or less when they may be. Some clocks stop while
   * the machine sleeps, but servers do not wait for it.
   */
  msUntilOpen(): number {
    const leftMs = this.#closedUntilMs - this.#clock.now();
    const wallLeftMs = this.#closedUntilWallMs - this.#wallNow();
    return leftMs - wallLeftMs > sleptMs ? wallLeftMs : leftMs;
  }

  /** Everyone waits for so long from now on. False when they wait for longer already. */
  close(forMs: number): boolean {
    const untilMs = this.#clock.now() + forMs;
    if (forMs > longWaitMs) this.#needsProbe = true;
    if (untilMs <= this.#closedUntilMs) return false;
    this.#closedUntilMs = untilMs;
    this.#closedUntilWallMs = this.#wallNow() + forMs;
    return true;
  }

  /** Request number `sequence` is sent. */
  sent(sequence: number): void {
    if (this.#needsProbe) this.#probe = sequence;
  }

  /**
   * Request number `sequence` was refused; `newest` is the last number given out. How long, in ms, everyone
   * is to wait though the server may have asked for nothing.
   */
  refused(sequence: number, newest: number): number {
    this.ended(sequence);
    if (sequence <= this.#countedUpTo) return 0;
    this.#countedUpTo = newest;
    this.#inRow++;
    if (this.#inRow < 2) return 0;
    this.#needsProbe = true;
    const ceiling = Math.min(longestBackOffMs, shortestBackOffMs * 2 ** (this.#inRow - 1));
    return ceiling * (0.5 + this.#clock.random() / 2);
  }

  /** Request number `sequence` was accepted. What was sent before the last refusal proves nothing. */
  accepted(sequence: number): void {
    if (sequence <= this.#countedUpTo) return;
    this.forget();
  }

  /** Request number `sequence` has ended, however. */
  ended(sequence: number): void {
    if (this.#probe === sequence) this.#probe = undefined;
  }

  /** Whoever comes next finds out from the start. */
  forget(): void {
    this.#inRow = 0;
    this.#needsProbe = false;
    this.#probe = undefined;
  }
}
