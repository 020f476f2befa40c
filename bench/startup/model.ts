import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Protocol } from '../contenders/trial.ts';
import type { ModelListening, ModelRequested, ModelSettings } from './contract.ts';

/** The time now on the clock of the model's thread: ms since 1970, with fractions. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A model server in a thread of its own. */
export class Model {
  readonly #worker: Worker;
  readonly #port: number;
  #firstMs: number | undefined;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.#port = port;
    worker.on('message', ({ atMs }: ModelRequested) => {
      this.#firstMs ??= atMs;
    });
  }

  /** Starts it with the bundle of its thread. */
  static async start(script: string, settings: ModelSettings): Promise<Model> {
    const worker = new Worker(script, { workerData: settings });
    const [{ port }] = (await once(worker, 'message')) as [ModelListening];
    return new Model(worker, port);
  }

  baseUrlFor(protocol: Protocol): string {
    return `http://127.0.0.1:${this.#port}${protocol === 'openai' ? '/v1' : ''}`;
  }

  /** When the first request since the last call arrived, in the time of `sharedNow`; NaN without one. */
  takeFirst(): number {
    const firstMs = this.#firstMs ?? Number.NaN;
    this.#firstMs = undefined;
    return firstMs;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
