import { errorAt, type Report } from './diagnostics.ts';
import type { PromptDocument, SettingsComment } from './promptDocument.ts';
import { checkSettings, type Settings } from './settings.ts';
import { readSettings } from './settingsYaml.ts';
import { endOfText, firstTextLine, isBlank, span } from './sourceText.ts';
import { reportVariables } from './variables.ts';

/** The part of a document that makes one prompt, without its heading. */
export interface Section {
  readonly settings: Settings;
  /** What is sent; may be empty. */
  readonly text: string;
  /** Line after the last one with text, the settings comment included. */
  readonly endLine: number;
  /** Whether the settings comment is unclosed, so that the text is part of it. */
  readonly isCutOff: boolean;
}

/** Reads the lines `[from, to)` as one prompt: a settings comment, if there is one, then the text. */
export function readSection(
  document: PromptDocument,
  from: number,
  to: number,
  options: { readonly knownTools: readonly string[] | undefined; readonly report: Report },
): Section {
  const { lines, settingsComments } = document;
  const { knownTools, report } = options;
  const firstLine = firstTextLine(lines, from, to);
  const found = settingsComments.get(firstLine);
  const comment = found?.block.isNested ? undefined : found;
  const isCutOff = comment?.block.closed === false;
  const entries = comment && !isCutOff ? readSettings(comment.source, namingEarlyEnd(report)) : [];
  if (comment) reportTextAfter(lines, comment, report);
  const textLine = comment ? firstTextLine(lines, comment.block.endLine + 1, to) : firstLine;
  const textEnd = endOfText(lines, textLine, to);
  reportMisplacedSettings(document, textLine, textEnd, report);
  for (let line = textLine; line < textEnd; line++) {
    if (!document.isInFence(line)) reportVariables(lines[line] ?? '', line, report);
  }
  return {
    settings: checkSettings(entries, knownTools, report),
    text: lines.slice(textLine, textEnd).join('\n'),
    endLine: endOfText(lines, from, to),
    isCutOff,
  };
}

/** A `-->` inside quotes ends the comment; the YAML error about the open quote must say so. */
function namingEarlyEnd(report: Report): Report {
  return (problem) => {
    const isCut = problem.code === 'invalid-yaml' && /closing ["'].*quote/i.test(problem.message);
    const message =
      'This comment ends at its first "-->", even inside quotes. Write "--\\x3E" for it, inside double quotes.';
    report(isCut ? { ...problem, message } : problem);
  };
}

function reportTextAfter(lines: readonly string[], { block }: SettingsComment, report: Report) {
  const line = lines[block.endLine] ?? '';
  if (!block.closed || isBlank(line.slice(block.endColumn))) return;
  const message = 'Text after a settings comment is not sent. Put it on a line of its own.';
  const range = span(block.endLine, block.endColumn, line.length - block.endColumn);
  report(errorAt(range, 'text-after-settings', message));
}

/** Reports settings comments in `[from, to)`: there they have no effect and would be sent as text. */
export function reportMisplacedSettings(
  { settingsComments }: PromptDocument,
  from: number,
  to: number,
  report: Report,
): void {
  if (settingsComments.size === 0) return;
  for (let line = from; line < to; line++) {
    const comment = settingsComments.get(line);
    if (!comment) continue;
    const { block } = comment;
    const message =
      'Settings take effect directly under the heading of a prompt, or at the start of the text of a *.prompt.md. Move this comment there, or remove it.';
    report(errorAt(span(line, block.column, 4), 'misplaced-settings', message));
  }
}
