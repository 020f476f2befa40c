import { formatInteger } from '../../../shared/quantities.ts';
import { messageOf } from '../../../shared/thrown.ts';
import { quoted } from '../../base/text.ts';
import type { LinkedFiles } from '../bindTemplate.ts';
import type { DataSource } from './dataSource.ts';
import { formatOfTable } from './dataSource.ts';
import { readTable } from './readTable.ts';
import type { Row } from './row.ts';
import { DataError } from './row.ts';

/** The files that data come from, by the rules that tools read them with. */
export interface DataFiles extends LinkedFiles {
  /** The bytes of the first of these files that there is. Rejects as `read` does. */
  open(paths: readonly string[]): AsyncIterable<Uint8Array>;
  /** The files that a glob matches, sorted. */
  list(glob: string): Promise<FoundDataFiles>;
}

/** Files that a glob matches. */
export interface FoundDataFiles {
  readonly paths: readonly string[];
  /** Whether there are more than are listed. */
  readonly isCut: boolean;
  /** Number of files and folders that may not be read. */
  readonly leftOut: number;
}

/** What rows are read with. */
export interface DataReading {
  readonly files: DataFiles;
  /** The folder of the prompt file, as a workspace path: paths are relative to it. */
  readonly folder: string;
  /** Whether the prompt has the variable `{{content}}`, so that files have to be read. */
  readonly needsContent: boolean;
  onRemark(text: string): void;
}

/** Reads the rows of a source. Throws a `DataError` that says what is wrong with it. */
export async function* readRows(source: DataSource, reading: DataReading): AsyncGenerator<Row> {
  const { files, folder, onRemark } = reading;
  if (source.kind === 'files') return yield* rowsOfFiles(source, reading);
  if (source.kind === 'fence') {
    const bytes = bytesOf(source.text);
    return yield* readTable({ bytes, format: source.format, onRemark });
  }
  const { path } = source;
  const format = formatOfTable(path);
  if (format === undefined) throw new DataError(`${quoted(path)} is no table.`);
  const paths = folder === '' ? [path] : [`${folder}/${path}`, path];
  try {
    yield* readTable({ bytes: files.open(paths), format, onRemark });
  } catch (error) {
    throw new DataError(`${quoted(path)}: ${messageOf(error)}`);
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** A row for each file, with the columns `path`, `name` and `content`; `${file}` is its path, too. */
async function* rowsOfFiles(
  { glob, exclude }: Extract<DataSource, { readonly kind: 'files' }>,
  { files, needsContent, onRemark }: DataReading,
): AsyncGenerator<Row> {
  const found = await files.list(glob);
  const excluded = new Set<string>();
  for (const each of exclude) for (const path of (await files.list(each)).paths) excluded.add(path);
  const paths = found.paths.filter((path) => !excluded.has(path));
  if (found.leftOut > 0) {
    onRemark(`Left out because they may not be read: ${formatInteger(found.leftOut)}.`);
  }
  if (found.isCut) {
    throw new DataError(
      `More than ${formatInteger(found.paths.length)} files match ${quoted(glob)}. Write a narrower glob.`,
    );
  }
  for (const [index, path] of paths.entries()) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const content = needsContent ? await contentOf(path, files) : '';
    const values = new Map([
      ['path', path],
      ['name', name],
      ['content', content],
      ['file', path],
    ]);
    // The key of a file is its path: what changes in it is a changed row.
    yield { number: index + 1, values: new Map([['_id', path], ...values]) };
  }
}

async function contentOf(path: string, files: LinkedFiles): Promise<string> {
  try {
    return (await files.read([path])).text;
  } catch (error) {
    throw new DataError(`${quoted(path)}: ${messageOf(error)}`);
  }
}
