import type { Disposable } from '../../../base/emitter.ts';
import type { SearchFindings, SearchOptions } from '../workspace.ts';
import type { SearchRequest } from './searchProtocol.ts';
import type { SearchWorkerOptions } from './searchWorker.ts';
import { closedError, SearchWorker } from './searchWorker.ts';

/** Options of several search workers. */
export interface SearchWorkersOptions extends SearchWorkerOptions {
  /** Max threads. */
  readonly threads: number;
}

interface WaitingSearch {
  begin(worker: SearchWorker): void;
  reject(error: unknown): void;
}

/**
 * Runs searches in a few worker threads, in order, so that a search never blocks the calling thread and a slow one
 * does not block all others. A new thread starts when all others are busy.
 */
export class SearchWorkers implements Disposable {
  readonly #options: SearchWorkersOptions;
  readonly #queue: WaitingSearch[] = [];
  readonly #workers: SearchWorker[] = [];
  #isDisposed = false;

  constructor(options: SearchWorkersOptions) {
    this.#options = options;
  }

  /** Deadline of one search in ms, without time in the queue. */
  get deadlineMs(): number {
    return this.#options.deadlineMs;
  }

  /**
   * Runs a search. Rejects with a `ToolError` when the query is invalid or the search took too long, and with the
   * signal's reason as soon as it is aborted.
   */
  search(request: SearchRequest, { signal, onBegin }: SearchOptions): Promise<SearchFindings> {
    if (this.#isDisposed) return Promise.reject(closedError());
    if (signal.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<SearchFindings>();
    const begin = (worker: SearchWorker): void => {
      worker
        .search(request, signal, onBegin)
        .then(resolve, reject)
        .finally(() => this.#next());
    };
    const waiting = { begin, reject };
    const onAbort = (): void => {
      const index = this.#queue.indexOf(waiting);
      if (index >= 0) this.#queue.splice(index, 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#queue.push(waiting);
    this.#next();
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Stops the threads. Searches that have not ended reject. */
  dispose(): void {
    this.#isDisposed = true;
    for (const worker of this.#workers) worker.dispose();
    for (const waiting of this.#queue.splice(0)) waiting.reject(closedError());
  }

  #next(): void {
    const first = this.#queue[0];
    const worker = first === undefined ? undefined : this.#freeWorker();
    if (first === undefined || worker === undefined) return;
    this.#queue.shift();
    first.begin(worker);
  }

  /** An idle worker, else a new one; undefined when all are busy. */
  #freeWorker(): SearchWorker | undefined {
    const free = this.#workers.find((worker) => !worker.isBusy);
    if (free !== undefined || this.#workers.length >= this.#options.threads) return free;
    const worker = new SearchWorker(this.#options);
    this.#workers.push(worker);
    return worker;
  }
}
