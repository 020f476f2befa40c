/** Min pause after a run, in ms. */
const minPauseMs = 250;
/** The pause is at least this many times the duration of the run before it. */
const pauseFactor = 8;

/**
 * Throttles costly work to four times a second, and to less if the work is slow. The last request always runs,
 * if necessary later; `cancel` drops it.
 */
export class Pacer {
  readonly #now: () => number;
  #nextMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `now` counts milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs `work` now or when the pause is over. It replaces work that was waiting. */
  request(work: () => void): void {
    this.cancel();
    const leftMs = this.#nextMs - this.#now();
    if (leftMs <= 0) {
      this.#run(work);
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#run(work);
    }, leftMs);
  }

  /** Drops waiting work. */
  cancel(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(work: () => void): void {
    const startMs = this.#now();
    work();
    const endMs = this.#now();
    this.#nextMs = endMs + Math.max(minPauseMs, (endMs - startMs) * pauseFactor);
  }
}
