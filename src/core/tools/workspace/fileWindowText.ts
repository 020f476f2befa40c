import { formatBytes, formatInteger, plural } from '../../../shared/quantities.ts';
import { sliceWhole } from '../../base/text.ts';
import { ToolError } from '../tool.ts';
import type { ToolLimits } from '../toolLimits.ts';
import { withNotes } from '../toolText.ts';
import { countWhole, type LineRange } from './fileLinesText.ts';
import type { FileWindow } from './fileWindow.ts';
import type { TextWindow } from './workspace.ts';

/** Formats a part of a large file and says how to read the rest. */
export function formatWindow(window: TextWindow, range: LineRange, limits: ToolLimits): string {
  const { startLine } = range;
  if ('lineCount' in window) {
    throw new ToolError(
      `The file has ${plural(window.lineCount, 'line')}; startLine is behind the last.`,
    );
  }
  if ('lineLength' in window) {
    throw new ToolError(
      `Line ${startLine} has ${plural(window.lineLength, 'character')}; startColumn is behind the last.`,
    );
  }
  const lines = window.text.split('\n');
  // A newline at the end does not start another line.
  if (window.isEnd && window.text.endsWith('\n')) lines.pop();
  const wanted = wantedOf(lines, window, range).slice(0, limits.fileLines);
  const fitting = countWhole(wanted, limits.resultLength);
  if (fitting === 0) return formatPiece(lines[0] ?? '', window, range, limits);
  const shown = wanted.slice(0, fitting);
  const last = startLine + fitting - 1;
  const isLastOfFile = window.isEnd && fitting === lines.length;
  const isAll = last === range.endLine || isLastOfFile;
  return withNotes(shown, [
    ...placeNotes(range, shown),
    isAll ? '' : `Go on with startLine ${last + 1}.`,
    restNote(window, isLastOfFile, lengthOf(shown)),
  ]);
}

/** The lines that are wanted and whole, the last up to its end column. */
function wantedOf(
  lines: readonly string[],
  { isEnd }: FileWindow,
  { startLine, endLine, startColumn, endColumn }: LineRange,
): readonly string[] {
  const index = endLine - startLine;
  const last = lines[index];
  // Columns of the first line count from its beginning, which may not be in the window.
  const end = endColumn - (index === 0 ? startColumn - 1 : 0);
  const isWhole = isEnd || index < lines.length - 1 || end <= (last?.length ?? 0);
  if (last !== undefined && isWhole) return [...lines.slice(0, index), sliceWhole(last, 0, end)];
  return isEnd ? lines : lines.slice(0, -1);
}

/** Formats the beginning of a line that is too long for one result. */
function formatPiece(
  line: string,
  window: FileWindow,
  { startLine, startColumn }: LineRange,
  { resultLength }: ToolLimits,
): string {
  const shown = sliceWhole(line, 0, resultLength);
  const last = startColumn - 1 + shown.length;
  return withNotes(
    [shown],
    [
      `Characters ${formatInteger(startColumn)} to ${formatInteger(last)} of line ${formatInteger(startLine)}, which has more.`,
      `Go on with startLine ${startLine} and startColumn ${last + 1}.`,
      restNote(window, false, shown.length),
    ],
  );
}

function placeNotes(
  { startLine, startColumn, endLine, endColumn }: LineRange,
  shown: readonly string[],
): readonly string[] {
  const last = startLine + shown.length - 1;
  const isCut = last === endLine && endColumn !== Infinity;
  return [
    `Lines ${formatInteger(startLine)} to ${formatInteger(last)}.`,
    startColumn > 1 ? `The first from column ${formatInteger(startColumn)}.` : '',
    isCut ? `The last to column ${formatInteger(endColumn)}.` : '',
  ];
}

/** How much of the file comes after what is shown, which has so many UTF-16 units. */
function restNote({ text, bytes, bytesRead }: FileWindow, isEnd: boolean, shown: number): string {
  if (isEnd) return 'This is the end of the file.';
  const left = bytes - bytesRead + Buffer.byteLength(text.slice(shown));
  return `The file has ${formatBytes(bytes)}; about ${formatBytes(left)} of it come after this.`;
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, { length }) => sum + length + 1, 0);
}
