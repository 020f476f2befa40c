import { isJsonObject, type JsonObject, unknownName } from '../json.ts';
import { refuse, refuseUnknown } from './refuse.ts';

const itemNames: { readonly [type: string]: ReadonlySet<string> } = {
  message: new Set(['type', 'role', 'content', 'id', 'status', 'phase']),
  reasoning: new Set(['type', 'id', 'summary', 'content', 'encrypted_content', 'status']),
  function_call: new Set([
    'type',
    'id',
    'call_id',
    'name',
    'arguments',
    'status',
    'namespace',
    'caller',
  ]),
  function_call_output: new Set(['type', 'id', 'call_id', 'output', 'status']),
};

/** Checks an input item and returns its type. */
export function itemType(item: unknown, at: string): string {
  if (!isJsonObject(item))
    refuse(`Invalid type for '${at}': expected an object.`, at, 'invalid_type');
  const type = String(item.type ?? 'message');
  const names = itemNames[type];
  if (names === undefined) refuse(`Invalid value: '${type}'.`, `${at}.type`, 'invalid_value');
  const unknown = unknownName(item, names);
  if (unknown !== undefined) refuseUnknown(`${at}.${unknown}`);
  if (type === 'function_call' && typeof item.arguments !== 'string') {
    refuse(
      `Invalid type for '${at}.arguments': expected a string.`,
      `${at}.arguments`,
      'invalid_type',
    );
  }
  return type;
}

/**
 * A reasoning or function call item in the form used to compare a replay with what was sent:
 * everything that the model made, without what may change, such as a status.
 */
export function itemOf(item: JsonObject): string {
  if (item.type === 'reasoning') {
    return reasoningItem(
      String(item.id),
      String(item.encrypted_content),
      JSON.stringify(item.summary),
    );
  }
  return callItem(String(item.call_id), String(item.name), String(item.arguments));
}

export function reasoningItem(id: string, encrypted: string, summary: string): string {
  return `reasoning ${id} ${encrypted} ${summary}`;
}

export function callItem(callId: string, name: string, input: string): string {
  return `function_call ${callId} ${name} ${input}`;
}

/** The text of a message's content or of a function call's output. */
export function textOf(content: unknown, at: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) {
    refuse(`Invalid type for '${at}': expected a string or a list.`, at, 'invalid_type');
  }
  return content
    .map((part: unknown) => {
      const isText =
        isJsonObject(part) && part.type === 'input_text' && typeof part.text === 'string';
      return isText ? String(part.text) : refuse(`Invalid value for '${at}'.`, at, 'invalid_value');
    })
    .join('');
}
