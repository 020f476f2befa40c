import { isJsonObject, type JsonObject, listField, textField } from '../jsonObject.ts';
import type { ToolCall } from '../message.ts';
import type { ToolCallIds } from '../toolCallIds.ts';
import { cutToolInput, readToolInput, toolCallOf } from '../toolInput.ts';

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
  const text = textField(item, 'arguments') ?? '';
  const read = item.status === 'incomplete' ? cutToolInput(text) : readToolInput(text);
  const { id, ...input } = toInputItem(item);
  return {
    call: toolCallOf(callId, textField(item, 'name') ?? '', read),
    native: {
      ...input,
      // An id that came twice for the call is not to be trusted for the item either.
      ...(callId === given && id !== undefined && { id }),
      call_id: callId,
      // Some servers parse what is sent back, and fail for good over what the model got wrong.
      arguments: read.inputError === undefined && text !== '' ? text : JSON.stringify(read.replay),
    },
  };
}

/**
 * Whether a `reasoning` item cannot be sent back: the server keeps nothing of it, and what it would be
 * read from has not come with it.
 */
export function isLostReasoning(item: JsonObject): boolean {
  if (item.type !== 'reasoning' || textField(item, 'encrypted_content')) return false;
  return listField(item, 'content').length === 0;
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
