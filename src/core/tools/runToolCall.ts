import { abortable } from '../base/abortable.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { Release } from '../base/slots.ts';
import type { ToolCall } from '../providers/message.ts';
import { type CheckedCall, checkCall, findTool } from './checkCall.ts';
import { executeTool } from './executeTool.ts';
import { thrownText } from './thrownText.ts';
import type { ToolBox } from './toolBox.ts';
import { allowEveryCall, type GateDecision, type ToolGate } from './toolGate.ts';
import {
  notBegun,
  rejection,
  type ToolCallResult,
  type ToolEnding,
  tellResult,
} from './toolResult.ts';

/** How a tool call is run. */
export interface RunToolCallOptions {
  /** The conversation's signal: once it is aborted, the outcome comes at once. */
  readonly signal: AbortSignal;
  /** Every call may run when absent. */
  readonly gate?: ToolGate;
  /** Milliseconds for a tool that sets no time of its own. */
  readonly defaultTimeoutMs?: number;
  /** UTF-16 units of a result that reach the model; the middle of a longer one is left out. */
  readonly maxOutputChars?: number;
  /** Bytes of such a longer result that are given beside it. */
  readonly maxKeptBytes?: number;
  /** Takes keys out of the result, before it is shortened. */
  readonly hideKeys?: (text: string) => string;
  /**
   * Takes a slot in which a call that may run does so; none is needed when absent. Rejects with the signal's
   * reason.
   */
  readonly takeSlot?: () => Release | Promise<Release>;
  readonly progress?: CallProgress;
}

/** Hears of a call on its way, before the outcome. A call that cannot be run goes no way. */
export interface CallProgress {
  /** The gate takes time to decide. */
  waiting(): void;
  /** It may run, but all slots are taken. */
  checked(): void;
  /** The tool begins, and with it its time. */
  started(): void;
}

/** What a tool call may take and give when nothing else is said. */
export const toolCallDefaults = {
  defaultTimeoutMs: defaultLimitValues.toolSeconds * 1000,
  maxOutputChars: defaultLimitValues.toolResultCharacters,
  maxKeptBytes: defaultLimitValues.toolResultKeptKB * 1000,
  gate: allowEveryCall,
  hideKeys: (text: string): string => text,
  takeSlot: (): Release => () => undefined,
  progress: { waiting: ignore, checked: ignore, started: ignore },
} as const;

function ignore(): void {}

type Options = Required<RunToolCallOptions>;

/**
 * Runs one tool call to its outcome: the tool is found, the input checked, the gate asked, the tool run,
 * the result told. Never rejects: an unknown tool, an input that does not fit, a denial, a throw, a
 * time-out and a cancelled conversation are outcomes with `isError` and a text from which the model can
 * go on.
 */
export async function runToolCall(
  call: ToolCall,
  tools: ToolBox,
  options: RunToolCallOptions,
): Promise<ToolCallResult> {
  const all = { ...toolCallDefaults, ...options };
  return tellResult(call, await endingOf(call, tools, all), all, all.hideKeys);
}

async function endingOf(call: ToolCall, tools: ToolBox, options: Options): Promise<ToolEnding> {
  const { signal, hideKeys } = options;
  if (signal.aborted) return notBegun;
  const tool = findTool(call, tools);
  if ('content' in tool) return tool;
  const checked = checkCall(tool, call, hideKeys);
  if ('content' in checked) return checked;
  // Calls that need nobody's consent are begun at once, in the order asked.
  const decided = decide(checked, options);
  if (decided instanceof Promise) options.progress.waiting();
  const decision = decided instanceof Promise ? await decided : decided;
  return decision.kind === 'deny' ? rejection(decision.reason) : runInSlot(checked, options);
}

async function runInSlot(checked: CheckedCall, options: Options): Promise<ToolEnding> {
  const { progress, signal } = options;
  let taken: Release | Promise<Release>;
  try {
    taken = options.takeSlot();
    if (taken instanceof Promise) {
      progress.checked();
      taken = await taken;
    }
  } catch (thrown) {
    if (signal.aborted) return notBegun;
    throw thrown;
  }
  try {
    // The conversation may have ended just when the slot was free.
    if (signal.aborted) return notBegun;
    progress.started();
    return await executeTool(checked, options);
  } finally {
    taken();
  }
}

/** A gate that fails lets nothing through. */
function decide(
  checked: CheckedCall,
  { gate, signal, hideKeys }: Options,
): GateDecision | Promise<GateDecision> {
  const denial = (thrown: unknown): GateDecision => {
    const reason = signal.aborted
      ? notBegun.content
      : `The call was not allowed. ${thrownText(thrown, hideKeys)}`;
    return { kind: 'deny', reason };
  };
  try {
    const decision = gate(checked, signal);
    return decision instanceof Promise ? abortable(decision, signal).catch(denial) : decision;
  } catch (thrown) {
    return denial(thrown);
  }
}
