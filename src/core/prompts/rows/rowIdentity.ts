import { createHash } from 'node:crypto';
import { clipEnd } from '../../base/text.ts';
import type { Row } from './row.ts';
import { controlColumns } from './row.ts';

/** Hexadecimal digits of a key that is made of a row's values: enough for millions of rows. */
const keyLength = 12;
/** Max UTF-16 units of a row's name. */
const maxName = 60;

/**
 * The key of a row: its `_id`, else a hash of its values, which is the same wherever the row stands and in whatever
 * order its columns are.
 */
export function keyOfRow({ values }: Row): string {
  const id = values.get('_id')?.trim() ?? '';
  if (id !== '') return id;
  const control: readonly string[] = controlColumns;
  const own = [...values].filter(([name]) => !control.includes(name));
  const sorted = own.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, keyLength);
}

/** The name of a row: its `_name`, else its `_id`, else its first value, else its number. */
export function nameOfRow({ number, values }: Row): string {
  const control: readonly string[] = controlColumns;
  const first = [...values].find(([name, value]) => !control.includes(name) && value.trim() !== '');
  const candidates = [values.get('_name'), values.get('_id'), first?.[1]];
  const name = candidates.map((text) => text?.replace(/\s+/g, ' ').trim()).find(Boolean);
  return clipEnd(name ?? `row ${number}`, maxName);
}

/** Makes keys unique: of equal rows, the second has `-2` behind its key. */
export class UniqueKeys {
  readonly #counts = new Map<string, number>();

  next(key: string): string {
    let count = this.#counts.get(key) ?? 0;
    let candidate: string;
    do {
      count++;
      candidate = count === 1 ? key : `${key}-${count}`;
    } while (count > 1 && this.#counts.has(candidate));
    this.#counts.set(key, count);
    if (candidate !== key) this.#counts.set(candidate, 1);
    return candidate;
  }
}
