import { isJsonObject, type JsonObject, listField, textField } from '../../base/jsonObject.ts';
import type { ToolCall } from '../message.ts';
import type { ToolCallIds } from '../turn/toolCallIds.ts';
import { cutToolInput, readToolInput, type ToolInput, toolCallOf } from '../turn/toolInput.ts';

/** Fields of output items that the API does not take as input. */
const outputOnly: ReadonlySet<string> = new Set(['created_by', 'parsed', 'parsed_arguments']);

/** An output item in the form in which it is sent back. */
export function toInputItem(item: JsonObject): JsonObject {
  const input = withoutOutputFields(item);
  if (item.type !== 'message') return input;
  const content = listField(item, 'content').map((part) =>
    isJsonObject(part) ? withoutOutputFields(part) : part,
  );
  return { ...input, content };
}

/** The tool call in a `function_call` item, and the item under the call's id. */
export function functionCall(
  item: JsonObject,
  ids: ToolCallIds,
): { readonly call: ToolCall; readonly native: JsonObject } {
  const given = textField(item, 'call_id');
  const callId = ids.claim(given);
  const read =
    item.status === 'incomplete'
      ? cutToolInput(argumentText(item.arguments))
      : readToolInput(item.arguments);
  const { id, ...input } = toInputItem(item);
  return {
    call: toolCallOf(callId, textField(item, 'name') ?? '', read),
    native: {
      ...input,
      // An id that came twice for the call is not to be trusted for the item either.
      ...(callId === given && id !== undefined && { id }),
      call_id: callId,
      arguments: replayOf(item.arguments, read),
    },
  };
}

function argumentText(given: unknown): string {
  return typeof given === 'string' ? given : (JSON.stringify(given ?? '') ?? '');
}

/**
 * Arguments as they are sent back: as they came, where that is the text of an object. Some servers parse
 * what is sent back, and fail for good over what the model got wrong.
 */
function replayOf(given: unknown, read: ToolInput): string {
  const isObject = typeof given === 'string' && given.trimStart().startsWith('{');
  return isObject && read.inputError === undefined ? given : JSON.stringify(read.replay);
}

/**
 * Whether most servers refuse a `reasoning` item when it is sent back: nothing of it is kept there, and
 * what it would be read from has not come with it.
 */
export function isLostReasoning(item: JsonObject): boolean {
  if (item.type !== 'reasoning' || textField(item, 'encrypted_content')) return false;
  return listField(item, 'content').length === 0;
}

export function isReasoning(item: JsonObject): boolean {
  return item.type === 'reasoning';
}

/** Whether an item is a message that says nothing: some servers refuse it when it is sent back. */
export function isBlankMessage(item: JsonObject): boolean {
  return item.type === 'message' && messageText(item).trim() === '';
}

/** The visible text of a `message` item, a refusal's included. */
export function messageText(item: JsonObject): string {
  if (item.type !== 'message') return '';
  return listField(item, 'content')
    .filter(isJsonObject)
    .map((part) => textField(part, part.type === 'refusal' ? 'refusal' : 'text') ?? '')
    .join('');
}

/** Whether a `message` item holds a refusal. */
export function isRefusal(item: JsonObject): boolean {
  return listField(item, 'content').some((part) => isJsonObject(part) && part.type === 'refusal');
}

function withoutOutputFields(object: JsonObject): JsonObject {
  if (!Object.keys(object).some((name) => outputOnly.has(name))) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !outputOnly.has(name)));
}
