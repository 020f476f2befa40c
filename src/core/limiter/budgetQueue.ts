/** What waits for room in a budget. */
interface Waiter<Request, Answer> {
  readonly request: Request;
  readonly go: (answer: Answer) => void;
}

/**
 * Requests that wait for room in a budget, in the order in which they came. Those of conversations that have
 * started come first, so that what was begun is finished.
 */
export class BudgetQueue<Request extends { readonly started: boolean }, Answer> {
  readonly #begun = new Set<Waiter<Request, Answer>>();
  readonly #fresh = new Set<Waiter<Request, Answer>>();

  /** Whether others come before this request. */
  isBehind({ started }: Request): boolean {
    return this.#begun.size > 0 || (!started && this.#fresh.size > 0);
  }

  /** Resolves with the answer that `go` gets. Rejects with the signal's reason, and then calls `onLeave`. */
  add(request: Request, signal: AbortSignal, onLeave: () => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const line = request.started ? this.#begun : this.#fresh;
      const onAbort = (): void => {
        line.delete(waiter);
        reject(signal.reason);
        onLeave();
      };
      const go = (answer: Answer): void => {
        signal.removeEventListener('abort', onAbort);
        line.delete(waiter);
        resolve(answer);
      };
      const waiter = { request, go };
      line.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** All that wait, in order. One that goes meanwhile is left out. */
  *[Symbol.iterator](): Generator<Waiter<Request, Answer>> {
    yield* this.#begun;
    yield* this.#fresh;
  }
}
