import type { Clock } from '../base/clock.ts';

/** A greater difference between two clocks, in ms, means that one of them stopped during sleep. */
const sleptMs = 10_000;

/** After a longer wait, in ms, a probe goes first. */
const longWaitMs = 60_000;

/** Bounds of the backoff, in ms, after refusals in a row that name no wait. */
const minBackoffMs = 500;
const maxBackoffMs = 30_000;

/**
 * The rate-limit refusals of an endpoint: how long everyone waits, and how often it has refused in a row.
 * Requests that were in flight together are refused for one reason and count as one refusal. From the second
 * refusal in a row on, one request goes as a probe after each wait.
 */
export class Refusals {
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  /** The same, as time since the epoch. */
  #closedUntilWallMs = Number.NEGATIVE_INFINITY;
  #inRow = 0;
  /** Requests up to this one belong to refusals that were counted. */
  #countedUpTo = 0;
  #needsProbe = false;
  #probe: number | undefined;

  /** `wallNow` gives the time since the epoch. */
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
   * Milliseconds until requests may be sent; 0 or less when they may. Some clocks stop during sleep, but the
   * server's does not.
   */
  msUntilOpen(): number {
    const leftMs = this.#closedUntilMs - this.#clock.now();
    const wallLeftMs = this.#closedUntilWallMs - this.#wallNow();
    return leftMs - wallLeftMs > sleptMs ? wallLeftMs : leftMs;
  }

  /** Has everyone wait for so long from now on. Returns false when they already wait for longer. */
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
   * Request number `sequence` was refused; `newest` is the last number given out. Returns the backoff in ms,
   * for a server that names no wait.
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

  /** Request number `sequence` has ended, in whatever way. */
  ended(sequence: number): void {
    if (this.#probe === sequence) this.#probe = undefined;
  }

  /** Starts over: the next request goes as if nothing had been refused. */
  forget(): void {
    this.#inRow = 0;
    this.#needsProbe = false;
    this.#probe = undefined;
  }
}
