import { type Clock, sleepThresholdMs } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

/** Notices when the machine has been asleep. */
export interface SleepWatch {
  /**
   * Calls the listener each time the machine wakes, until disposed. A heartbeat timer runs as long as there are
   * listeners, so listen only while a request is in flight.
   */
  onWake(listener: () => void): Disposable;
}

/** Options of a `SleepWatch`. Times in ms. */
export interface SleepWatchOptions {
  /** Interval of the heartbeat. */
  readonly beatMs: number;
  /** Min delay of a heartbeat that means that the machine was asleep. */
  readonly sleepMs: number;
  /** Returns the time since the epoch. Some systems stop all other clocks during sleep. */
  readonly wallNow: () => number;
}

/** The default options, for real clocks. */
export const defaultSleepWatch: SleepWatchOptions = {
  beatMs: 5_000,
  sleepMs: sleepThresholdMs,
  wallNow: Date.now,
};

/**
 * A clock that stops while the machine is asleep and a request is in flight. A timer that fires early on this
 * clock, because of sleep, waits for the rest of its time.
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
    // Setting the wall clock forward looks like sleep, so requests are retried. Setting it back has no effect.
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
  // Called for every event, so it reads one clock only. If that clock stops during sleep, there is nothing to
  // subtract, and the next heartbeat notices the sleep.
  const now = (): number => {
    const ms = inner.now();
    if (beat !== undefined && ms - seen.ms - beatMs >= sleepMs) look();
    return ms - asleepMs;
  };

  const after = (ms: number, action: () => void): Disposable => {
    const dueMs = now() + ms;
    const fire = (): void => {
      const leftMs = dueMs - now();
      // Timers may fire slightly early by this clock.
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
