import { abortable } from '../base/abortable.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { ToolCall } from '../providers/message.ts';
import { type CheckedCall, checkCall, findTool } from './checkCall.ts';
import { executeTool } from './executeTool.ts';
import { thrownText } from './thrownText.ts';
import type { ToolBox } from './toolBox.ts';
import { allowEveryCall, type GateDecision, type ToolGate } from './toolGate.ts';
import {
  cancelled,
  rejection,
  type ToolCallResult,
  type ToolEnding,
  tellResult,
} from './toolResult.ts';

/** How a tool call is run. */
export interface RunToolCallOptions {
  /** The conversation's signal. After an abort, the call ends at once. */
  readonly signal: AbortSignal;
  /** Every call may run when absent. */
  readonly gate?: ToolGate;
  /** Timeout of a tool without its own, in ms. */
  readonly defaultTimeoutMs?: number;
  /** Max length of a result for the model, in UTF-16 units. The middle of a longer one is left out. */
  readonly maxOutputChars?: number;
  /** Max bytes of the full text of a longer result (`whole`). */
  readonly maxKeptBytes?: number;
  /** Removes keys from the result before it is shortened. */
  readonly hideKeys?: (text: string) => string;
}

/** The default limits of a tool call. */
export const toolCallDefaults = {
  defaultTimeoutMs: defaultLimitValues.toolSeconds * 1000,
  maxOutputChars: defaultLimitValues.toolResultCharacters,
  maxKeptBytes: defaultLimitValues.toolResultKeptKB * 1000,
  gate: allowEveryCall,
  hideKeys: (text: string): string => text,
} as const;

type Options = Required<RunToolCallOptions>;

/**
 * Runs one tool call in five steps: finds the tool, checks the input, asks the gate, runs the tool, and fits the
 * result to the limits. Never rejects. An unknown tool, an invalid input, a denial, an exception, a timeout and a
 * cancelled conversation become results with `isError` and a text that lets the model continue.
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
  if (signal.aborted) return cancelled;
  const tool = findTool(call, tools);
  if ('content' in tool) return tool;
  const checked = checkCall(tool, call, hideKeys);
  if ('content' in checked) return checked;
  // Calls that need no approval start synchronously, in call order.
  const decided = decide(checked, options);
  const decision = decided instanceof Promise ? await decided : decided;
  return decision.kind === 'deny' ? rejection(decision.reason) : executeTool(checked, options);
}

/** A gate that throws denies the call. */
function decide(
  checked: CheckedCall,
  { gate, signal, hideKeys }: Options,
): GateDecision | Promise<GateDecision> {
  const denial = (thrown: unknown): GateDecision => {
    const reason = signal.aborted
      ? 'Not run: the conversation was ended.'
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
