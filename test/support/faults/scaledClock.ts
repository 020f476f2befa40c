import type { Clock } from '../../../src/core/base/clock.ts';

/** A clock on which time passes `speed` times as fast, so that a test of long waits need not wait. */
export function scaledClock(speed: number, random: () => number): Clock {
  return {
    now: () => performance.now() * speed,
    random,
    after: (ms, action) => {
      const timer = setTimeout(action, ms / speed);
      return { dispose: () => clearTimeout(timer) };
    },
  };
}
