import { formatInteger } from '../../../shared/quantities.ts';
import type { Row } from './row.ts';
import { DataError } from './row.ts';

/** Which rows run. */
export interface RowChoice {
  /** Ranges of row numbers, both ends included; all rows when absent. */
  readonly ranges?: readonly (readonly [first: number, last: number])[];
  /** How many of them are drawn; all when absent. */
  readonly sample?: { readonly size: number; readonly seed: number };
}

/** Completes `must be …`. */
export const rangesDescription = 'row numbers and ranges, such as "1-20,35" or "100-"';

/** Parses numbers and ranges of rows, such as `1-20,35` or `100-`; undefined when the text is none. */
export function parseRanges(text: string): RowChoice['ranges'] | undefined {
  const ranges: [number, number][] = [];
  for (const part of text.split(',')) {
    const [, first, dash, last] = /^\s*(\d{1,9})\s*(-\s*(\d{1,9})?)?\s*$/.exec(part) ?? [];
    if (first === undefined) return undefined;
    const from = Number(first);
    const to = dash === undefined ? from : Number(last ?? Number.POSITIVE_INFINITY);
    if (from < 1 || to < from) return undefined;
    ranges.push([from, to]);
  }
  return ranges;
}

/**
 * The chosen rows, in their order. Reads no further than the last one that can be chosen, and keeps only rows that may
 * be. Throws a `DataError` for a number beyond the last row.
 */
export async function* chooseRows(
  rows: AsyncIterable<Row>,
  { ranges, sample }: RowChoice,
): AsyncGenerator<Row> {
  const inRange = ranges === undefined ? rows : within(rows, ranges);
  if (sample === undefined) yield* inRange;
  else yield* await drawn(inRange, sample);
}

async function* within(
  rows: AsyncIterable<Row>,
  ranges: NonNullable<RowChoice['ranges']>,
): AsyncGenerator<Row> {
  const end = Math.max(...ranges.map(([, last]) => last));
  const needed = Math.max(...ranges.map(([first, last]) => (Number.isFinite(last) ? last : first)));
  let count = 0;
  for await (const row of rows) {
    count = row.number;
    if (ranges.some(([first, last]) => count >= first && count <= last)) yield row;
    if (count >= end) return;
  }
  if (count >= needed) return;
  throw new DataError(
    `Row ${formatInteger(needed)} is chosen, but there are only ${formatInteger(count)}.`,
  );
}

/** A random choice of rows of which each is equally likely; the same seed draws the same ones. */
async function drawn(
  rows: AsyncIterable<Row>,
  { size, seed }: NonNullable<RowChoice['sample']>,
): Promise<readonly Row[]> {
  const random = randomNumbers(seed);
  const kept: Row[] = [];
  let count = 0;
  for await (const row of rows) {
    count++;
    if (kept.length < size) kept.push(row);
    else {
      const place = Math.floor(random() * count);
      if (place < size) kept[place] = row;
    }
  }
  return kept.toSorted((a, b) => a.number - b.number);
}

/** Numbers from 0 to below 1 (mulberry32). They are for choices, not for secrets. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
