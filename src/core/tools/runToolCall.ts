import type { ZodError } from 'zod';
import { clipMiddleBytes } from '../base/clipBytes.ts';
import { defaultLimitValues } from '../base/limits.ts';
import { clipEnd, clipMiddle, visibleText } from '../base/text.ts';
import type { ToolCall, ToolOutcome } from '../providers/message.ts';
import { thrownText } from './thrownText.ts';
import { type Tool, type ToolContext, ToolError } from './tool.ts';
import type { ToolBox } from './toolBox.ts';
import { ToolClock } from './toolClock.ts';
import { inputOutline } from './toolSchemas.ts';

/** How a tool call is run. */
export interface RunToolCallOptions {
  /** The conversation's signal: once it is aborted, the outcome comes at once. */
  readonly signal: AbortSignal;
  /** Milliseconds for a tool that sets no time of its own. */
  readonly defaultTimeoutMs?: number;
  /** UTF-16 units of a result that reach the model; the middle of a longer one is left out. */
  readonly maxOutputChars?: number;
  /** Bytes of such a longer result that are given beside it. */
  readonly maxKeptBytes?: number;
  /** Takes keys out of the result, before it is shortened. */
  readonly hideKeys?: (text: string) => string;
}

/** What a tool call may take and give when nothing else is said. */
export const toolCallDefaults = {
  timeoutMs: defaultLimitValues.toolSeconds * 1000,
  maxOutputChars: defaultLimitValues.toolResultCharacters,
  maxKeptBytes: defaultLimitValues.toolResultKeptKB * 1000,
} as const;

/** A tool call's outcome, and whether a tool had part in it. */
export interface ToolCallResult extends ToolOutcome {
  /** False when the call could not be run at all: unknown tool, unreadable or wrong input. */
  readonly wasRun: boolean;
  /** The result before it was shortened for the model; absent when it was not. */
  readonly whole?: string;
  /** Bytes of that, before it was shortened itself. */
  readonly wholeBytes?: number;
}

/** Text for the model, and whether it tells of a failure. */
interface Ending {
  readonly content: string;
  readonly isError: boolean;
  readonly wasRun: boolean;
}

/**
 * Runs one tool call to its outcome. Never rejects: an unknown tool, an input that does not fit, a
 * throw, a timeout and a cancelled conversation are outcomes with `isError` and a text from which
 * the model can go on. A tool that ignores its signal is left behind and its result dropped.
 */
export async function runToolCall(
  call: ToolCall,
  tools: ToolBox,
  options: RunToolCallOptions,
): Promise<ToolCallResult> {
  const ending = await endingOf(call, tools, options);
  const max = options.maxOutputChars ?? toolCallDefaults.maxOutputChars;
  const content = options.hideKeys?.(ending.content) ?? ending.content;
  const maxKept = options.maxKeptBytes ?? toolCallDefaults.maxKeptBytes;
  return {
    callId: call.callId,
    name: call.name,
    content: clipMiddle(content, max).toWellFormed(),
    isError: ending.isError,
    wasRun: ending.wasRun,
    ...(content.length > max ? wholeOf(content, maxKept) : {}),
  };
}

function wholeOf(content: string, maxKept: number) {
  const whole = clipMiddleBytes(content.toWellFormed(), maxKept);
  return { whole, wholeBytes: Buffer.byteLength(content) };
}

async function endingOf(
  call: ToolCall,
  tools: ToolBox,
  options: RunToolCallOptions,
): Promise<Ending> {
  if (options.signal.aborted) return cancelled;
  const tool = tools.get(call.name);
  if (call.inputError !== undefined) {
    const shape = tool === undefined ? '' : ` It takes ${inputOutline(tool)}, as one JSON object.`;
    return rejection(
      `The arguments could not be read, so the tool was not run: ${call.inputError}${shape}`,
    );
  }
  if (tool === undefined) return rejection(unknownTool(call.name, tools));
  const input = checkInput(tool, call.input, options);
  return input.ok ? execute(tool, input.value, call.callId, options) : rejection(input.problem);
}

