import { formatInteger, plural } from '../../../shared/quantities.ts';
import { sliceWhole } from '../../base/text.ts';
import { ToolError } from '../tool.ts';
import type { ToolLimits } from '../toolLimits.ts';
import { countFitting, withNotes } from '../toolText.ts';
import type { FileText } from './workspace.ts';

/** The requested part of a file. All numbers count from 1. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
  /** Column of the first line. */
  readonly startColumn: number;
  /** Of the last line; the whole line when it is infinite. */
  readonly endColumn: number;
}

/** Formats lines of a file, or a part of a line that is too long, and says how to read the rest. */
export function formatLines(file: FileText, range: LineRange, limits: ToolLimits): string {
  if (file.text === '') return 'The file is empty.';
  const { startLine, endLine, startColumn } = range;
  const whole = linesOf(file.text);
  const lines = upToColumn(whole, range);
  const first = whole[startLine - 1];
  if (first === undefined) {
    throw new ToolError(
      `The file has ${plural(lines.length, 'line')}; startLine is behind the last.`,
    );
  }
  if (startColumn > Math.max(1, first.length)) {
    throw new ToolError(
      `Line ${startLine} has ${plural(first.length, 'character')}; startColumn is behind the last.`,
    );
  }
  const rest = sliceWhole(first, startColumn - 1, (lines[startLine - 1] ?? first).length);
  const asked = [
    rest,
    ...lines.slice(startLine, Math.min(endLine, startLine - 1 + limits.fileLines)),
  ];
  const fitting = countWhole(asked, limits.resultLength);
  if (fitting === 0) {
    const shown = sliceWhole(rest, 0, limits.resultLength);
    return withNotes([shown], [columnNote(range, first.length, shown.length)]);
  }
  const last = startLine - 1 + fitting;
  const notes: string[] = [];
  if (startColumn > 1)
    notes.push(`From column ${formatInteger(startColumn)} of line ${formatInteger(startLine)}.`);
  if (last === endLine) notes.push(endColumnNote(range, whole));
  if (fitting < lines.length) {
    const shown = `Lines ${formatInteger(startLine)} to ${formatInteger(last)} of ${formatInteger(lines.length)}.`;
    const isShort = last < Math.min(endLine, lines.length);
    notes.push(isShort ? `${shown} Go on with startLine ${last + 1}.` : shown);
  }
  return withNotes(asked.slice(0, fitting), notes);
}

/** The lines, of which the last that is wanted ends at its column. */
function upToColumn(
  lines: readonly string[],
  { endLine, endColumn }: LineRange,
): readonly string[] {
  const last = lines[endLine - 1];
  if (last === undefined || endColumn >= last.length) return lines;
  return lines.with(endLine - 1, sliceWhole(last, 0, endColumn));
}

function endColumnNote({ endLine, endColumn }: LineRange, lines: readonly string[]): string {
  const length = lines[endLine - 1]?.length ?? 0;
  if (endColumn >= length) return '';
  return `To column ${formatInteger(endColumn)} of ${formatInteger(length)} in line ${formatInteger(endLine)}.`;
}

/** How many of the lines fit as a whole. One alone needs no room for a line end. */
export function countWhole(lines: readonly string[], length: number): number {
  const fitting = countFitting(lines, length);
  const [first] = lines;
  return fitting === 0 && first !== undefined && first.length <= length ? 1 : fitting;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  // A newline at the end does not start another line.
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

/** The note for a line that is too long for one result and is shown in parts. */
function columnNote({ startLine, startColumn }: LineRange, length: number, shown: number): string {
  const last = startColumn - 1 + shown;
  return [
    `Line ${formatInteger(startLine)} has ${formatInteger(length)} characters: ${formatInteger(startColumn)} to ${formatInteger(last)} are shown, ${formatInteger(length - last)} are left.`,
    `Go on with startLine ${startLine} and startColumn ${last + 1}, or find the place with search_text.`,
  ].join(' ');
}
