import { Readable } from 'node:stream';
import type { CsvError } from 'csv-parse';
import { formatInteger } from '../../../shared/quantities.ts';
import { messageOf } from '../../../shared/thrown.ts';
import { codeOf } from '../../base/errors.ts';
import { quoted } from '../../base/text.ts';
import type { TableFormat } from './dataSource.ts';
import { readJson, readJsonLines } from './jsonRows.ts';
import type { Row } from './row.ts';
import { DataError } from './row.ts';

/** Max UTF-16 units of one row: a quote that is never closed must not fill the memory. */
const maxRowLength = 10_000_000;

/** A table as bytes, and who hears what is odd about it, a sentence each. */
export interface TableInput {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly format: TableFormat;
  onRemark(text: string): void;
}

/** Reads a table row by row. Throws a `DataError` for what is not a table of this format. */
export async function* readTable({ bytes, format, onRemark }: TableInput): AsyncGenerator<Row> {
  const texts = decoded(bytes);
  if (format === 'jsonl') yield* readJsonLines(texts);
  else if (format === 'json') yield* readJson(texts);
  else yield* readSeparated(texts, format === 'tsv' ? '\t' : undefined, onRemark);
}

/** The bytes as text, without byte order mark. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataError('This is not UTF-8. Save the file as UTF-8.');
  }
}

async function* readSeparated(
  texts: AsyncIterable<string>,
  given: string | undefined,
  onRemark: (text: string) => void,
): AsyncGenerator<Row> {
  const { first, all } = await peek(texts);
  // Loaded with the first table: most runs have none.
  const { parse } = await import('csv-parse');
  const parser = parse({
    delimiter: given ?? separatorOf(first),
    relax_column_count: true,
    skip_empty_lines: true,
    // A quote within a cell is a part of it.
    relax_quotes: true,
    max_record_size: maxRowLength,
  });
  const source = Readable.from(all, { objectMode: false, encoding: 'utf8' });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: Columns | undefined;
  let number = 0;
  const uneven = new UnevenRows();
  try {
    for await (const cells of parser as AsyncIterable<readonly string[]>) {
      if (columns === undefined) {
        columns = columnsOf(cells, onRemark);
        continue;
      }
      number++;
      uneven.count(number, cells.length, columns.count);
      yield { number, values: columns.valuesOf(cells) };
    }
  } catch (error) {
    throw isCsvError(error) ? new DataError(csvProblem(error)) : error;
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (columns === undefined) throw new DataError('There is no line with the names of columns.');
  const remark = uneven.remark(columns.count);
  if (remark !== undefined) onRemark(remark);
}

/** The beginning of the texts, at least its first line, and all of them. */
async function peek(
  texts: AsyncIterable<string>,
): Promise<{ readonly first: string; readonly all: AsyncIterable<string> }> {
  const iterator = texts[Symbol.asyncIterator]();
  let first = '';
  let isDone = false;
  while (!isDone && !/[\r\n]/.test(first.trimStart()) && first.length < maxRowLength) {
    const next = await iterator.next();
    if (next.done === true) isDone = true;
    else first += next.value;
  }
  async function* all(): AsyncGenerator<string> {
    if (first !== '') yield first;
    if (!isDone) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { first, all: all() };
}

/** The separator of a table: the one that is most frequent in its first line, outside of quotes. */
function separatorOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text.trimStart().replaceAll(/"[^"]*"/g, ''))?.[0] ?? '';
  const counts = [',', ';', '\t', '|'].map((mark) => [line.split(mark).length, mark] as const);
  const [best] = counts.toSorted(([a], [b]) => b - a);
  return best?.[1] ?? ',';
}

interface Columns {
  readonly count: number;
  valuesOf(cells: readonly string[]): ReadonlyMap<string, string>;
}

function columnsOf(header: readonly string[], onRemark: (text: string) => void): Columns {
  const names = header.map((name) => name.trim());
  const places = new Map<string, number>();
  const twice = new Set<string>();
  const unnamed: number[] = [];
  for (const [place, name] of names.entries()) {
    if (name === '') unnamed.push(place + 1);
    else if (places.has(name)) twice.add(name);
    else places.set(name, place);
  }
  if (places.size === 0) throw new DataError('The first line has no names of columns.');
  for (const name of twice)
    onRemark(`Two columns are named ${quoted(name)}; the first one counts.`);
  for (const place of unnamed) onRemark(`Column ${place} has no name and is left out.`);
  return {
    count: header.length,
    valuesOf: (cells) => new Map([...places].map(([name, place]) => [name, cells[place] ?? ''])),
  };
}

/** Rows that have more or fewer cells than there are columns. */
class UnevenRows {
  #first: { readonly number: number; readonly cells: number } | undefined;
  #count = 0;

  count(number: number, cells: number, columns: number): void {
    if (cells === columns) return;
    this.#first ??= { number, cells };
    this.#count++;
  }

  remark(columns: number): string | undefined {
    const { number = 0, cells = 0 } = this.#first ?? {};
    if (this.#count === 0) return undefined;
    const others = this.#count === 1 ? '' : `, as do ${formatInteger(this.#count - 1)} others`;
    return `Row ${formatInteger(number)} has ${cells} values for ${columns} columns${others}. What is missing is empty; what is too much is left out.`;
  }
}

function isCsvError(error: unknown): error is CsvError {
  return String(codeOf(error) ?? '').startsWith('CSV_');
}

function csvProblem(error: CsvError): string {
  const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : undefined;
  const at = line === undefined ? '' : ` at line ${formatInteger(line)}`;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `A quote is opened${at} and never closed.`;
    case 'CSV_MAX_RECORD_SIZE':
      return `A row is too large${at}. Is a quote never closed?`;
    default:
      return `The table cannot be read${at}: ${messageOf(error).replace(/[.\s]+$/, '')}.`;
  }
}
