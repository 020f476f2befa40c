import { isJsonObject, type JsonObject } from './jsonObject.ts';
import type { ToolCall } from './message.ts';

/** A tool call's arguments as they were read. */
export interface ToolInput extends Pick<ToolCall, 'input' | 'inputError'> {
  /** What is sent back to the model for them: an object always, for the APIs take nothing else. */
  readonly replay: JsonObject;
}

/**
 * Reads arguments strictly; nothing is repaired. They come as JSON text, as a value, or as JSON text
 * within JSON text; no text at all, and `null`, mean no arguments.
 */
export function readToolInput(given: unknown): ToolInput {
  if (typeof given !== 'string') return inputOf(given);
  if (given.trim() === '') return noInput;
  const value = parsed(given);
  if (value === undefined) {
    return { input: given, inputError: 'The arguments are not valid JSON.', replay: {} };
  }
  // Encoded twice, the inner text is the arguments.
  return inputOf(typeof value.json === 'string' ? innerOf(value.json) : value.json);
}

const noInput: ToolInput = { input: {}, replay: {} };

function inputOf(input: unknown): ToolInput {
  if (input === null || input === undefined) return noInput;
  if (isJsonObject(input)) return { input, replay: input };
  return { input, inputError: 'The arguments are not a JSON object.', replay: {} };
}

function innerOf(text: string): unknown {
  return text.trim() === '' ? null : (parsed(text)?.json ?? text);
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Whether arguments say nothing: those of a call may come at one place of a stream and not at another. */
export function isEmptyInput(given: unknown): boolean {
  const { input, inputError } = readToolInput(given);
  return inputError === undefined && Object.keys(input as JsonObject).length === 0;
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
