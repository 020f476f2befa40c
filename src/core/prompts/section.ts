import { checkOptions, type FileOptions } from './checkOptions.ts';
import { errorAt, type Report } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import { readOptions } from './optionsYaml.ts';
import { parseTemplate } from './parseTemplate.ts';
import type { OptionsComment, PromptDocument } from './promptDocument.ts';
import { endOfText, firstTextLine, isBlank, span } from './sourceText.ts';
import type { Template } from './template.ts';
import { templateText } from './template.ts';
import { reportVariables } from './variables.ts';

/** The part of a document that makes one prompt, without its heading. */
export interface Section {
  readonly options: FileOptions;
  /** As written; may be empty. */
  readonly text: string;
  /** The same text with its variables and links. */
  readonly template: Template;
  /** Line after the last one with text, the options comment included. */
  readonly endLine: number;
  /** Whether the options comment is unclosed, so that the text is part of it. */
  readonly isCutOff: boolean;
}

/** Reads the lines `[from, to)` as one prompt: an options comment, if there is one, then the text. */
export function readSection(
  document: PromptDocument,
  from: number,
  to: number,
  reading: FileReading,
): Section {
  const { lines, optionsComments } = document;
  const { report } = reading;
  const firstLine = firstTextLine(lines, from, to);
  const found = optionsComments.get(firstLine);
  const comment = found?.block.isNested ? undefined : found;
  const isCutOff = comment?.block.closed === false;
  const entries = comment && !isCutOff ? readOptions(comment.source, namingEarlyEnd(report)) : [];
  if (comment) reportTextAfter(lines, comment, report);
  const textLine = comment ? firstTextLine(lines, comment.block.endLine + 1, to) : firstLine;
  const textEnd = endOfText(lines, textLine, to);
  reportMisplacedOptions(document, textLine, textEnd, report);
  const template = parseTemplate({
    ...{ lines, from: textLine, to: textEnd, isInFence: document.isInFence },
    attachesLinks: reading.attachesLinks ?? false,
  });
  reportVariables(template, report);
  return {
    options: checkOptions(entries, reading),
    text: templateText(template),
    template,
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

function reportTextAfter(lines: readonly string[], { block }: OptionsComment, report: Report) {
  const line = lines[block.endLine] ?? '';
  if (!block.closed || isBlank(line.slice(block.endColumn))) return;
  const message = 'Text after an options comment is not sent. Put it on a line of its own.';
  const range = span(block.endLine, block.endColumn, line.length - block.endColumn);
  report(errorAt(range, 'text-after-options', message));
}

/** Reports options comments in `[from, to)`: there they have no effect and would be sent as text. */
export function reportMisplacedOptions(
  { optionsComments }: PromptDocument,
  from: number,
  to: number,
  report: Report,
): void {
  if (optionsComments.size === 0) return;
  for (let line = from; line < to; line++) {
    const comment = optionsComments.get(line);
    if (!comment) continue;
    const { block } = comment;
    const message =
      'Options take effect directly under the heading of a prompt, or at the start of the text of a *.prompt.md. Move this comment there, or remove it.';
    report(errorAt(span(line, block.column, 4), 'misplaced-options', message));
  }
}
