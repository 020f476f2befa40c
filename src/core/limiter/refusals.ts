import type { Clock } from '../base/clock.ts';

/** Min difference between the two clocks, in ms, that shows that one of them stopped during sleep. */
const sleptMs = 10_000;

/** After a longer wait, in ms, a probe is sent first. */
const longWaitMs = 60_000;

/** Bounds of the backoff, in ms, after consecutive refusals that name no wait. */
const minBackoffMs = 500;
const maxBackoffMs = 30_000;

/**
 * The rate-limit refusals of an endpoint: how long all requests wait, and how many refusals came in a row.
 * Requests that were in flight together are refused for the same reason and count as one refusal. From the
 * second consecutive refusal on, one request is sent as a probe after each wait.
 */
export class Refusals {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  /** `#closedUntilMs` as time since the epoch. */
  #closedUntilWallMs = Number.NEGATIVE_INFINITY;
  #inRow = 0;
  /** Refusals of requests up to this number are counted already. */
  #countedUpTo = 0;
  #needsProbe = false;
  #probe: number | undefined;

  /** `wallNow` returns the time since the epoch. */
  constructor(clock: Clock, wallNow: () => number) {
    this.#clock = clock;
    this.#wallNow = wallNow;
  }

  /** Refusals since the last accepted request. */
  get inRow(): number {
    return this.#inRow;
  }

  /** Whether a probe is in flight. */
  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /**
   * Milliseconds until requests may be sent; 0 or less when they may be sent now. Uses both clocks, because the
   * monotonic one may stop during sleep.
   */
  msUntilOpen(): number {
    const leftMs = this.#closedUntilMs - this.#clock.now();
    const wallLeftMs = this.#closedUntilWallMs - this.#wallNow();
    return leftMs - wallLeftMs > sleptMs ? wallLeftMs : leftMs;
  }

  /** Makes all requests wait this long from now on. Returns false when they already wait longer. */
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
   * Request number `sequence` was refused; `newest` is the number of the last request sent. Returns the backoff
   * in ms, for a server that names no wait.
   */
  refused(sequence: number, newest: number): number {
    this.ended(sequence);
    if (sequence <= this.#countedUpTo) return 0;
    this.#countedUpTo = newest;
    this.#inRow++;
    if (this.#inRow < 2) return 0;
    this.#needsProbe = true;
    const ceiling = Math.min(maxBackoffMs, minBackoffMs * 2 ** (this.#inRow - 1));
    return ceiling * (0.5 + this.#clock.random() / 2);
  }

  /** Request number `sequence` was accepted. One sent before the last refusal does not count. */
  accepted(sequence: number): void {
    if (sequence <= this.#countedUpTo) return;
    this.forget();
  }

  /** Request number `sequence` has ended, whatever its outcome. */
  ended(sequence: number): void {
    if (this.#probe === sequence) this.#probe = undefined;
  }

  /** Forgets all refusals. */
  forget(): void {
    this.#inRow = 0;
    this.#needsProbe = false;
    this.#probe = undefined;
  }
}
