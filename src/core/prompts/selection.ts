import { formatPromptId, type PromptId } from '../../shared/promptId.ts';
import { errorAt } from './diagnostics.ts';
import type { Prompt, PromptDiagnostic, PromptFile } from './prompt.ts';
import { defaultMaxBytes, endOfText, firstTextLine, readLines, span } from './sourceText.ts';
import { plainTemplate } from './template.ts';
import type { TextRange } from './textRange.ts';

/** The id and name of a selection as a prompt. */
export interface SelectedText {
  readonly id: PromptId;
  readonly name: string;
}

/**
 * A selection in any editor as one prompt: its text, without blank lines at the start and end. Ranges count from the
 * start of the selection. It may have at most `maxBytes` bytes of UTF-8.
 */
export function promptsFromSelection(
  text: string,
  { id, name }: SelectedText,
  maxBytes: number = defaultMaxBytes,
): PromptFile {
  const diagnostics: PromptDiagnostic[] = [];
  const lines = readLines({ text, what: 'selection', maxBytes }, (diagnostic) => {
    diagnostics.push(diagnostic);
  });
  if (!lines) return { prompts: [], diagnostics };
  const line = firstTextLine(lines, 0, lines.length);
  const end = endOfText(lines, line, lines.length);
  if (line === end) {
    const message = 'There is no text in the selection. Select the text to send.';
    diagnostics.push(errorAt(span(0, 0, 0), 'empty-prompt', message));
    return { prompts: [], diagnostics };
  }
  const sent = lines.slice(line, end).join('\n');
  const prompt: Prompt = {
    id: formatPromptId(id),
    name,
    ...{ text: sent, template: plainTemplate(sent) },
    options: {},
    range: { line, column: 0, endLine: end - 1, endColumn: lines[end - 1]?.length ?? 0 },
    skip: false,
  };
  return { prompts: [prompt], diagnostics };
}

/**
 * The prompts that the ranges touch, in file order. An empty range is a cursor. On the blank lines below a prompt, a
 * cursor counts as in that prompt. Notes belong to no prompt.
 */
export function promptsInRanges(file: PromptFile, ranges: readonly TextRange[]): readonly Prompt[] {
  return file.prompts.filter((prompt, index) => {
    const next = file.prompts[index + 1];
    return ranges.some((range) =>
      isCursor(range) ? isCursorIn(range, prompt, next) : overlaps(range, prompt.range),
    );
  });
}

function isCursor(range: TextRange): boolean {
  return range.line === range.endLine && range.column === range.endColumn;
}

function isCursorIn(cursor: TextRange, prompt: Prompt, next: Prompt | undefined): boolean {
  const { line, column } = cursor;
  const isAfterStart = !isBefore(line, column, prompt.range.line, prompt.range.column);
  return isAfterStart && (!next || isBefore(line, column, next.range.line, next.range.column));
}

function overlaps(a: TextRange, b: TextRange): boolean {
  return (
    isBefore(a.line, a.column, b.endLine, b.endColumn) &&
    isBefore(b.line, b.column, a.endLine, a.endColumn)
  );
}

function isBefore(line: number, column: number, otherLine: number, otherColumn: number): boolean {
  return line < otherLine || (line === otherLine && column < otherColumn);
}
