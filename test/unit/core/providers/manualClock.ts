import type { Clock } from '../../../../src/core/base/clock.ts';

/** A clock that advances only when a test says so. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(): ManualClock {
  let nowMs = 0;
  const timers = new Map<() => void, number>();
  return {
    now: () => nowMs,
    random: () => 0.5,
    after: (ms, action) => {
      const entry = (): void => action();
      timers.set(entry, nowMs + ms);
      return { dispose: () => void timers.delete(entry) };
    },
    advance: (ms) => {
      nowMs += ms;
      for (const [action, dueMs] of [...timers]) {
        if (dueMs <= nowMs && timers.delete(action)) action();
      }
    },
  };
}
