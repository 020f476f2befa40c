/** How long work may keep the event loop busy in one turn of it, in ms. */
const defaultBudgetMs = 5;

/** Options of work slices. */
export interface WorkSlicesOptions {
  readonly budgetMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * Spreads many small pieces of work over turns of the event loop, so that whatever else the process does is served
 * in between: hundreds of responses can arrive in the same millisecond. Work runs at once as long as this turn has
 * time for it. Work that has to wait runs in order, in later turns.
 */
export class WorkSlices {
  readonly #budgetMs: number;
  readonly #now: () => number;
  #waiting: (() => void)[] = [];
  /** The place in `#waiting` of the next work. */
  #next = 0;
  /** When this turn's slice began; undefined when none has. */
  #beganMs: number | undefined;
  /** Whether this turn goes on with work that waits, once what has begun is done. */
  #isGoingOn = false;

  constructor({
    budgetMs = defaultBudgetMs,
    now = () => performance.now(),
  }: WorkSlicesOptions = {}) {
    this.#budgetMs = budgetMs;
    this.#now = now;
  }

  /** Runs `work` at once, or calls `onWait` and runs it in a later turn. It must not throw. */
  run(work: () => void, onWait?: () => void): void {
    if (this.#waiting.length === 0 && !this.#isUsedUp) {
      this.#begin();
      work();
    } else {
      this.#waiting.push(work);
      onWait?.();
    }
  }

  /**
   * Resolves when the work before it, and all that this work has settled, is done and this turn has time, or in a
   * later turn. For many that may go on at the same moment: what each of them then does counts before the next one.
   */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#begin();
      if (!this.#isUsedUp) this.#goOnSoon();
    });
  }

  get #isUsedUp(): boolean {
    return this.#beganMs !== undefined && this.#now() - this.#beganMs >= this.#budgetMs;
  }

  #begin(): void {
    if (this.#beganMs !== undefined) return;
    this.#beganMs = this.#now();
    setImmediate(this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    this.#beganMs = undefined;
    if (this.#waiting.length > 0 && !this.#isGoingOn) this.#runNext();
  };

  #runNext(): void {
    this.#begin();
    const work = this.#waiting[this.#next++];
    if (this.#next >= this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    work?.();
    this.#goOnSoon();
  }

  /** Promises that the work has settled run before the next work, and count. */
  #goOnSoon(): void {
    if (this.#isGoingOn) return;
    this.#isGoingOn = true;
    queueMicrotask(this.#afterMicrotasks);
  }

  readonly #afterMicrotasks = (): void => process.nextTick(this.#goOn);

  readonly #goOn = (): void => {
    this.#isGoingOn = false;
    if (this.#waiting.length > 0 && !this.#isUsedUp) this.#runNext();
  };
}
