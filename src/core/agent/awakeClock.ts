import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

/** Tells when the machine has been asleep. */
export interface SleepWatch {
  /**
   * Calls back each time the machine wakes, until disposed. Looking for it costs a timer, which runs
   * only as long as somebody listens: to be used while a request is under way.
   */
  onWake(listener: () => void): Disposable;
}

/** How sleep is noticed. Times in ms. */
export interface SleepWatchOptions {
  /** Between two signs of life. */
  readonly beatMs: number;
  /** A sign of life that is so much too late means that the machine was asleep. */
  readonly sleepMs: number;
  /** Time since the epoch: some systems stop every other clock while they sleep. */
  readonly wallNow: () => number;
}

export const defaultSleepWatch: SleepWatchOptions = {
  beatMs: 5_000,
  sleepMs: 30_000,
  wallNow: Date.now,
};

/**
 * A clock on which the time that the machine was asleep has not passed, as far as a request was under
 * way. A timer that sleep has made late waits for the rest of its time.
 */
export function createAwakeClock(
  inner: Clock,
  options: SleepWatchOptions = defaultSleepWatch,
): Clock & SleepWatch {
  const { beatMs, sleepMs, wallNow } = options;
  const listeners = new Set<() => void>();
  let asleepMs = 0;
  let beat: Disposable | undefined;
  let seen = { ms: 0, wallMs: 0 };

  const see = (): void => {
    seen = { ms: inner.now(), wallMs: wallNow() };
  };
  const look = (): void => {
    if (beat === undefined) return;
    const passedMs = inner.now() - seen.ms;
    // A wall clock that somebody sets forward looks like sleep, and costs a request that is sent again;
    // one that is set back looks like nothing.
    const lateMs = Math.max(passedMs, wallNow() - seen.wallMs) - beatMs;
    see();
    if (lateMs < sleepMs) return;
    asleepMs += Math.max(0, passedMs - beatMs);
    for (const listener of [...listeners]) listener();
  };
  const arm = (): void => {
    const own = inner.after(beatMs, () => {
      look();
      if (beat === own) arm();
    });
    beat = own;
  };
  // Asked for with every event, so that it reads one clock. Where that clock stands still in sleep
  // nothing needs to be taken off, and the next beat notices.
  const now = (): number => {
    const ms = inner.now();
    if (beat !== undefined && ms - seen.ms - beatMs >= sleepMs) look();
    return ms - asleepMs;
  };

  const after = (ms: number, action: () => void): Disposable => {
    const dueMs = now() + ms;
    const fire = (): void => {
      const leftMs = dueMs - now();
      // Timers may be a little early by another clock.
      if (leftMs > 2) timer = inner.after(leftMs, fire);
      else action();
    };
    let timer = inner.after(ms, fire);
    return { dispose: () => timer.dispose() };
  };

  const onWake = (listener: () => void): Disposable => {
    const own = (): void => listener();
    listeners.add(own);
    if (beat === undefined) {
      see();
      arm();
    }
    return {
      dispose: () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        beat?.dispose();
        beat = undefined;
      },
    };
  };

  return { now, random: () => inner.random(), after, onWake };
}
