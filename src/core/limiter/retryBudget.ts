import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

/** Max retries in the budget, which starts full. */
const maxBudget = 50;
/** Retries that each first attempt adds to the budget. */
const earned = 0.2;
/** Bounds of the pause between two retries beyond the budget, in ms. */
const minPauseMs = 100;
const maxPauseMs = 2_000;

/** A waiting retry. Disposing of it cancels it. */
export interface WaitingRetry extends Disposable {
  /** Estimated wait in ms. */
  readonly waitMs: number;
}

/**
 * Keeps retries from overloading a server that is down. Up to a fifth of all requests may be retries. Further
 * retries are sent one at a time, with a pause that grows with each failure and shrinks after a success.
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #queue = new Set<() => void>();
  #left = maxBudget;
  #failuresInRow = 0;
  /** When the last retry beyond the budget was sent. */
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A first attempt is sent. */
  earn(): void {
    this.#left = Math.min(maxBudget, this.#left + earned);
    if (this.#queue.size > 0) this.#pump();
  }

  /** Spends one retry. Returns undefined when it may be sent now; otherwise calls `go` as soon as it may. */
  spend(go: () => void): WaitingRetry | undefined {
    if (this.#queue.size === 0 && this.#take()) return undefined;
    const waitMs = this.#msUntilNext() + this.#queue.size * this.#pauseMs();
    this.#queue.add(go);
    this.#pump();
    const dispose = (): void => {
      if (this.#queue.delete(go)) this.#pump();
    };
    return { waitMs, dispose };
  }

  /** A request succeeded: shortens the pause. */
  succeeded(): void {
    this.#failuresInRow = 0;
    if (this.#queue.size > 0) this.#pump();
  }

  /** A request failed: lengthens the pause. */
  failed(): void {
    this.#failuresInRow++;
  }

  /** Starts the waiting retries that may be sent now, and sets a timer for the next one. */
  #pump(): void {
    for (const go of this.#queue) {
      if (!this.#take()) break;
      this.#queue.delete(go);
      go();
    }
    // `go` may have set a timer, too.
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#queue.size === 0) return;
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
    return Math.min(maxPauseMs, minPauseMs * 2 ** Math.min(10, this.#failuresInRow));
  }
}
