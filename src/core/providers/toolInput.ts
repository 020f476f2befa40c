import { isJsonObject, type JsonObject } from './jsonObject.ts';
import type { ToolCall } from './message.ts';

/** A tool call's arguments as they were read. */
export interface ToolInput extends Pick<ToolCall, 'input' | 'inputError'> {
  /** What is sent back to the model for them: an object always, for the APIs take nothing else. */
  readonly replay: JsonObject;
}

/** Reads arguments strictly; nothing is repaired. No text at all means no arguments. */
export function readToolInput(text: string): ToolInput {
  if (text.trim() === '') return { input: {}, replay: {} };
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return { input: text, inputError: 'The arguments are not valid JSON.', replay: {} };
  }
  if (isJsonObject(input)) return { input, replay: input };
  return { input, inputError: 'The arguments are not a JSON object.', replay: {} };
}

/** What a call has for input whose end never came. It is not read, for a part may look like a whole. */
export function cutToolInput(text: string): ToolInput {
  return { input: text, inputError: 'The arguments are cut off.', replay: {} };
}

/** A tool call without the field that says nothing. */
export function toolCallOf(callId: string, name: string, read: ToolInput): ToolCall {
  const call = { callId, name, input: read.input };
  return read.inputError === undefined ? call : { ...call, inputError: read.inputError };
}
