import type { Clock } from '../../../src/core/base/clock.ts';
import type { Disposable } from '../../../src/core/base/emitter.ts';

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** Longer waits, in ms, never end: they are limits that a test must not reach. */
const longestJumpMs = 100_000_000;

/**
 * A clock on which every wait ends at once, in due order, and which then reports that the whole
 * wait has passed.
 */
export class JumpingClock implements Clock {
  #nowMs = 0;
  #ticking = false;
  readonly #timers = new Set<Timer>();

  readonly now = (): number => this.#nowMs;
  readonly random = (): number => 0.5;
  readonly after = (ms: number, action: () => void): Disposable => {
    if (ms > longestJumpMs) return { dispose: () => undefined };
    const timer = { dueMs: this.#nowMs + Math.max(0, ms), action };
    this.#timers.add(timer);
    this.#tick();
    return { dispose: () => void this.#timers.delete(timer) };
  };

  #tick(): void {
    if (this.#ticking || this.#timers.size === 0) return;
    this.#ticking = true;
    setTimeout(() => {
      this.#ticking = false;
      const [first] = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs);
      if (first !== undefined) {
        this.#timers.delete(first);
        this.#nowMs = Math.max(this.#nowMs, first.dueMs);
        first.action();
      }
      this.#tick();
    }, 0);
  }
}
