import { isJsonObject, type JsonObject, listField, objectField } from '../../base/jsonObject.ts';
import { parseJson } from '../http/parseJson.ts';

/** More levels of an error's body are not searched for words. */
const maxDepth = 6;

/** Fields that hold a server's words, the most telling first. */
const wordFields = ['message', 'msg', 'detail', 'error_description', 'reason', 'title'] as const;

/** The object that describes an error, in whatever it is wrapped; empty when there is none. */
export function errorObjectOf(body: unknown): JsonObject {
  if (Array.isArray(body)) return errorObjectOf(body[0]);
  if (!isJsonObject(body)) return {};
  if (isJsonObject(body.error)) return body.error;
  if (Array.isArray(body.errors)) return errorObjectOf(body.errors);
  return body;
}

/** Whether JSON is an error by its form, whatever its status: an `error` that says something. */
export function isErrorBody(body: unknown): boolean {
  if (Array.isArray(body)) return body.length > 0 && body.every(isErrorBody);
  if (!isJsonObject(body)) return false;
  const { error, errors } = body;
  if (isJsonObject(error)) return true;
  return (
    (typeof error === 'string' && error !== '') || (Array.isArray(errors) && errors.length > 0)
  );
}

/** The server's own words for an error, in whatever form it sends them; undefined without any. */
export function wordsOfError(body: unknown): string | undefined {
  const words = wordsIn(body, 0);
  const inner = wordsOfUpstream(errorObjectOf(body));
  if (words === undefined || inner === undefined || words.includes(inner)) return words ?? inner;
  return `${words}: ${inner}`;
}

function wordsIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (depth > maxDepth) return undefined;
  if (Array.isArray(value)) return joined(value.slice(0, 3).map((one) => wordsIn(one, depth + 1)));
  if (!isJsonObject(value)) return undefined;
  for (const inside of [value.error, value.errors]) {
    const words = wordsIn(inside, depth + 1);
    if (words !== undefined) return words;
  }
  for (const name of wordFields) {
    const words = wordsIn(value[name], depth + 1);
    if (words !== undefined) return `${placeOf(value)}${words}`;
  }
  return undefined;
}

/** Where in the request the fault is, as validators tell it: `body.input: `. */
function placeOf(detail: JsonObject): string {
  const place = listField(detail, 'loc').filter(isPathPart).join('.');
  return place === '' ? '' : `${place}: `;
}

function isPathPart(part: unknown): part is string | number {
  return typeof part === 'string' || typeof part === 'number';
}

/** What an aggregator quotes of the server behind it, often as JSON in a text. */
function wordsOfUpstream(error: JsonObject): string | undefined {
  const { raw } = objectField(error, 'metadata');
  if (typeof raw !== 'string') return wordsIn(raw, 0);
  return wordsIn(parseJson(raw) ?? raw, 0);
}

function joined(words: readonly (string | undefined)[]): string | undefined {
  const told = words.filter((one) => one !== undefined);
  return told.length === 0 ? undefined : told.join('; ');
}
