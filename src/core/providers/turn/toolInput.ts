import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import { formatInteger } from '../../../shared/quantities.ts';
import { isNestedDeeper, maxJsonDepth } from '../../base/jsonDepth.ts';
import { clipEnd } from '../../base/text.ts';
import type { ToolCall } from '../message.ts';

/** The parsed arguments of a tool call. */
export interface ToolInput extends Pick<ToolCall, 'input' | 'inputError'> {
  /** What is sent back to the model; always an object, because the APIs accept nothing else. */
  readonly replay: JsonObject;
}

/** Max UTF-16 units of a tool call's arguments. Longer ones are not parsed, and kept clipped. */
export const maxToolInput = 1_000_000;

/**
 * Parses arguments strictly, without repairing them. They may be JSON text, a value, or JSON text encoded
 * twice. An empty text and `null` mean no arguments.
 */
export function readToolInput(given: unknown): ToolInput {
  if (typeof given !== 'string') return inputOf(given);
  if (given.length > maxToolInput) return unread(given, tooLong);
  if (given.trim() === '') return noInput;
  const value = parsed(given);
  if (value === undefined) return unread(given, 'The arguments are not valid JSON.');
  return inputOf(typeof value.json === 'string' ? innerOf(value.json) : value.json, given);
}

const noInput: ToolInput = { input: {}, replay: {} };

/** The arguments in a value. `text` is their original text, if there was one. */
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

/** Whether there are no arguments. Servers differ in which event carries them. */
export function isEmptyInput(given: unknown): boolean {
  // An object with anything in it, or what is no JSON: nearly all arguments, and no need to parse them for this.
  if (typeof given === 'string' && /^\s*\{[\s\S]*[^\s{}]/.test(given)) return false;
  const { input, inputError } = readToolInput(given);
  return inputError === undefined && Object.keys(input as JsonObject).length === 0;
}

/** Reads arguments that another program has parsed, such as VS Code. */
export function takeToolInput(value: unknown): ToolInput {
  if (isNestedDeeper(value, maxJsonDepth)) return unread('', tooDeep);
  if (!isJsonObject(value)) {
    return { input: value, inputError: 'The arguments are not a JSON object.', replay: {} };
  }
  try {
    // The round trip leaves pure JSON.
    return readToolInput(JSON.stringify(value) ?? '');
  } catch {
    return unread('', 'The arguments are not valid JSON.');
  }
}

/** The input of a call whose arguments are truncated. Not parsed: a truncated text may look complete. */
export function truncatedToolInput(text: string): ToolInput {
  return unread(text, 'The arguments are cut off.');
}

const tooDeep = `The arguments are nested too deeply: lists and objects may be nested in at most ${maxJsonDepth} levels.`;
const tooLong = `The arguments are too long: at most ${formatInteger(maxToolInput)} characters are read.`;

function unread(text: string, inputError: string): ToolInput {
  return { input: clipEnd(text, maxToolInput), inputError, replay: {} };
}

/** A tool call with its parsed input. */
export function toolCallOf(callId: string, name: string, read: ToolInput): ToolCall {
  const call = { callId, name, input: read.input };
  return read.inputError === undefined ? call : { ...call, inputError: read.inputError };
}
