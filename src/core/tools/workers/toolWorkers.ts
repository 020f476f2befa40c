import { availableParallelism } from 'node:os';
import type { Disposable } from '../../base/emitter.ts';
import { ToolWorker, type ToolWorkerOptions, type WorkOptions } from './toolWorker.ts';
import { closedError } from './workErrors.ts';
import type { Work, WorkKind, WorkKinds } from './workerProtocol.ts';

export interface ToolWorkersOptions extends ToolWorkerOptions {
  /** Max threads; `defaultThreads()` when absent. */
  readonly threads?: number;
}

/** Enough that one slow call does not delay all others, and few enough to leave room for the rest. */
export function defaultThreads(): number {
  return Math.min(4, Math.max(2, availableParallelism() - 1));
}

interface WaitingWork {
  begin(worker: ToolWorker): void;
  reject(error: unknown): void;
}

/**
 * A pool of worker threads for searches and CPU-bound tools, so that none of them blocks the calling thread
 * or all others. Work begins in the order of its requests. A thread is started when all others are busy.
 */
export class ToolWorkers implements Disposable {
  readonly #options: ToolWorkersOptions;
  readonly #threads: number;
  readonly #queue: WaitingWork[] = [];
  readonly #workers: ToolWorker[] = [];
  #isDisposed = false;

  constructor(options: ToolWorkersOptions) {
    this.#options = options;
    this.#threads = options.threads ?? defaultThreads();
  }

  /**
   * Rejects with a `ToolError` when the work is at fault or took too long, and with the signal's reason as
   * soon as it is aborted. A deadline or an abort ends the thread; the next work starts another one.
   */
  run<K extends WorkKind>(work: Work<K>, options: WorkOptions): Promise<WorkKinds[K]['result']> {
    const { signal } = options;
    if (this.#isDisposed) return Promise.reject(closedError());
    if (signal.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<WorkKinds[K]['result']>();
    const begin = (worker: ToolWorker): void => {
      worker
        // The type system cannot tell that work of one kind is work.
        .run(work as Work, options)
        // A result has the kind of its work, which `ToolWorker` does not know.
        .then((result) => resolve(result as WorkKinds[K]['result']), reject)
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

  /** Stops the threads. Work that has not ended rejects. */
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

  /** A worker that has been used before is ready at once. */
  #freeWorker(): ToolWorker | undefined {
    const free = this.#workers.find((worker) => !worker.isBusy);
    if (free !== undefined || this.#workers.length >= this.#threads) return free;
    const worker = new ToolWorker(this.#options);
    this.#workers.push(worker);
    return worker;
  }
}
