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

/** What the model and the run are told of a tool call. */
export interface ToolCallResult extends ToolOutcome, ToolEnding {
  /** The result before it was shortened for the model; absent when it was not. */
  readonly whole?: string;
  /** Bytes of the result before `whole` was shortened itself. */
  readonly wholeBytes?: number;
}

export interface ResultLimits {
  /** UTF-16 units of a result that reach the model; the middle of a longer one is left out. */
  readonly maxOutputChars: number;
  /** Bytes of `whole`. */
  readonly maxKeptBytes: number;
}

/** A tool ran and failed, or was stopped. */
export function failure(content: string): ToolEnding {
  return { content, isError: true, wasRun: true };
}

/** The call cannot be run: no tool had part in it. */
export function rejection(content: string): ToolEnding {
  return { content, isError: true, wasRun: false };
}

/** The conversation was ended while the call was under way. */
export const cancelled: ToolEnding = failure(
  'Cancelled: the conversation was stopped before the tool ended.',
);

/** The conversation was ended before the call was begun. */
export const notBegun: ToolEnding = rejection('Not run: the conversation was ended.');

/** Fits an ending to what the model may get. Keys are taken out before anything is shortened. */
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
