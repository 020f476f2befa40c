import { isJsonObject, type JsonObject, listField, textField } from '../../../shared/json.ts';
import type { ToolCall } from '../message.ts';
import type { ToolCallIds } from '../turn/toolCallIds.ts';
import {
  readToolInput,
  type ToolInput,
  toolCallOf,
  truncatedToolInput,
} from '../turn/toolInput.ts';

/** Fields of output items that the API rejects in input items. */
const outputOnly: ReadonlySet<string> = new Set(['created_by', 'parsed', 'parsed_arguments']);

/** An output item in the form that is sent back. */
export function toInputItem(item: JsonObject): JsonObject {
  const input = withoutOutputFields(item);
  if (item.type !== 'message') return input;
  const content = listField(item, 'content').map((part) =>
    isJsonObject(part) ? withoutOutputFields(part) : part,
  );
  return { ...input, content };
}

/** The tool call in a `function_call` item, and the item with the call's id. */
export function functionCall(
  item: JsonObject,
  ids: ToolCallIds,
): { readonly call: ToolCall; readonly native: JsonObject } {
  const given = textField(item, 'call_id');
  const callId = ids.claim(given);
  const read =
    item.status === 'incomplete'
      ? truncatedToolInput(argumentText(item.arguments))
      : readToolInput(item.arguments);
  const { id, ...input } = toInputItem(item);
  return {
    call: toolCallOf(callId, textField(item, 'name') ?? '', read),
    native: {
      ...input,
      // If the call's id was replaced, the item's id may be a duplicate, too.
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
 * The arguments to send back: unchanged if they are the valid text of an object. Some servers parse them
 * and would reject the model's malformed JSON in every later request.
 */
function replayOf(given: unknown, read: ToolInput): string {
  const isObject = typeof given === 'string' && given.trimStart().startsWith('{');
  return isObject && read.inputError === undefined ? given : JSON.stringify(read.replay);
}

/**
 * Whether a `reasoning` item has no content. Servers do not store reasoning, so most reject an item with
 * neither encrypted nor plain content.
 */
export function isEmptyReasoning(item: JsonObject): boolean {
  if (item.type !== 'reasoning' || textField(item, 'encrypted_content')) return false;
  return listField(item, 'content').length === 0;
}

/** Whether an item is reasoning. */
export function isReasoning(item: JsonObject): boolean {
  return item.type === 'reasoning';
}

/** Whether an item is a message without text. Some servers reject it when it is sent back. */
export function isBlankMessage(item: JsonObject): boolean {
  return item.type === 'message' && messageText(item).trim() === '';
}

/** The visible text of a `message` item, including refusals. */
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
