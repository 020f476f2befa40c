import { MessageChannel } from 'node:worker_threads';
import { abortable } from '../../../../../src/core/base/abortable.ts';
import { createCpuTools } from '../../../../../src/core/tools/cpuTools.ts';
import { serveWork } from '../../../../../src/core/tools/workers/serveWork.ts';
import type { ToolWorkers } from '../../../../../src/core/tools/workers/toolWorkers.ts';
import { failedError } from '../../../../../src/core/tools/workers/workErrors.ts';
import type { FromWorker } from '../../../../../src/core/tools/workers/workerProtocol.ts';

type Answer = Exclude<FromWorker, { type: 'ready' }>;

/**
 * Does the work of tools in the thread of the test, through a port as a worker thread does: quicker than a thread,
 * and mutation runs see it. Work has no deadline here.
 */
export class WorkHere implements Pick<ToolWorkers, 'run'> {
  readonly #port;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  constructor(tools = createCpuTools()) {
    const { port1, port2 } = new MessageChannel();
    serveWork(port1, tools);
    port2.on('message', (message: FromWorker) => {
      if (message.type !== 'ready') this.#waiting.get(message.id)?.(message);
    });
    this.#port = port2;
  }

  readonly run: ToolWorkers['run'] = async (work, { signal, onBegin }) => {
    signal.throwIfAborted();
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    this.#port.postMessage({ id, ...work });
    onBegin?.();
    const answer = await abortable(promise, signal);
    if (answer.type === 'failed') throw failedError(answer);
    return answer.result as never;
  };

  dispose(): void {
    this.#port.close();
  }
}
