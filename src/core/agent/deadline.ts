import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

/** A timeout that runs only while the conversation works, not while it waits. */
export class Deadline implements Disposable {
  readonly #clock: Clock;
  readonly #onReached: () => void;
  #leftMs: number;
  #runningSinceMs = 0;
  #timer: Disposable | undefined;

  /** Calls `onReached` once, after running for `ms` in total. Starts paused. */
  constructor(clock: Clock, ms: number, onReached: () => void) {
    this.#clock = clock;
    this.#leftMs = ms;
    this.#onReached = onReached;
  }

  /** Starts or resumes the timeout. */
  run(): void {
    if (this.#timer !== undefined) return;
    this.#runningSinceMs = this.#clock.now();
    this.#timer = this.#clock.after(this.#leftMs, this.#onReached);
  }

  /** Pauses the timeout. */
  pause(): void {
    if (this.#timer === undefined) return;
    this.#timer.dispose();
    this.#timer = undefined;
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.now() - this.#runningSinceMs));
  }

  dispose(): void {
    this.pause();
  }
}
