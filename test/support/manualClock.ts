import type { Clock } from '../../src/core/base/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

const maxTimerMs = 2 ** 31 - 1;

/** A clock that advances only when told to. Timers fire in order; promises settle in between. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #random: () => number;
  #nowMs = 0;

  constructor(random: () => number = () => 0.5) {
    this.#random = random;
  }

  readonly now = (): number => this.#nowMs;
  readonly random = (): number => this.#random();
  readonly after = (ms: number, action: () => void) => {
    // As with `setTimeout`, a timer that cannot count so far fires at once.
    const afterMs = ms > maxTimerMs ? 1 : Math.max(0, ms);
    const timer = { atMs: this.#nowMs + afterMs, action };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  };

  get pending(): number {
    return this.#timers.size;
  }

  /** Advances by `ms` and fires due timers on the way. */
  async advance(ms: number): Promise<void> {
    await this.#advance(ms, settle);
  }

  /** The same within one turn of the event loop: what has to wait for the next one begins after it. */
  async jump(ms: number): Promise<void> {
    await this.#advance(ms, settlePromises);
  }

  async #advance(ms: number, settled: () => Promise<void>): Promise<void> {
    const until = this.#nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#next();
      if (next === undefined || next.atMs > until) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = until;
    await settled();
  }

  /** Time passes and nothing runs, as during sleep; then all overdue timers fire at once. */
  async sleep(ms: number): Promise<void> {
    await settle();
    this.#nowMs += ms;
    await this.advance(0);
  }

  /** Time passes while the event loop is blocked; no timer fires yet. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** Advances from timer to timer until none is left or `maxMs` have passed. */
  async drain(maxMs: number): Promise<void> {
    const until = this.#nowMs + maxMs;
    for (;;) {
      await settle();
      const next = this.#next();
      if (next === undefined || next.atMs > until) return;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.atMs < first.atMs) first = timer;
    }
    return first;
  }
}

/** Lets promises settle, and what waits for the next turn of the event loop; several rounds, because one settles another. */
async function settle(): Promise<void> {
  await settlePromises();
  await new Promise((resolve) => setImmediate(resolve));
  await settlePromises();
}

async function settlePromises(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}
