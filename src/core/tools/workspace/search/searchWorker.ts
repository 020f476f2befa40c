import { Worker } from 'node:worker_threads';
import type { Disposable } from '../../../base/emitter.ts';
import { ToolError } from '../../tool.ts';
import type { SearchFindings } from '../workspace.ts';
import type { FromSearchWorker, SearchRequest, ToSearchWorker } from './searchProtocol.ts';

/** Options of a search worker. */
export interface SearchWorkerOptions {
  /** The script that calls `serveSearches`: an absolute path or a `file:` URL. */
  readonly script: string | URL;
  /** `workerData` for the script, so that the same file can be program and worker. */
  readonly workerData?: unknown;
  /** Milliseconds of one search; after that the thread is stopped. */
  readonly deadlineMs: number;
  /** Milliseconds without a search after which the thread is stopped; 30 s when absent. */
  readonly idleMs?: number;
}

interface Job {
  readonly id: number;
  readonly request: SearchRequest;
  resolve(findings: SearchFindings): void;
  reject(error: unknown): void;
  readonly onBegin: (() => void) | undefined;
}

const startLimitMs = 10_000;
const maxHeapMb = 256;

/**
 * Runs searches in one worker thread, one at a time. The first search starts the thread. A search that exceeds its
 * deadline or is aborted stops the thread, and the next one starts a new one.
 */
export class SearchWorker implements Disposable {
  readonly #options: SearchWorkerOptions;
  readonly #idleMs: number;
  #active: Job | undefined;
  #worker: Worker | undefined;
  #isReady = false;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #isDisposed = false;

  constructor(options: SearchWorkerOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? 30_000;
  }

  get isBusy(): boolean {
    return this.#active !== undefined;
  }

  /**
   * Runs a search. Must not be called while the worker is busy. `onBegin` is called when the thread is ready.
   * Rejects with a `ToolError` when the query is invalid or the search took too long, and with the signal's reason
   * as soon as it is aborted.
   */
  search(
    request: SearchRequest,
    signal: AbortSignal,
    onBegin?: () => void,
  ): Promise<SearchFindings> {
    if (this.#isDisposed) return Promise.reject(closedError());
    const { promise, resolve, reject } = Promise.withResolvers<SearchFindings>();
    this.#lastId += 1;
    const job: Job = { id: this.#lastId, request, resolve, reject, onBegin };
    const onAbort = (): void => this.#drop(job, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#begin(job);
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Stops the thread. A search that has not ended rejects. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const unfinished = this.#active;
    this.#active = undefined;
    this.#stop();
    unfinished?.reject(closedError());
  }

  #begin(job: Job): void {
    this.#active = job;
    clearTimeout(this.#timer);
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      this.#settle(({ reject }) => reject(endedError(error)));
      return;
    }
    this.#worker.ref();
    if (this.#isReady) this.#post(job);
    else this.#limit(startLimitMs, new Error('The search worker did not start.'));
  }

  /** Lets the process exit while the worker is idle, and stops the worker after a while. */
  #rest(): void {
    if (this.#worker === undefined) return;
    this.#worker.unref();
    this.#timer = setTimeout(() => this.#stop(), this.#idleMs).unref();
  }

  #start(): Worker {
    const worker = new Worker(this.#options.script, {
      name: 'interleave-search',
      workerData: this.#options.workerData,
      // The worker inherits neither the flags nor the environment, which contains keys.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    worker.on('message', (message: FromSearchWorker) => {
      if (worker === this.#worker) this.#receive(message);
    });
    const onEnd = (error?: unknown): void => {
      if (worker !== this.#worker) return;
      this.#stop();
      this.#settle(({ reject }) => reject(endedError(error)));
    };
    worker.on('error', onEnd);
    worker.on('exit', () => onEnd());
    return worker;
  }

  #post(job: Job): void {
    this.#limit(this.#options.deadlineMs, tooLongError());
    const message: ToSearchWorker = { id: job.id, ...job.request };
    this.#worker?.postMessage(message);
    job.onBegin?.();
  }

  #receive(message: FromSearchWorker): void {
    if (message.type === 'ready') {
      this.#isReady = true;
      clearTimeout(this.#timer);
      if (this.#active !== undefined) this.#post(this.#active);
      return;
    }
    if (message.id !== this.#active?.id) return;
    if (message.type === 'found') this.#settle(({ resolve }) => resolve(message.findings));
    else this.#settle(({ reject }) => reject(failedError(message)));
  }

  #limit(ms: number, error: Error): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#stop();
      this.#settle(({ reject }) => reject(error));
    }, ms);
  }

  #drop(job: Job, reason: unknown): void {
    if (job !== this.#active) return;
    this.#stop();
    this.#settle(({ reject }) => reject(reason));
  }

  #settle(settle: (job: Job) => void): void {
    const job = this.#active;
    this.#active = undefined;
    this.#rest();
    if (job !== undefined) settle(job);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isReady = false;
    // The promise never rejects, and nothing waits for it.
    void worker?.terminate();
  }
}

function tooLongError(): ToolError {
  return new ToolError(
    'The search took too long and was stopped. Narrow it by a path, a file pattern or a longer text.',
  );
}

/** The error of a search whose worker was disposed. */
export function closedError(): Error {
  return new Error('The search was closed.');
}

function failedError(message: Extract<FromSearchWorker, { type: 'failed' }>): Error {
  return message.forModel ? new ToolError(message.message) : new Error(message.message);
}

function endedError(error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new ToolError('The search needed too much memory and was stopped. Narrow it.');
  }
  return new Error('The search worker ended unexpectedly.', { cause: error });
}
