import type { RunResult } from '../../shared/runResult.ts';
import { jsonLinePieces, jsonPieces } from './jsonPieces.ts';
import { junitPieces } from './junit.ts';
import { markdownPieces } from './markdown.ts';

/** A format in which the result of a run is written. */
export interface ExportFormat {
  /** The ending of its files. */
  readonly extension: string;
  /** What VS Code calls it where a file is chosen. */
  readonly label: string;
  /** What the option of the command line with the format's name does. */
  readonly help: string;
  /** Whether characters that are not seen can be escaped in it without a change of what it says. */
  readonly isJson: boolean;
  /** The text in pieces, so that a large one need not be in memory as a whole. */
  readonly pieces: (result: RunResult, title: string) => Iterable<string>;
}

/** Every format. Its name is the option of `interleave run`. */
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
    help: 'write one line of JSON a conversation to a file, or -',
    isJson: true,
    pieces: jsonLinePieces,
  },
  junit: {
    extension: 'xml',
    label: 'JUnit (for build servers)',
    help: 'write a JUnit report, one test case a prompt, to a file, or -',
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

export type ExportFormatName = keyof typeof exportFormats;
export const exportFormatNames = Object.keys(exportFormats) as readonly ExportFormatName[];

/** The format of a file by its ending; JSON for every other one. */
export function formatOfFile(file: string): ExportFormat {
  const name = file.toLowerCase();
  const found = Object.values<ExportFormat>(exportFormats).find(({ extension }) =>
    name.endsWith(`.${extension}`),
  );
  return found ?? exportFormats.json;
}
