import type { CallDecision } from '../../shared/callDecision.ts';
import { clipMiddleBytes } from '../base/clipBytes.ts';
import { clipMiddle } from '../base/text.ts';
import type { ToolCall, ToolOutcome } from '../providers/message.ts';

/** How a tool call ended. */
export interface ToolEnding {
  /** Text for the model. */
  readonly content: string;
  readonly isError: boolean;
  /** False when the call could not be run at all: unknown tool, unreadable or wrong input, denied. */
  readonly wasRun: boolean;
  /** What decided that it was not run. */
  readonly decision?: CallDecision;
  /** A person ended the conversation with it. */
  readonly ends?: true;
}

/** The result of a tool call for the model and the run. */
export interface ToolCallResult extends ToolOutcome, ToolEnding {
  /** The full result, when it was shortened for the model. */
  readonly whole?: string;
  /** Size of the full result in bytes; `whole` may be shortened, too. */
  readonly wholeBytes?: number;
}

/** Max sizes of a result. */
export interface ResultLimits {
  /** Max length of a result for the model, in UTF-16 units. The middle of a longer one is left out. */
  readonly maxOutputChars: number;
  /** Max bytes of `whole`. */
  readonly maxKeptBytes: number;
}

/** A tool ran and failed, or was stopped. */
export function failure(content: string): ToolEnding {
  return { content, isError: true, wasRun: true };
}

/** The call was rejected before a tool ran. */
export function rejection(content: string): ToolEnding {
  return { content, isError: true, wasRun: false };
}

/** The conversation ended during the call. */
export const cancelled: ToolEnding = failure(
  'Cancelled: the conversation was stopped before the tool ended.',
);

/** The conversation ended before the call started. */
export const notBegun: ToolEnding = rejection('Not run: the conversation was ended.');

/** Fits a result to the limits for the model. Keys are removed before it is shortened. */
export function tellResult(
  { callId, name }: ToolCall,
  ending: ToolEnding,
  { maxOutputChars, maxKeptBytes }: ResultLimits,
  hideKeys: (text: string) => string,
): ToolCallResult {
  const { decision, ends } = ending;
  const content = hideKeys(ending.content);
  const isShortened = content.length > maxOutputChars;
  return {
    ...{ callId, name, isError: ending.isError, wasRun: ending.wasRun },
    content: clipMiddle(content, maxOutputChars).toWellFormed(),
    ...(decision === undefined ? {} : { decision }),
    ...(ends === undefined ? {} : { ends }),
    ...(isShortened ? wholeOf(content, maxKeptBytes) : {}),
  };
}

function wholeOf(content: string, maxBytes: number) {
  const whole = clipMiddleBytes(content.toWellFormed(), maxBytes);
  return { whole, wholeBytes: Buffer.byteLength(content) };
}
