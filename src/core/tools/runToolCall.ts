import type { CallDecision } from '../../shared/callDecision.ts';
import { given } from '../../shared/given.ts';
import { abortable } from '../base/abortable.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { Release } from '../base/slots.ts';
import type { Overlay } from '../proposals/overlay.ts';
import type { ToolCall } from '../providers/message.ts';
import { type CheckedCall, checkCall, findTool } from './checkCall.ts';
import { executeTool } from './executeTool.ts';
import { fitResult } from './fitResult.ts';
import { thrownText } from './thrownText.ts';
import type { ToolBox } from './toolBox.ts';
import type { CallDenial, CallPermission, GateDecision, ToolGate } from './toolGate.ts';
import { allowEveryCall } from './toolGate.ts';
import { notBegun, rejection, type ToolCallResult, type ToolEnding } from './toolResult.ts';

/** How a tool call is run. */
export interface RunToolCallOptions {
  /** The conversation's signal. After an abort, the call ends at once. */
  readonly signal: AbortSignal;
  /** Every call may run when absent. */
  readonly gate?: ToolGate | undefined;
  /** The conversation's proposals. */
  readonly overlay?: Overlay | undefined;
  /** Timeout of a tool without its own, in ms. */
  readonly defaultTimeoutMs?: number;
  /** Max length of a result for the model, in UTF-16 units. The middle of a longer one is left out. */
  readonly maxOutputChars?: number;
  /** Max bytes of the full text of a longer result (`whole`). */
  readonly maxSavedBytes?: number;
  /** Removes keys from the result before it is shortened. */
  readonly hideKeys?: ((text: string) => string) | undefined;
  /**
   * Takes a slot in which a call that may run does so; none is needed when absent. Rejects with the signal's
   * reason.
   */
  readonly takeSlot?: (() => Release | Promise<Release>) | undefined;
  readonly progress?: CallProgress;
}

/** Hears of a call on its way, before the outcome. A call that cannot be run goes no way. */
export interface CallProgress {
  /** The user has to decide, for this reason. */
  waiting(why: CallDecision): void;
  /** The gate, which took its time, has decided. */
  decided(): void;
  /** It may run, but all slots are taken. */
  checked(): void;
  /** The tool begins with these arguments, and with it its time. `decision` allowed it. */
  started(input: unknown, decision: CallDecision | undefined): void;
}

/** The default limits of a tool call. */
export const toolCallDefaults = {
  defaultTimeoutMs: defaultLimitValues.toolSeconds * 1000,
  maxOutputChars: defaultLimitValues.toolResultCharacters,
  maxSavedBytes: defaultLimitValues.toolResultKeptKB * 1000,
} as const;

function ignore(): void {}

const noProgress: CallProgress = {
  waiting: ignore,
  decided: ignore,
  checked: ignore,
  started: ignore,
};

function unchanged(text: string): string {
  return text;
}

function noSlot(): Release {
  return ignore;
}

type Defined<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type Options = Defined<Omit<RunToolCallOptions, 'overlay'>> & Pick<RunToolCallOptions, 'overlay'>;

function withDefaults(given: RunToolCallOptions): Options {
  return {
    signal: given.signal,
    gate: given.gate ?? allowEveryCall,
    overlay: given.overlay,
    defaultTimeoutMs: given.defaultTimeoutMs ?? toolCallDefaults.defaultTimeoutMs,
    maxOutputChars: given.maxOutputChars ?? toolCallDefaults.maxOutputChars,
    maxSavedBytes: given.maxSavedBytes ?? toolCallDefaults.maxSavedBytes,
    hideKeys: given.hideKeys ?? unchanged,
    takeSlot: given.takeSlot ?? noSlot,
    progress: given.progress ?? noProgress,
  };
}

/** A call that is decided on and has not begun. */
export interface AskedToolCall {
  /** Runs it if it may run. To be called once. */
  finish(): Promise<ToolCallResult>;
}

/**
 * Runs one tool call in five steps: finds the tool, checks the input, asks the gate, runs the tool, and fits the
 * result to the limits. Never rejects. An unknown tool, an invalid input, a denial, an exception, a timeout and a
 * cancelled conversation become results with `isError` and a text that lets the model continue.
 */
export function runToolCall(
  call: ToolCall,
  tools: ToolBox,
  options: RunToolCallOptions,
): Promise<ToolCallResult> {
  return askToolCall(call, tools, options).finish();
}

/** The first steps of `runToolCall`: asks the gate about the call. */
export function askToolCall(
  call: ToolCall,
  tools: ToolBox,
  given: RunToolCallOptions,
): AskedToolCall {
  const options = withDefaults(given);
  const asked = ask(call, tools, options);
  const finish = async (): Promise<ToolCallResult> => {
    const ending = 'content' in asked ? asked : await endingOf(asked, options);
    return fitResult(call, ending, options, options.hideKeys);
  };
  return { finish };
}

interface Asked {
  readonly checked: CheckedCall;
  readonly decision: GateDecision | Promise<GateDecision>;
}

function ask(call: ToolCall, tools: ToolBox, options: Options): Asked | ToolEnding {
  if (options.signal.aborted) return notBegun;
  const tool = findTool(call, tools);
  if ('content' in tool) return tool;
  const checked = checkCall(tool, call, options.hideKeys);
  return 'content' in checked ? checked : { checked, decision: decide(checked, options) };
}

async function endingOf({ checked, decision }: Asked, options: Options): Promise<ToolEnding> {
  // Calls that need no approval start synchronously, in call order.
  const decided = decision instanceof Promise ? await decision : decision;
  if (options.signal.aborted) return notBegun;
  return decided.kind === 'deny' ? denied(decided) : runInSlot(checked, decided, options);
}

function denied({ reason, decision, ends }: CallDenial): ToolEnding {
  return {
    ...rejection(reason),
    ...given({ decision, ends }),
  };
}

async function runInSlot(
  checked: CheckedCall,
  permission: CallPermission,
  options: Options,
): Promise<ToolEnding> {
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
    return await runPermitted(checked, permission, options);
  } finally {
    taken();
  }
}

/** Runs exactly what was allowed. */
async function runPermitted(
  checked: CheckedCall,
  permission: CallPermission,
  options: Options,
): Promise<ToolEnding> {
  const { changed, decision, forTool } = permission;
  const shown = changed === undefined ? checked.call.input : changed.input;
  const input = 'input' in permission ? permission.input : checked.input;
  options.progress.started(shown, decision);
  const ending = await executeTool({ ...checked, input }, options, forTool);
  if (changed === undefined) return ending;
  return { ...ending, content: `${changeNote(changed.input)}\n\n${ending.content}` };
}

function changeNote(input: unknown): string {
  return `The user changed the arguments of this call. It was run with ${JSON.stringify(input)} and gave:`;
}

/** A gate that throws denies the call. */
function decide(
  checked: CheckedCall,
  { gate, signal, hideKeys, progress }: Options,
): GateDecision | Promise<GateDecision> {
  const denial = (thrown: unknown): GateDecision => {
    const reason = signal.aborted
      ? notBegun.content
      : `The call was not allowed. ${thrownText(thrown, hideKeys)}`;
    return { kind: 'deny', reason };
  };
  try {
    const decision = gate(checked, { signal, waiting: (why) => progress.waiting(why) });
    if (!(decision instanceof Promise)) return decision;
    const late = abortable(decision, signal).catch(denial);
    return late.finally(() => progress.decided());
  } catch (thrown) {
    return denial(thrown);
  }
}
