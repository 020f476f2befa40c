import type { Overlay } from '../proposals/overlay.ts';
import type { CheckedCall } from './checkCall.ts';
import { thrownText } from './thrownText.ts';
import { type GivenByGate, type Tool, type ToolContext, ToolError } from './tool.ts';
import { ToolClock } from './toolClock.ts';
import { cancelled, failure, type ToolEnding } from './toolResult.ts';

/** Options of `executeTool`. */
export interface ExecuteOptions {
  /** The conversation's signal. */
  readonly signal: AbortSignal;
  /** Timeout of a tool without its own, in ms. */
  readonly defaultTimeoutMs: number;
  readonly overlay?: Overlay | undefined;
  readonly hideKeys: (text: string) => string;
}

/**
 * Runs the tool until it ends, times out or the conversation is aborted. A tool that ignores its signal is not
 * waited for, and its result is dropped. Never rejects.
 */
export async function executeTool(
  { call, tool, input }: CheckedCall,
  options: ExecuteOptions,
  given?: GivenByGate,
): Promise<ToolEnding> {
  let controller: AbortController | undefined;
  const forTool = (): AbortController => {
    controller ??= new AbortController();
    return controller;
  };
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<ToolEnding>();
  const timeoutMs = tool.timeoutMs ?? options.defaultTimeoutMs;
  const clock = new ToolClock(timeoutMs, () => {
    interrupt(failure(`The tool did not end within ${timeoutMs / 1000} s and was given up.`));
    forTool().abort(new DOMException('The tool ran out of time.', 'TimeoutError'));
  });
  const context: ToolContext = {
    callId: call.callId,
    get signal() {
      return forTool().signal;
    },
    pauseTime: () => clock.pause(),
    ...given,
    ...(options.overlay === undefined ? {} : { overlay: options.overlay }),
  };
  const ending = begin(tool, input, context, options);
  // Many tools return their result synchronously. They need no timer and no abort listener.
  if (!(ending instanceof Promise)) return options.signal.aborted ? cancelled : ending;
  const onAbort = (): void => {
    interrupt(cancelled);
    forTool().abort(options.signal.reason);
  };
  clock.start();
  if (options.signal.aborted) onAbort();
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([interrupted, ending]);
  } finally {
    clock.stop();
    options.signal.removeEventListener('abort', onAbort);
  }
}

function begin(
  tool: Tool,
  input: unknown,
  context: ToolContext,
  options: ExecuteOptions,
): ToolEnding | Promise<ToolEnding> {
  try {
    const result: unknown = tool.execute(input, context);
    return isPending(result) ? endingOfPending(tool, result, options) : resultText(tool, result);
  } catch (thrown) {
    return failure(thrownText(thrown, options.hideKeys));
  }
}

function isPending(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result;
}

/** Never rejects, because nothing awaits it after a timeout. */
async function endingOfPending(
  tool: Tool,
  result: PromiseLike<unknown>,
  { hideKeys }: ExecuteOptions,
): Promise<ToolEnding> {
  try {
    return resultText(tool, await result);
  } catch (thrown) {
    return failure(thrownText(thrown, hideKeys));
  }
}

/** Handles a result that is not text, although tools must return text: converts it to JSON if possible. */
function resultText(tool: Tool, result: unknown): ToolEnding {
  const text = typeof result === 'bigint' ? String(result) : jsonOf(result);
  if (typeof text === 'string') return { content: text, isError: false, wasRun: true };
  return failure(`The tool "${tool.name}" ended without a result.`);
}

/** Text unchanged, anything else as JSON; undefined for a value without a JSON form. */
function jsonOf(result: unknown): string | undefined {
  if (typeof result === 'string') return result;
  try {
    return JSON.stringify(result);
  } catch (error) {
    // Other errors, such as a cycle, keep the engine's message.
    if (!(error instanceof RangeError)) throw error;
    throw new ToolError('The result is nested too deeply to be read.');
  }
}
