import type { TextRange } from '../textRange.ts';

/** How a table is written. */
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'json';

/** Where the rows of a prompt come from. */
export type DataSource =
  | { readonly kind: 'table'; readonly path: string; readonly range: TextRange }
  | {
      /** Each file that the glob matches is a row. */
      readonly kind: 'files';
      readonly glob: string;
      readonly exclude: readonly string[];
      readonly range: TextRange;
    }
  | {
      /** A code fence in the prompt. */
      readonly kind: 'fence';
      readonly format: TableFormat;
      readonly text: string;
      readonly range: TextRange;
    };

const formats: { readonly [ending: string]: TableFormat } = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
};

/** The format of a table, by the ending of its file; undefined for any other file. */
export function formatOfTable(path: string): TableFormat | undefined {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(formats, ending) ? formats[ending] : undefined;
}

/** The format of a fence of data, such as `csv data`; undefined for any other fence. */
export function formatOfFence(info: string): TableFormat | undefined {
  const [, name = ''] = /^\s*(\w+)\s+data\s*$/i.exec(info) ?? [];
  return formatOfTable(`.${name}`);
}
