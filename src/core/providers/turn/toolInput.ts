import { isNestedDeeper, maxJsonDepth } from '../../base/jsonDepth.ts';
import { isJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import { clipEnd } from '../../base/text.ts';
import type { ToolCall } from '../message.ts';

/** A tool call's arguments as they were read. */
export interface ToolInput extends Pick<ToolCall, 'input' | 'inputError'> {
  /** What is sent back to the model for them: an object always, for the APIs take nothing else. */
  readonly replay: JsonObject;
}

/** UTF-16 units of a tool call's arguments. More is never read, and kept only in part. */
export const maxToolInput = 1_000_000;

/**
 * Reads arguments strictly; nothing is repaired. They come as JSON text, as a value, or as JSON text
 * within JSON text; no text at all, and `null`, mean no arguments.
 */
export function readToolInput(given: unknown): ToolInput {
  if (typeof given !== 'string') return inputOf(given);
  if (given.length > maxToolInput) return unread(given, tooLong);
  if (given.trim() === '') return noInput;
  const value = parsed(given);
  if (value === undefined) return unread(given, 'The arguments are not valid JSON.');
  // Encoded twice, the inner text is the arguments.
  return inputOf(typeof value.json === 'string' ? innerOf(value.json) : value.json, given);
}

const noInput: ToolInput = { input: {}, replay: {} };

/** The arguments in a value; `text` is what they came as, if it was one. */
function inputOf(input: unknown, text = ''): ToolInput {
  if (input === null || input === undefined) return noInput;
  if (isNestedDeeper(input, maxJsonDepth)) return unread(text, tooDeep);
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

/** Takes arguments that come as a value, such as another program made of a model's words. */
export function takeToolInput(value: unknown): ToolInput {
  if (isNestedDeeper(value, maxJsonDepth)) return unread('', tooDeep);
  if (!isJsonObject(value)) {
    return { input: value, inputError: 'The arguments are not a JSON object.', replay: {} };
  }
  try {
    // What comes out is JSON and nothing else, whatever the value was made of.
    return readToolInput(JSON.stringify(value) ?? '');
  } catch {
    return unread('', 'The arguments are not valid JSON.');
  }
}

/** What a call has for input whose end never came. It is not read, for a part may look like a whole. */
export function cutToolInput(text: string): ToolInput {
  return unread(text, 'The arguments are cut off.');
}

const tooDeep = `The arguments are nested too deeply: lists and objects may be nested in at most ${maxJsonDepth} levels.`;
const tooLong = `The arguments are too long: at most ${maxToolInput.toLocaleString('en-US')} characters are read.`;

function unread(text: string, inputError: string): ToolInput {
  return { input: clipEnd(text, maxToolInput), inputError, replay: {} };
}

/** A tool call without the field that says nothing. */
export function toolCallOf(callId: string, name: string, read: ToolInput): ToolCall {
  const call = { callId, name, input: read.input };
  return read.inputError === undefined ? call : { ...call, inputError: read.inputError };
}
