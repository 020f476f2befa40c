import { given } from '../../shared/given.ts';
import { clipMiddleBytes } from '../base/clipBytes.ts';
import { clipMiddle } from '../base/text.ts';
import type { ToolCall } from '../providers/message.ts';
import type { ToolCallResult, ToolEnding } from './toolResult.ts';

/** Max sizes of a result. */
export interface ResultLimits {
  /** Max length of a result for the model, in UTF-16 units. The middle of a longer one is left out. */
  readonly maxOutputChars: number;
  /** Max bytes of `whole`. */
  readonly maxSavedBytes: number;
}

/** Fits a result to the limits for the model. Keys are removed before it is shortened. */
export function fitResult(
  { callId, name }: ToolCall,
  ending: ToolEnding,
  { maxOutputChars, maxSavedBytes }: ResultLimits,
  hideKeys: (text: string) => string,
): ToolCallResult {
  const { decision, ends } = ending;
  const content = hideKeys(ending.content);
  const isShortened = content.length > maxOutputChars;
  const result = {
    callId,
    name,
    isError: ending.isError,
    wasRun: ending.wasRun,
    content: clipMiddle(content, maxOutputChars).toWellFormed(),
  };
  if (decision === undefined && ends === undefined && !isShortened) return result;
  return {
    ...result,
    ...given({ decision, ends }),
    ...(isShortened ? wholeOf(content, maxSavedBytes) : {}),
  };
}

function wholeOf(content: string, maxBytes: number) {
  const whole = clipMiddleBytes(content.toWellFormed(), maxBytes);
  return { whole, wholeBytes: Buffer.byteLength(content) };
}
