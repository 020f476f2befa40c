import type { RunResult } from '../../shared/runResult.ts';
import { type ExportFormatName, type FormatFacts, formatFacts } from './formatFacts.ts';
import { jsonLinePieces, jsonPieces } from './jsonPieces.ts';
import { junitPieces } from './junit.ts';
import { markdownPieces } from './markdown.ts';

/** A format for the result of a run. */
export interface ExportFormat extends FormatFacts {
  /** The text in pieces, so that a large text is never in memory as a whole. */
  readonly pieces: (result: RunResult, title: string) => Iterable<string>;
}

/** All formats. */
export const exportFormats: { readonly [N in ExportFormatName]: ExportFormat } = {
  json: { ...formatFacts.json, pieces: jsonPieces },
  jsonl: { ...formatFacts.jsonl, pieces: jsonLinePieces },
  junit: { ...formatFacts.junit, pieces: junitPieces },
  markdown: { ...formatFacts.markdown, pieces: markdownPieces },
};

/** The format of a file by its extension; JSON for any other extension. */
export function formatOfFile(file: string): ExportFormat {
  const name = file.toLowerCase();
  const found = Object.values(exportFormats).find(({ extension }) =>
    name.endsWith(`.${extension}`),
  );
  return found ?? exportFormats.json;
}
