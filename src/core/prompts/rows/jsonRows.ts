import { formatInteger } from '../../../shared/quantities.ts';
import type { Row } from './row.ts';
import { DataError } from './row.ts';

/** Max UTF-16 units of a line, and of a JSON file, which is read as a whole. */
const maxLength = 10_000_000;

/** Reads JSON Lines: an object a line. */
export async function* readJsonLines(texts: AsyncIterable<string>): AsyncGenerator<Row> {
  let line = 0;
  let number = 0;
  for await (const text of linesOf(texts)) {
    line++;
    if (text.trim() === '') continue;
    number++;
    yield { number, values: valuesOf(parsed(text, `Line ${formatInteger(line)}`)) };
  }
}

/** Reads a JSON file with a list of objects. */
export async function* readJson(texts: AsyncIterable<string>): AsyncGenerator<Row> {
  let all = '';
  for await (const text of texts) {
    all += text;
    if (all.length > maxLength) {
      throw new DataError('This file is too large for JSON. Write an object a line, as .jsonl.');
    }
  }
  const list = parsed(all, 'The file');
  if (!Array.isArray(list)) throw new DataError('The file must have a list of objects.');
  for (const [index, item] of list.entries()) {
    if (!isObject(item)) throw new DataError(`Item ${formatInteger(index + 1)} is not an object.`);
    yield { number: index + 1, values: valuesOf(item) };
  }
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    // Only what is new is searched: a line may come in many pieces.
    const [first = '', ...others] = text.split('\n');
    rest += first;
    if (rest.length > maxLength) throw new DataError('A line is too long.');
    for (const line of others) {
      yield rest;
      rest = line;
    }
  }
  yield rest;
}

function parsed(text: string, what: string): object {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new DataError(`${what} is not valid JSON.`);
  }
  if (typeof read === 'object' && read !== null) return read;
  throw new DataError(`${what} is not an object.`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Texts as they are, nothing for null, and JSON for what has parts. */
function valuesOf(row: object): ReadonlyMap<string, string> {
  if (!isObject(row)) throw new DataError('A row is a list, not an object with names.');
  return new Map(Object.entries(row).map(([name, value]) => [name.trim(), textOf(value)]));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
