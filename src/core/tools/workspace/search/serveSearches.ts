import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../../../../shared/thrown.ts';
import { isToolError } from '../../thrownText.ts';
import { createWorkspaceGate } from '../workspaceGate.ts';
import { searchFiles } from './searchFiles.ts';
import type { FromSearchWorker, ToSearchWorker } from './searchProtocol.ts';

/** The worker's side of a search: answers every request on the port. */
export function serveSearches(port: MessagePort): void {
  port.on('message', async (request: ToSearchWorker) => {
    port.postMessage(await answer(request));
  });
  const ready: FromSearchWorker = { type: 'ready' };
  port.postMessage(ready);
}

async function answer(request: ToSearchWorker): Promise<FromSearchWorker> {
  const { id, scope, query, limits, softLimitMs } = request;
  try {
    const untilMs = performance.now() + softLimitMs;
    const findings = await searchFiles(query, createWorkspaceGate(scope), { ...limits, untilMs });
    return { type: 'found', id, findings };
  } catch (error) {
    return { type: 'failed', id, message: messageOf(error), forModel: isToolError(error) };
  }
}
