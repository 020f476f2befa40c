import {
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  parseJson,
} from '../../../shared/json.ts';

/** Levels of an error body that are searched for a message. */
const maxDepth = 6;

/** Fields that may hold the message, most specific first. */
const messageFields = ['message', 'msg', 'detail', 'error_description', 'reason', 'title'] as const;

/** The object that describes an error, unwrapped; empty when there is none. */
export function errorObjectOf(body: unknown): JsonObject {
  if (Array.isArray(body)) return errorObjectOf(body[0]);
  if (!isJsonObject(body)) return {};
  if (isJsonObject(body.error)) return body.error;
  if (Array.isArray(body.errors)) return errorObjectOf(body.errors);
  return body;
}

/** Whether JSON has the form of an error, whatever the status: a non-empty `error` or `errors`. */
export function isErrorBody(body: unknown): boolean {
  if (Array.isArray(body)) return body.length > 0 && body.every(isErrorBody);
  if (!isJsonObject(body)) return false;
  const { error, errors } = body;
  if (isJsonObject(error)) return true;
  return (
    (typeof error === 'string' && error !== '') || (Array.isArray(errors) && errors.length > 0)
  );
}

/** The server's own error message, wherever the body has it; undefined without one. */
export function errorMessageIn(body: unknown): string | undefined {
  const message = messageIn(body, 0);
  const upstream = upstreamMessage(errorObjectOf(body));
  if (message === undefined || upstream === undefined || message.includes(upstream)) {
    return message ?? upstream;
  }
  return `${message}: ${upstream}`;
}

function messageIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (depth > maxDepth) return undefined;
  if (Array.isArray(value)) {
    return joined(value.slice(0, 3).map((one) => messageIn(one, depth + 1)));
  }
  if (!isJsonObject(value)) return undefined;
  for (const inner of [value.error, value.errors]) {
    const message = messageIn(inner, depth + 1);
    if (message !== undefined) return message;
  }
  for (const name of messageFields) {
    const message = messageIn(value[name], depth + 1);
    if (message !== undefined) return `${placeOf(value)}${message}`;
  }
  return undefined;
}

/** The invalid part of the request, as validators report it: `body.input: `. */
function placeOf(detail: JsonObject): string {
  const place = listField(detail, 'loc').filter(isPathPart).join('.');
  return place === '' ? '' : `${place}: `;
}

function isPathPart(part: unknown): part is string | number {
  return typeof part === 'string' || typeof part === 'number';
}

/** The message of the server behind an aggregator, often JSON within a text. */
function upstreamMessage(error: JsonObject): string | undefined {
  const { raw } = objectField(error, 'metadata');
  if (typeof raw !== 'string') return messageIn(raw, 0);
  return messageIn(parseJson(raw) ?? raw, 0);
}

function joined(messages: readonly (string | undefined)[]): string | undefined {
  const known = messages.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : known.join('; ');
}
