import type { Clock } from '../../../src/core/base/clock.ts';

/** A clock that runs `speed` times as fast, for tests of long waits. */
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
