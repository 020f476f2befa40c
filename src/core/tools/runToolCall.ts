import { abortable } from '../base/abortable.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { Overlay } from '../proposals/overlay.ts';
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
  /** The conversation's signal: once it is aborted, the outcome comes at once. */
  readonly signal: AbortSignal;
  /** Every call may run when absent. */
  readonly gate?: ToolGate;
  /** What the conversation proposes. */
  readonly overlay?: Overlay;
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
  defaultTimeoutMs: defaultLimitValues.toolSeconds * 1000,
  maxOutputChars: defaultLimitValues.toolResultCharacters,
  maxKeptBytes: defaultLimitValues.toolResultKeptKB * 1000,
  gate: allowEveryCall,
  hideKeys: (text: string): string => text,
} as const;

type Options = Required<Omit<RunToolCallOptions, 'overlay'>> & Pick<RunToolCallOptions, 'overlay'>;

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
  if (signal.aborted) return cancelled;
  const tool = findTool(call, tools);
  if ('content' in tool) return tool;
  const checked = checkCall(tool, call, hideKeys);
  if ('content' in checked) return checked;
  // Calls that need nobody's consent are begun at once, in the order asked.
  const decided = decide(checked, options);
  const decision = decided instanceof Promise ? await decided : decided;
  return decision.kind === 'deny' ? rejection(decision.reason) : executeTool(checked, options);
}

/** A gate that fails lets nothing through. */
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
