import type { Clock } from '../../../src/core/base/clock.ts';

/** A clock on which waits of up to `maxMs` end at once, and longer ones never. */
export function promptClock(maxMs: number): Clock {
  const startMs = performance.now();
  return {
    now: () => performance.now() - startMs,
    random: () => 0.5,
    after: (ms, action) => {
      if (ms > maxMs) return { dispose: () => undefined };
      const soon = setImmediate(action);
      return { dispose: () => clearImmediate(soon) };
    },
  };
}
