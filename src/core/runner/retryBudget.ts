import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

/** Repetitions that are free, until requests that repeat none have earned others. */
const reserve = 50;
/** Of a repetition, what each request earns. */
const share = 0.2;
/** Bounds of the pause between two repetitions beyond the budget, in ms. */
const shortestPauseMs = 100;
const longestPauseMs = 2_000;

/** A repetition that has to wait; to be disposed of when it is given up. */
export interface WaitingRepetition extends Disposable {
  /** How long it will probably be, in ms. */
  readonly waitMs: number;
}

/**
 * Keeps repeated requests from burying a server that is down. Up to a fifth of all requests may be
 * repetitions; those beyond go one at a time, with a pause that grows with each further failure and
 * shrinks as soon as something succeeds.
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #line = new Set<() => void>();
  #left = reserve;
  #failuresInRow = 0;
  /** When the last one beyond the budget went. */
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A request that repeats none is sent. */
  earn(): void {
    this.#left = Math.min(reserve, this.#left + share);
    if (this.#line.size > 0) this.#pump();
  }

  /**
   * Takes one repetition out of the budget. Undefined when it may go now; otherwise `go` is called when it
   * may.
   */
  spend(go: () => void): WaitingRepetition | undefined {
    if (this.#line.size === 0 && this.#take()) return undefined;
    const waitMs = this.#msUntilNext() + this.#line.size * this.#pauseMs();
    this.#line.add(go);
    this.#pump();
    const dispose = (): void => {
      if (this.#line.delete(go)) this.#pump();
    };
    return { waitMs, dispose };
  }

  succeeded(): void {
    this.#failuresInRow = 0;
    if (this.#line.size > 0) this.#pump();
  }

  failed(): void {
    this.#failuresInRow++;
  }

  /** Lets those go that may, and sets a timer for the next one. */
  #pump(): void {
    for (const go of this.#line) {
      if (!this.#take()) break;
      this.#line.delete(go);
      go();
    }
    // Whoever went may have done the same.
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#line.size === 0) return;
    this.#timer = this.#clock.after(this.#msUntilNext(), () => this.#pump());
  }

  #take(): boolean {
    if (this.#left >= 1) {
      this.#left -= 1;
      return true;
    }
    if (this.#msUntilNext() > 0) return false;
    this.#lastMs = this.#clock.now();
    return true;
  }

  #msUntilNext(): number {
    return Math.max(0, this.#lastMs + this.#pauseMs() - this.#clock.now());
  }

  #pauseMs(): number {
    return Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(10, this.#failuresInRow));
  }
}
