import { isNestedDeeper, maxJsonDepth } from '../base/jsonDepth.ts';
import { clipEnd } from '../base/text.ts';
import { isJsonObject, type JsonObject } from './jsonObject.ts';
import type { ToolCall } from './message.ts';

/** A tool call's arguments as they were read. */
export interface ToolInput extends Pick<ToolCall, 'input' | 'inputError'> {
  /** What is sent back to the model for them: an object always, for the APIs take nothing else. */
  readonly replay: JsonObject;
}

/** UTF-16 units of a tool call's arguments. More is never read, and kept only in part. */
export const maxToolInput = 1_000_000;

/** Reads arguments strictly; nothing is repaired. No text at all means no arguments. */
export function readToolInput(text: string): ToolInput {
  if (text.length > maxToolInput) return unread(text, tooLong);
  if (text.trim() === '') return { input: {}, replay: {} };
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return unread(text, 'The arguments are not valid JSON.');
  }
  if (isNestedDeeper(input, maxJsonDepth)) return unread(text, tooDeep);
  if (isJsonObject(input)) return { input, replay: input };
  return { input, inputError: 'The arguments are not a JSON object.', replay: {} };
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
