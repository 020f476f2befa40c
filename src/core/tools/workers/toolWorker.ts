import { Worker } from 'node:worker_threads';
import type { Disposable } from '../../base/emitter.ts';
import { closedError, endedError, failedError, tooLongError } from './workErrors.ts';
import type { FromWorker, ToWorker, Work, WorkKind, WorkKinds } from './workerProtocol.ts';

/** Options of a tool worker. */
export interface ToolWorkerOptions {
  /** The script that calls `serveWork`: an absolute path or a `file:` URL. */
  readonly script: string | URL;
  /** Milliseconds without work after which the thread is stopped; 30 s when absent. */
  readonly idleMs?: number;
}

/** How one piece of work is done. */
export interface WorkOptions {
  /** Stops the thread when it is aborted. */
  readonly signal: AbortSignal;
  /** Milliseconds from the begin of the work after which the thread is stopped; no limit when absent. */
  readonly deadlineMs?: number;
  /** Called when the work begins: a thread is free and ready. */
  readonly onBegin?: () => void;
}

interface Job {
  readonly id: number;
  readonly work: Work;
  readonly options: WorkOptions;
  resolve(result: WorkKinds[WorkKind]['result']): void;
  reject(error: unknown): void;
}

const startLimitMs = 10_000;
const maxHeapMb = 256;

/**
 * Runs work in one worker thread, one piece at a time. The first piece starts the thread. A piece that exceeds its
 * deadline or is aborted stops the thread, and the next one starts a new one.
 */
export class ToolWorker implements Disposable {
  readonly #options: ToolWorkerOptions;
  readonly #idleMs: number;
  #active: Job | undefined;
  #worker: Worker | undefined;
  #isReady = false;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #isDisposed = false;

  constructor(options: ToolWorkerOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? 30_000;
  }

  get isBusy(): boolean {
    return this.#active !== undefined;
  }

  /**
   * Must not be called while the worker is busy. Rejects with a `ToolError` when the work is invalid or took too
   * long, and with the signal's reason as soon as it is aborted.
   */
  run(work: Work, options: WorkOptions): Promise<WorkKinds[WorkKind]['result']> {
    if (this.#isDisposed) return Promise.reject(closedError());
    const { signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<WorkKinds[WorkKind]['result']>();
    this.#lastId += 1;
    const job: Job = { id: this.#lastId, work, options, resolve, reject };
    const onAbort = (): void => this.#drop(job, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#begin(job);
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Stops the thread. Work that has not ended rejects. */
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
      this.#settle(({ reject, work }) => reject(endedError(work.kind, error)));
      return;
    }
    this.#worker.ref();
    if (this.#isReady) this.#post(job);
    else this.#limit(startLimitMs, new Error('The tool worker did not start.'));
  }

  /** Lets the process exit while the worker is idle, and stops the worker after a while. */
  #rest(): void {
    if (this.#worker === undefined) return;
    this.#worker.unref();
    this.#timer = setTimeout(() => this.#stop(), this.#idleMs).unref();
  }

  #start(): Worker {
    const worker = new Worker(this.#options.script, {
      name: 'interleave-tools',
      // The worker inherits neither the flags nor the environment, which contains keys.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    worker.on('message', (message: FromWorker) => {
      if (worker === this.#worker) this.#receive(message);
    });
    const onEnd = (error?: unknown): void => {
      if (worker !== this.#worker) return;
      this.#stop();
      this.#settle(({ reject, work }) => reject(endedError(work.kind, error)));
    };
    worker.on('error', onEnd);
    worker.on('exit', () => onEnd());
    return worker;
  }

  #post({ id, work, options }: Job): void {
    clearTimeout(this.#timer);
    const { deadlineMs, onBegin } = options;
    if (deadlineMs !== undefined) this.#limit(deadlineMs, tooLongError(work.kind));
    const message: ToWorker = { id, ...work };
    this.#worker?.postMessage(message);
    onBegin?.();
  }

  #receive(message: FromWorker): void {
    if (message.type === 'ready') {
      this.#isReady = true;
      clearTimeout(this.#timer);
      if (this.#active !== undefined) this.#post(this.#active);
      return;
    }
    if (message.id !== this.#active?.id) return;
    if (message.type === 'ended') this.#settle(({ resolve }) => resolve(message.result));
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
    clearTimeout(this.#timer);
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
