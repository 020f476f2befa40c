import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../core/base/errors.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { visibleText } from '../core/base/text.ts';
import { UnusableFileError } from '../core/base/unusableFile.ts';
import { findBlocks } from '../core/prompts/markdownBlocks.ts';
import type { ParseOptions } from '../core/prompts/parsePromptFile.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import { parseTemplate } from '../core/prompts/parseTemplate.ts';
import type { Prompt, PromptDiagnostic, PromptFile } from '../core/prompts/prompt.ts';
import { promptsFromSelection } from '../core/prompts/selection.ts';
import { defaultMaxBytes } from '../core/prompts/sourceText.ts';
import type { RunPrompt } from '../core/runner/runRequest.ts';
import { fileProblem } from './fileProblem.ts';
import type { FoundFile } from './foundFiles.ts';
import { decodePromptBytes } from './promptBytes.ts';
import { findPromptFiles, idFile, standardInput } from './promptFiles.ts';

/** A prompt of a file. One with `skip` runs only when `--select` names it. */
export interface CollectedPrompt extends Prompt, Pick<RunPrompt, 'source'> {
  /** The file, as messages name it. */
  readonly shown: string;
}

/** The prompts of the given files and folders, and what could not be read. */
export interface CollectedPrompts {
  readonly prompts: readonly CollectedPrompt[];
  /** Errors and warnings: lines for standard error. */
  readonly messages: readonly string[];
  /** Files with errors: none of their prompts run. */
  readonly broken: readonly FoundFile[];
  /** Whether a folder or link inside a given folder could not be read. */
  readonly hasLeftOut: boolean;
}

/** How prompts are read. */
export interface CollectOptions extends ParseOptions {
  /** The current folder. Prompt ids contain file paths relative to it. */
  readonly folder: string;
  /** Reads standard input, at most `maxBytes` + 1 bytes. */
  readInput(maxBytes: number): Promise<Buffer>;
}

/**
 * Reads the prompts of the given files, and of the prompt files in the given folders, in that order. A
 * file with an error gives no prompts; its errors are in `messages`. Throws a `UserError` when a given
 * path cannot be read.
 */
export async function collectPrompts(
  paths: readonly string[],
  options: CollectOptions,
): Promise<CollectedPrompts> {
  const { files, leftOut } = await findPromptFiles(paths);
  const read = await Promise.all(files.map((file) => readPrompts(file, options)));
  return {
    prompts: read.flatMap(({ prompts }) => prompts),
    messages: [
      ...leftOut.map((line) => visibleText(line)),
      ...read.flatMap(({ messages }) => messages),
    ],
    broken: files.filter((_, index) => read[index]?.isBroken),
    hasLeftOut: leftOut.length > 0,
  };
}

/**
 * Throws a `UserError` when a file given by its own name has an error, or when no file is free of errors.
 * With `isStrict`, it throws for any file with an error and for any unreadable folder or link.
 */
export function rejectBroken(collected: CollectedPrompts, isStrict: boolean): void {
  const { prompts, messages, broken, hasLeftOut } = collected;
  const isNothingLeft = broken.length > 0 && prompts.length === 0;
  const isRejected = isNothingLeft || broken.some(({ isNamed }) => isNamed);
  if (!isRejected && !(isStrict && (broken.length > 0 || hasLeftOut))) return;
  throw new UserError([...messages, 'Nothing was sent.'].join('\n'));
}

/** One line for each file with errors, for a run that continues without them. */
export function leftOutMessages({ broken }: CollectedPrompts): readonly string[] {
  return broken.map(({ path: file }) =>
    visibleText(`${file} is left out. With --strict, nothing would run.`),
  );
}

interface ReadFile {
  readonly prompts: readonly CollectedPrompt[];
  readonly messages: readonly string[];
  /** Whether the file has an error, so that none of its prompts run. */
  readonly isBroken: boolean;
}

async function readPrompts(found: FoundFile, options: CollectOptions): Promise<ReadFile> {
  const { path: file } = found;
  const { maxBytes = defaultMaxBytes } = options;
  const isInput = file === standardInput;
  const shown = isInput ? 'standard input' : file;
  const reading = isInput
    ? options.readInput(maxBytes)
    : readRegularFile(file, { ...found, maxBytes });
  const bytes = await reading.catch((error: unknown) => readProblem(shown, error));
  if (typeof bytes === 'string') return brokenFile(bytes);
  const decoded = decodePromptBytes(bytes);
  if ('problem' in decoded) return brokenFile(`${shown}:1:1: error: ${decoded.problem}`);
  const { prompts, diagnostics } = isInput
    ? parseInput(decoded.text, options)
    : parsePromptFile(decoded.text, idFile(file, options.folder), options);
  const isBroken = diagnostics.some(({ severity }) => severity === 'error');
  const uri = isInput ? undefined : pathToFileURL(path.resolve(file)).toString();
  return {
    prompts: isBroken ? [] : prompts.map((prompt) => toCollected(prompt, shown, uri)),
    messages: diagnostics.map((diagnostic) => describeProblem(shown, diagnostic)),
    isBroken,
  };
}

const inputAsOne = { id: { file: 'stdin', slug: 'selection' }, name: 'stdin' };

/** Standard input with a `## Heading` is parsed like a `*.prompts.md` file; without one, it is one prompt. */
function parseInput(text: string, options: ParseOptions): PromptFile {
  const { headings } = findBlocks(text.split(/\r\n|\n|\r/), 0);
  if (headings.length > 0) return parsePromptFile(text, 'stdin.prompts.md', options);
  const { prompts, diagnostics } = promptsFromSelection(text, inputAsOne, options.maxBytes);
  return { prompts: prompts.map(withColumns), diagnostics };
}

/** The prompt with its names in double braces: whatever else looks like a variable may be code. */
function withColumns(prompt: Prompt): Prompt {
  const lines = prompt.text.split('\n');
  const source = { lines, numbers: [...lines.keys()], isInFence: () => true, attachesLinks: false };
  return { ...prompt, template: parseTemplate(source) };
}

/** Why a file was not read, in one line. */
function readProblem(file: string, error: unknown): string {
  if (error instanceof UnusableFileError && error.problem === 'too large') {
    return `${file}:1:1: error: This file ${error.message}. Split it into several files.`;
  }
  return `${file} ${fileProblem(error)}.`;
}

function brokenFile(message: string): ReadFile {
  return { prompts: [], messages: [visibleText(message)], isBroken: true };
}

/** Formats a diagnostic as `math.prompts.md:3:1: error: …`, which editors and build logs turn into a link. */
export function describeProblem(
  file: string,
  { range, severity, message }: PromptDiagnostic,
): string {
  const place = `${file}:${range.line + 1}:${range.column + 1}`;
  return visibleText(`${place}: ${severity}: ${message}`);
}

function toCollected(prompt: Prompt, shown: string, uri: string | undefined): CollectedPrompt {
  const source = uri === undefined ? {} : { source: { uri, line: prompt.range.line } };
  return { ...prompt, ...source, shown };
}
