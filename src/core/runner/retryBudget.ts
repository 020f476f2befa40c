/** Repetitions that are free, until requests that repeat none have earned others. */
const reserve = 50;
/** Of a repetition, what each request earns. */
const share = 0.2;
/** Bounds of the pause between two repetitions beyond the budget, in ms. */
const shortestPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * Keeps repeated requests from burying a server that is down. Up to a fifth of all requests may be
 * repetitions; those beyond go one at a time, with a pause that grows with each further failure and
 * shrinks as soon as something succeeds.
 */
export class RetryBudget {
  #left = reserve;
  #failuresInRow = 0;
  #nextMs = Number.NEGATIVE_INFINITY;

  /** A request that repeats none is sent. */
  earn(): void {
    this.#left = Math.min(reserve, this.#left + share);
  }

  /** Takes one repetition out of the budget; milliseconds that it has to wait. */
  spend(nowMs: number): number {
    if (this.#left >= 1) {
      this.#left -= 1;
      return 0;
    }
    this.#nextMs = Math.max(nowMs, this.#nextMs + this.#pauseMs());
    return this.#nextMs - nowMs;
  }

  succeeded(): void {
    this.#failuresInRow = 0;
  }

  failed(): void {
    this.#failuresInRow++;
  }

  #pauseMs(): number {
    return Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(10, this.#failuresInRow));
  }
}
