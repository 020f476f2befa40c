import { checkOptions, type FileOptions } from './checkOptions.ts';
import { errorAt, type Report } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import type { Block } from './markdownBlocks.ts';
import { readOptions } from './optionsYaml.ts';
import { parseTemplate } from './parseTemplate.ts';
import type { DataFence, OptionsComment, PromptDocument } from './promptDocument.ts';
import { endOfText, firstTextLine, isBlank, span, wholeLine } from './sourceText.ts';
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
  const fences = dataFencesOf(document, textLine, textEnd);
  const template = parseTemplate({
    ...{ lines, numbers: linesOfText(lines, fences, textLine, textEnd) },
    isInFence: document.isInFence,
    attachesLinks: reading.attachesLinks ?? false,
  });
  reportVariables(template, report);
  return {
    options: withFence(checkOptions(entries, reading), lines, fences, report),
    text: templateText(template),
    template,
    endLine: endOfText(lines, from, to),
    isCutOff,
  };
}

function dataFencesOf(
  { dataFences }: PromptDocument,
  from: number,
  to: number,
): readonly DataFence[] {
  if (dataFences.size === 0) return [];
  return [...dataFences.values()].filter(({ block }) => block.line >= from && block.line < to);
}

/** The lines of the text: fences with data are no part of it. */
function linesOfText(
  lines: readonly string[],
  fences: readonly DataFence[],
  from: number,
  to: number,
): readonly number[] {
  const all = Array.from({ length: to - from }, (_, index) => from + index);
  if (fences.length === 0) return all;
  const inFences = ({ line, endLine }: Block, number: number) =>
    number >= line && number <= endLine;
  const kept = all.filter((number) => !fences.some(({ block }) => inFences(block, number)));
  const isText = (number: number): boolean => !isBlank(lines[number] ?? '');
  const first = kept.findIndex(isText);
  return first < 0 ? [] : kept.slice(first, kept.findLastIndex(isText) + 1);
}

/** The options with the data of the fence. A prompt has its data in one place. */
function withFence(
  options: FileOptions,
  lines: readonly string[],
  [fence, second]: readonly DataFence[],
  report: Report,
): FileOptions {
  if (fence === undefined) return options;
  const other = options.data?.range ?? (second && wholeLine(lines, second.block.line));
  if (other !== undefined) {
    const message = 'This prompt has its data in two places. Keep one of them.';
    report(errorAt(other, 'duplicate-option', message));
  }
  const { line, endLine } = fence.block;
  const text = lines.slice(line + 1, endLine).join('\n');
  const range = wholeLine(lines, line);
  return { ...options, data: { kind: 'fence', format: fence.format, text, range } };
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
