interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Those who wait for records to be on the disk, each up to a number. */
export class CommitQueue {
  #waiters: Waiter[] = [];

  get isWaiting(): boolean {
    return this.#waiters.length > 0;
  }

  /** Resolves when the records up to this one are on the disk. */
  wait(upTo: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ upTo, resolve, reject });
    });
  }

  resolveUpTo(seq: number): void {
    const done = this.#waiters.filter(({ upTo }) => upTo <= seq);
    this.#waiters = this.#waiters.filter(({ upTo }) => upTo > seq);
    for (const { resolve } of done) resolve();
  }

  rejectAll(error: Error): void {
    const all = this.#waiters;
    this.#waiters = [];
    for (const { reject } of all) reject(error);
  }
}