const cancelled: Ending = failure('Cancelled: the conversation was stopped before the tool ended.');

function failure(content: string): Ending {
  return { content, isError: true, wasRun: true };
}

/** The call itself is wrong; no tool was run. */
function rejection(content: string): Ending {
  return { content, isError: true, wasRun: false };
}

function unknownTool(name: string, tools: ToolBox): string {
  const shown = JSON.stringify(clipEnd(visibleText(name), 80));
  if (tools.size === 0) return `There is no tool ${shown}, nor any other. Answer without tools.`;
  return `There is no tool ${shown}. The tools are: ${[...tools.keys()].join(', ')}.`;
}

type CheckedInput =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

function checkInput(tool: Tool, input: unknown, { hideKeys }: RunToolCallOptions): CheckedInput {
  try {
    const result = tool.inputSchema.safeParse(input);
    return result.success
      ? { ok: true, value: result.data }
      : { ok: false, problem: inputProblem(tool, result.error) };
  } catch (thrown) {
    return {
      ok: false,
      problem: `The input could not be checked. ${thrownText(thrown, hideKeys)}`,
    };
  }
}

const shownIssues = 5;

function inputProblem(tool: Tool, error: ZodError): string {
  const lines = error.issues.slice(0, shownIssues).map((issue) => {
    const path = issue.path.map(String).join('.');
    return `- ${clipEnd(visibleText(path === '' ? issue.message : `${path}: ${issue.message}`), 300)}`;
  });
  const more = error.issues.length - lines.length;
  if (more > 0) lines.push(`- and ${more} more`);
  return `The input does not fit the tool "${tool.name}", so it was not run:\n${lines.join('\n')}`;
}

/** Whichever comes first: the tool's end, its time limit, the conversation's abort. */
async function execute(
  tool: Tool,
  input: unknown,
  callId: string,
  options: RunToolCallOptions,
): Promise<Ending> {
  let controller: AbortController | undefined;
  const forTool = (): AbortController => {
    controller ??= new AbortController();
    return controller;
  };
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<Ending>();
  const timeoutMs = tool.timeoutMs ?? options.defaultTimeoutMs ?? toolCallDefaults.timeoutMs;
  const clock = new ToolClock(timeoutMs, () => {
    interrupt(failure(`The tool did not end within ${timeoutMs / 1000} s and was given up.`));
    forTool().abort(new DOMException('The tool ran out of time.', 'TimeoutError'));
  });
  const context: ToolContext = {
    callId,
    get signal() {
      return forTool().signal;
    },
    pauseTime: () => clock.pause(),
  };
  const ending = begin(tool, input, context, options);
  // Many tools are done at once: then there is nothing to limit or to give up.
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
  options: RunToolCallOptions,
): Ending | Promise<Ending> {
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

/** Never rejects, so that nothing is left unhandled when nobody waits for it any more. */
async function endingOfPending(
  tool: Tool,
  result: PromiseLike<unknown>,
  { hideKeys }: RunToolCallOptions,
): Promise<Ending> {
  try {
    return resultText(tool, await result);
  } catch (thrown) {
    return failure(thrownText(thrown, hideKeys));
  }
}

/** Tools give text. One that breaks the rule still gets its result across where it has a text form. */
function resultText(tool: Tool, result: unknown): Ending {
  if (typeof result === 'string') return { content: result, isError: false, wasRun: true };
  const text = typeof result === 'bigint' ? String(result) : jsonOf(result);
  if (typeof text === 'string') return { content: text, isError: false, wasRun: true };
  return failure(`The tool "${tool.name}" ended without a result.`);
}

/** The result as JSON; undefined where it has none. */
function jsonOf(result: unknown): string | undefined {
  try {
    return JSON.stringify(result);
  } catch (error) {
    // Everything else that it may be, a cycle above all, is told in the words of the engine.
    if (!(error instanceof RangeError)) throw error;
    throw new ToolError('The result is nested too deeply to be read.');
  }
}
