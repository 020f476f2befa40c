/** Gives a slot back. Calling it again does nothing. */
export type Release = () => void;

interface Waiter {
  readonly max: number;
  begin(): void;
}

/** Slots for work that may run at the same time. Those who wait for one get it in the order they came. */
export class Slots {
  #taken = 0;
  readonly #waiting: Waiter[] = [];

  /**
   * Takes a slot, unless `max` of them are taken. Then the promise resolves when one is free; it rejects with
   * the signal's reason.
   */
  take(max: number, signal: AbortSignal): Release | Promise<Release> {
    if (this.#waiting.length === 0 && this.#taken < max) return this.#hold();
    const { promise, resolve, reject } = Promise.withResolvers<Release>();
    const waiter: Waiter = { max, begin: () => resolve(this.#hold()) };
    const onAbort = (): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      reject(signal.reason);
      this.#next();
    };
    this.#waiting.push(waiter);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  #hold(): Release {
    this.#taken += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#taken -= 1;
      this.#next();
    };
  }

  #next(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined || this.#taken >= first.max) return;
      this.#waiting.shift();
      first.begin();
    }
  }
}
