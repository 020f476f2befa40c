import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../../../shared/thrown.ts';
import type { HtmlPage } from '../fetch/htmlMarkdown.ts';
import { isToolError } from '../thrownText.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { createToolBox, type ToolBox } from '../toolBox.ts';
import { createPathCheck } from '../workspace/pathCheck.ts';
import { searchFiles } from '../workspace/search/searchFiles.ts';
import type { FromWorker, SearchRequest, ToWorker, WorkKind, WorkKinds } from './workerProtocol.ts';

/** The worker's side: does all work that comes through the port. `tools` are the CPU-bound ones. */
export function serveWork(port: MessagePort, tools: Iterable<Tool>): void {
  const box = createToolBox(tools);
  port.on('message', async (work: ToWorker) => {
    port.postMessage(await answer(work, box));
  });
  const ready: FromWorker = { type: 'ready' };
  port.postMessage(ready);
}

async function answer(work: ToWorker, tools: ToolBox): Promise<FromWorker> {
  const { id } = work;
  try {
    return { type: 'ended', id, result: await resultOf(work, tools) };
  } catch (error) {
    return { type: 'failed', id, message: messageOf(error), forModel: isToolError(error) };
  }
}

function resultOf(
  work: ToWorker,
  tools: ToolBox,
): Promise<WorkKinds[WorkKind]['result']> | WorkKinds[WorkKind]['result'] {
  if (work.kind === 'search') return search(work.input);
  if (work.kind === 'html') return markdownOf(work.input);
  const { name, input } = work.input;
  const tool = tools.get(name);
  if (tool === undefined) throw new Error(`There is no tool ${name} in the worker.`);
  return tool.execute(input, contextHere());
}

function search({ scope, query, limits, softLimitMs, proposed }: SearchRequest) {
  const untilMs = performance.now() + softLimitMs;
  const check = createPathCheck(scope);
  return searchFiles(query, check, { ...limits, untilMs }, new Map(proposed));
}

async function markdownOf(page: HtmlPage): Promise<string> {
  const { htmlToMarkdown } = await import('../fetch/htmlMarkdown.ts');
  return htmlToMarkdown(page);
}

/** A cancel or a deadline ends the whole thread, so that a tool here needs neither signal nor clock. */
function contextHere(): ToolContext {
  return { callId: '', signal: new AbortController().signal, pauseTime: () => () => undefined };
}
