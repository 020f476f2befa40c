import { formatInteger } from '../../shared/quantities.ts';
import { defaultLimitValues } from '../base/limits.ts';
import { formatSize } from '../base/limitValues.ts';
import { errorAt, type Report, warningAt } from './diagnostics.ts';
import type { TextRange } from './textRange.ts';

/** Default max size of a prompt file or selection, in UTF-8 bytes. */
export const defaultMaxBytes = defaultLimitValues.promptKB * 1000;

/** A text to read. */
export interface SourceText {
  readonly text: string;
  readonly what: 'file' | 'selection';
  /** UTF-8 bytes. */
  readonly maxBytes: number;
}

const startOfFile: TextRange = { line: 0, column: 0, endLine: 0, endColumn: 0 };
const byteOrderMark = '\uFEFF';

/**
 * Splits a document into lines as an editor does, at CRLF, LF or CR, without byte order mark, so that
 * columns are those of the open document. Lone surrogates are replaced. Reports a text that is too large
 * and returns `undefined` for it.
 */
export function readLines(source: SourceText, report: Report): readonly string[] | undefined {
  const { text, maxBytes } = source;
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > maxBytes) {
    report(errorAt(startOfFile, 'too-large', tooLargeMessage(bytes, source)));
    return undefined;
  }
  const bare = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const lines = withoutMarks(splitLines(bare.toWellFormed()), report);
  reportNul(lines, report);
  if (!bare.isWellFormed()) reportMalformed(splitLines(bare), report);
  return lines;
}

/**
 * Removes byte order marks at the start of lines. They come from joined files and would hide a heading or
 * front matter.
 */
function withoutMarks(lines: readonly string[], report: Report): readonly string[] {
  if (!lines.some((line) => line.startsWith(byteOrderMark))) return lines;
  return lines.map((line, index) => {
    if (!line.startsWith(byteOrderMark)) return line;
    const message =
      'An invisible byte order mark stands here, as where files were joined. It is left out; remove it.';
    report(warningAt(span(index, 0, 0), 'hidden-mark', message));
    return line.replace(/^\uFEFF+/, '');
  });
}

function splitLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

function tooLargeMessage(bytes: number, { what, maxBytes }: SourceText): string {
  const size = formatInteger(bytes);
  const limit = formatInteger(maxBytes);
  const advice = what === 'file' ? 'Split it into several files.' : 'Select less.';
  return `This ${what} has ${size} bytes; the limit is ${limit} (${formatSize(maxBytes)}). ${advice}`;
}

function reportNul(lines: readonly string[], report: Report): void {
  const line = lines.findIndex((each) => each.includes('\0'));
  if (line < 0) return;
  const message =
    'There is a NUL character here, which no provider accepts. Remove it; if the whole file looks garbled, save it as UTF-8.';
  report(errorAt(span(line, lines[line]?.indexOf('\0') ?? 0, 1), 'nul-character', message));
}

function reportMalformed(lines: readonly string[], report: Report): void {
  const line = lines.findIndex((each) => !each.isWellFormed());
  const text = lines[line] ?? '';
  const repaired = text.toWellFormed();
  let column = 0;
  while (column < text.length && text[column] === repaired[column]) column++;
  const message =
    'Half a character (a lone surrogate) stands here and is sent as "\uFFFD". Type the character again.';
  report(warningAt(span(line, column, 1), 'invalid-text', message));
}

/** A range within one line. */
export function span(line: number, column: number, length: number): TextRange {
  return { line, column, endLine: line, endColumn: column + length };
}

/** A whole line, without its end. */
export function wholeLine(lines: readonly string[], line: number): TextRange {
  return span(line, 0, lines[line]?.length ?? 0);
}

/** Whether a line has only whitespace. */
export function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** The first line with text in `[from, to)`, or `to` when there is none. */
export function firstTextLine(lines: readonly string[], from: number, to: number): number {
  let line = from;
  while (line < to && isBlank(lines[line] ?? '')) line++;
  return line;
}

/** The line after the last one with text in `[from, to)`, or `from` when there is none. */
export function endOfText(lines: readonly string[], from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(lines[end - 1] ?? '')) end--;
  return end;
}
