import type { RunResult } from '../../shared/runResult.ts';
import { jsonLinePieces, jsonPieces } from './jsonPieces.ts';
import { junitPieces } from './junit.ts';
import { markdownPieces } from './markdown.ts';

/** A format for the result of a run. */
export interface ExportFormat {
  /** The file extension, without a dot. */
  readonly extension: string;
  /** Its name in file dialogs. */
  readonly label: string;
  /** The help text of its command line option. */
  readonly help: string;
  /** Whether it is JSON, in which invisible characters can be escaped without a change of meaning. */
  readonly isJson: boolean;
  /** The text in pieces, so that a large text is never in memory as a whole. */
  readonly pieces: (result: RunResult, title: string) => Iterable<string>;
}

/** All formats. The name of each is its option of `interleave run`. */
export const exportFormats = {
  json: {
    extension: 'json',
    label: 'JSON (complete)',
    help: 'write the whole result as JSON to a file, or - for standard output',
    isJson: true,
    pieces: jsonPieces,
  },
  jsonl: {
    extension: 'jsonl',
    label: 'JSON Lines (one conversation a line)',
    help: 'write one line of JSON per conversation to a file, or -',
    isJson: true,
    pieces: jsonLinePieces,
  },
  junit: {
    extension: 'xml',
    label: 'JUnit (for build servers)',
    help: 'write a JUnit report with one test case per prompt to a file, or -',
    isJson: false,
    pieces: junitPieces,
  },
  markdown: {
    extension: 'md',
    label: 'Markdown (report)',
    help: 'write a report in Markdown to a file, or -',
    isJson: false,
    pieces: markdownPieces,
  },
} as const satisfies { readonly [name: string]: ExportFormat };

/** The name of an export format. */
export type ExportFormatName = keyof typeof exportFormats;
/** The names of all export formats. */
export const exportFormatNames = Object.keys(exportFormats) as readonly ExportFormatName[];

/** The format of a file by its extension; JSON for any other extension. */
export function formatOfFile(file: string): ExportFormat {
  const name = file.toLowerCase();
  const found = Object.values<ExportFormat>(exportFormats).find(({ extension }) =>
    name.endsWith(`.${extension}`),
  );
  return found ?? exportFormats.json;
}
