import { quoted } from '../../base/text.ts';
import type { OptionValue } from '../optionsYaml.ts';
import type { DataSource } from './dataSource.ts';
import { formatOfTable } from './dataSource.ts';

/** Completes `"data" must be …`. */
export const dataDescription =
  'the path of a .csv, .tsv, .jsonl or .json file, or { files: "src/**/*.ts", exclude: … }';

/** Reads the option `data`, or says what is there instead: completes `here it …`. */
export function readDataSource(value: OptionValue): DataSource | string {
  const { range } = value;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    const path = value.value.trim();
    if (formatOfTable(path) !== undefined) return { kind: 'table', path, range };
    return `is the text ${quoted(value.value)}`;
  }
  if (value.kind !== 'map') return 'is neither';
  const wrong = value.entries.find(({ name }) => name !== 'files' && name !== 'exclude');
  if (wrong !== undefined) return `has ${quoted(wrong.name)}`;
  const named = new Map(value.entries.map((entry) => [entry.name, entry]));
  const glob = named.get('files')?.value;
  if (typeof glob !== 'string' || glob.trim() === '') return 'has no text for "files"';
  const exclude = named.get('exclude');
  if (exclude === undefined) return { kind: 'files', glob: glob.trim(), exclude: [], range };
  const globs = textsOf(exclude.value ?? exclude.items);
  if (globs === undefined) return 'has no text, or list of texts, for "exclude"';
  return { kind: 'files', glob: glob.trim(), exclude: globs, range };
}

function textsOf(value: unknown): readonly string[] | undefined {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = all.filter((each): each is string => typeof each === 'string' && each !== '');
  return texts.length === all.length ? texts : undefined;
}
