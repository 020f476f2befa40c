/**
 * Throttles requests: calls `flush` once for all requests that arrive together, and at most once
 * per `intervalMs`.
 */
export class Throttle {
  readonly #intervalMs: number;
  readonly #flush: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(intervalMs: number, flush: () => void) {
    this.#intervalMs = intervalMs;
    this.#flush = flush;
  }

  /** Requests a flush. */
  request(): void {
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#lastMs + this.#intervalMs - performance.now());
    this.#timer = setTimeout(() => this.#run(), waitMs);
  }

  /** Drops a pending request. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Counts as a flush: drops a pending request, and the next one waits for the whole interval. */
  skip(): void {
    this.dispose();
    this.#lastMs = performance.now();
  }

  #run(): void {
    this.skip();
    this.#flush();
  }
}
