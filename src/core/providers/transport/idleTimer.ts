import { type Clock, sleepThresholdMs } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';

/** Fires when it is not reset for a while. */
export interface IdleTimer {
  reset(): void;
  /** From now on, `onIdle` is called once when `limitMs` pass without `reset`. */
  restart(limitMs: number, onIdle: () => void): void;
  /** Does not fire until it is restarted. */
  pause(): void;
  /** Never fires again. */
  stop(): void;
}

/** A system timer runs at most so long, in ms. A restarted timer then nearly always finds one that it can use. */
const maxStepMs = 30_000;

/**
 * Calls `onIdle` once when `limitMs` pass without `reset`. Resetting and restarting set no system timer unless the
 * limit is now reached earlier, so they are cheap enough for every chunk. After the machine has slept, the full time
 * counts again.
 */
export function startIdleTimer(clock: Clock, limitMs: number, onIdle: () => void): IdleTimer {
  return new LazyTimer(clock, limitMs, onIdle);
}

class LazyTimer implements IdleTimer {
  readonly #clock: Clock;
  #limitMs: number;
  /** Undefined while it is paused. */
  #onIdle: (() => void) | undefined;
  #resetAtMs: number;
  #timer: Disposable | undefined;
  /** When the system timer fires. */
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#resetAtMs = clock.now();
    this.#wait(this.#resetAtMs);
  }

  reset(): void {
    this.#resetAtMs = this.#clock.now();
  }

  restart(limitMs: number, onIdle: () => void): void {
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.reset();
    if (this.#resetAtMs + Math.min(limitMs, maxStepMs) >= this.#dueMs) return;
    this.#timer?.dispose();
    this.#wait(this.#resetAtMs);
  }

  pause(): void {
    this.#onIdle = undefined;
  }

  stop(): void {
    this.pause();
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  #wait(nowMs: number): void {
    const stepMs = Math.min(this.#resetAtMs + this.#limitMs - nowMs, maxStepMs);
    this.#dueMs = nowMs + stepMs;
    this.#timer = this.#clock.after(stepMs, this.#check);
  }

  readonly #check = (): void => {
    const onIdle = this.#onIdle;
    const nowMs = this.#clock.now();
    const leftMs = this.#resetAtMs + this.#limitMs - nowMs;
    const wasAsleep = leftMs < -sleepThresholdMs;
    if (onIdle !== undefined && (leftMs > 0 || wasAsleep)) {
      if (wasAsleep) this.#resetAtMs = nowMs;
      this.#wait(nowMs);
      return;
    }
    this.stop();
    onIdle?.();
  };
}
