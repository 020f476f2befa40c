import type { Disposable } from './emitter.ts';

/** Time and random numbers, so that tests can replace them. */
export interface Clock {
  /** Monotonic milliseconds from some fixed point. */
  now(): number;
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
  /** Calls `action` once, `ms` from now, unless the timer is disposed first. */
  after(ms: number, action: () => void): Disposable;
}

/** A timer that fires later than this, in ms, was asleep together with the machine. */
export const sleepThresholdMs = 30_000;

/** The system's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** A clock on which the current time is `fromMs`. */
export function startClock(clock: Clock, fromMs = 0): Clock {
  const start = clock.now() - fromMs;
  return { ...clock, now: () => clock.now() - start };
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.dispose();
      reject(signal.reason);
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
