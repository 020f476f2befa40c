/** How often something costly may run at most, and its greatest share of the time. */
const minPauseMs = 250;
const pausePerCost = 8;

/**
 * Runs something costly at most four times a second, and less often when it takes long: the last
 * call of `request` always runs, if need be later. `cancel` forgets it.
 */
export class Pacer {
  readonly #now: () => number;
  #nextMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `now` counts milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs `work` now if enough time has passed, else once it has; it replaces what was waiting. */
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

  cancel(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(work: () => void): void {
    const startMs = this.#now();
    work();
    const endMs = this.#now();
    this.#nextMs = endMs + Math.max(minPauseMs, (endMs - startMs) * pausePerCost);
  }
}
