import { UserError } from '../core/base/errors.ts';
import { openRegularFile } from '../core/base/openRegularFile.ts';
import type { DataSource } from '../core/prompts/rows/dataSource.ts';
import { formatOfTable } from '../core/prompts/rows/dataSource.ts';
import type { RowOptions } from '../core/prompts/rows/expandPrompt.ts';
import { fileProblem } from './fileProblem.ts';
import { hasGlob } from './globFiles.ts';
import type { RunCommandOptions } from './runOptions.ts';

/** The options that are about rows. */
export type DataOptions = Pick<RunCommandOptions, 'data' | 'rows' | 'sample' | 'seed'>;

/**
 * The data and rows that the command line chooses. The table that it names may be anywhere, because the user chose it.
 * Throws a `UserError` for a file that is no table.
 */
export function givenData({
  data,
  rows,
  sample,
  seed,
}: DataOptions): Pick<RowOptions, 'data' | 'openData' | 'choice'> {
  const choice = {
    ...(rows === undefined ? {} : { ranges: rows }),
    ...(sample === undefined ? {} : { sample: { size: sample, seed: seed ?? 1 } }),
  };
  if (data === undefined) return { choice };
  const range = { line: 0, column: 0, endLine: 0, endColumn: 0 };
  const isTable = formatOfTable(data) !== undefined && !hasGlob(data);
  if (!isTable && !hasGlob(data)) {
    throw new UserError(
      `--data ${data} is neither a .csv, .tsv, .jsonl or .json file nor a glob of files.`,
    );
  }
  const source: DataSource = isTable
    ? { kind: 'table', path: data, range }
    : { kind: 'files', glob: data, exclude: [], range };
  return { choice, data: source, ...(isTable ? { openData: () => bytesOf(data) } : {}) };
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await openRegularFile(file).catch((error: unknown) => {
    throw new Error(`It ${fileProblem(error)}.`);
  });
  yield* handle.createReadStream();
}
