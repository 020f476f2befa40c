import { onTestFinished, vi } from 'vitest';

type Listen = AbortSignal['addEventListener'];

/** Counts open abort listeners until the test ends. */
export function watchAbortListeners(): { left(): number } {
  const listening = new Map<AbortSignal, Set<unknown>>();
  const add = AbortSignal.prototype.addEventListener;
  const remove = AbortSignal.prototype.removeEventListener;
  const added = vi.spyOn(AbortSignal.prototype, 'addEventListener');
  added.mockImplementation(function (this: AbortSignal, ...args: Parameters<Listen>) {
    const listeners = listening.get(this) ?? new Set();
    listening.set(this, listeners.add(args[1]));
    add.apply(this, args);
  });
  const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener');
  removed.mockImplementation(function (this: AbortSignal, ...args: Parameters<Listen>) {
    listening.get(this)?.delete(args[1]);
    remove.apply(this, args);
  });
  onTestFinished(() => {
    added.mockRestore();
    removed.mockRestore();
  });
  return {
    // An aborted signal has called its listeners and needs them no more.
    left: () => {
      let left = 0;
      for (const [signal, listeners] of listening) if (!signal.aborted) left += listeners.size;
      return left;
    },
  };
}
