import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';

/** Notices when nothing has been heard for a while. */
export interface IdleWatch {
  heard(): void;
  stop(): void;
}

/** A timer that is so much too late, in ms, was asleep with the whole machine. */
const sleptMs = 30_000;

/**
 * Calls `onIdle` once when `limitMs` pass without `heard`. Hearing costs no timer. After a sleep of the
 * machine the time counts anew.
 */
export function startIdleWatch(clock: Clock, limitMs: number, onIdle: () => void): IdleWatch {
  return new TimedWatch(clock, limitMs, onIdle);
}

class TimedWatch implements IdleWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #heardAtMs: number;
  #timer: Disposable;

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#heardAtMs = clock.now();
    this.#timer = clock.after(limitMs, this.#check);
  }

  heard(): void {
    this.#heardAtMs = this.#clock.now();
  }

  stop(): void {
    this.#timer.dispose();
  }

  readonly #check = (): void => {
    const leftMs = this.#heardAtMs + this.#limitMs - this.#clock.now();
    if (leftMs > 0) {
      this.#timer = this.#clock.after(leftMs, this.#check);
    } else if (leftMs < -sleptMs) {
      this.heard();
      this.#timer = this.#clock.after(this.#limitMs, this.#check);
    } else {
      this.#onIdle();
    }
  };
}
