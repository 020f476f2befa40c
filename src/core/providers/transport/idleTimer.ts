import { type Clock, sleepThresholdMs } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';

/** Fires when it is not reset for a while. */
export interface IdleTimer {
  reset(): void;
  stop(): void;
}

/**
 * Calls `onIdle` once when `limitMs` pass without `reset`. Resetting sets no system timer, so it is
 * cheap enough for every chunk. After the machine has slept, the full time counts again.
 */
export function startIdleTimer(clock: Clock, limitMs: number, onIdle: () => void): IdleTimer {
  return new LazyTimer(clock, limitMs, onIdle);
}

class LazyTimer implements IdleTimer {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #resetAtMs: number;
  #timer: Disposable;

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#resetAtMs = clock.now();
    this.#timer = clock.after(limitMs, this.#check);
  }

  reset(): void {
    this.#resetAtMs = this.#clock.now();
  }

  stop(): void {
    this.#timer.dispose();
  }

  readonly #check = (): void => {
    const leftMs = this.#resetAtMs + this.#limitMs - this.#clock.now();
    if (leftMs > 0) {
      this.#timer = this.#clock.after(leftMs, this.#check);
    } else if (leftMs < -sleepThresholdMs) {
      this.reset();
      this.#timer = this.#clock.after(this.#limitMs, this.#check);
    } else {
      this.#onIdle();
    }
  };
}
