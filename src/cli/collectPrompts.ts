import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../core/base/errors.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { RefusedFileError } from '../core/base/refusedFile.ts';
import { visibleText } from '../core/base/text.ts';
import { findBlocks } from '../core/prompts/markdownBlocks.ts';
import type { ParseOptions } from '../core/prompts/parsePromptFile.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import type { Prompt, PromptDiagnostic, PromptFile } from '../core/prompts/prompt.ts';
import { promptsFromSelection } from '../core/prompts/selection.ts';
import { usualMaxBytes } from '../core/prompts/sourceText.ts';
import type { RunPrompt } from '../core/runner/runRequest.ts';
import { fileProblem } from './fileProblem.ts';
import type { FoundFile } from './foundFiles.ts';
import { decodePromptBytes } from './promptBytes.ts';
import { findPromptFiles, idFile, standardInput } from './promptFiles.ts';

/** A prompt of a file. With `skip` it runs only when it is selected by name. */
export type CollectedPrompt = RunPrompt & { readonly skip: boolean };

/** The prompts of the named files and folders, and what could not be read. */
export interface CollectedPrompts {
  readonly prompts: readonly CollectedPrompt[];
  /** Lines for standard error. */
  readonly remarks: readonly string[];
  /** Files with errors: none of their prompts run. */
  readonly broken: readonly FoundFile[];
  /** Whether a folder or link inside a named place could not be read. */
  readonly hasLeftOut: boolean;
}

export interface CollectOptions extends ParseOptions {
  /** The current folder: ids name files relative to it. */
  readonly folder: string;
  /** Reads standard input, up to one byte more than `maxBytes`. */
  readInput(maxBytes: number): Promise<Buffer>;
}

/**
 * Reads the prompts of the files, and of the prompt files in the folders, in the order given. A file with
 * an error gives no prompts; its errors are among the remarks. Throws a `UserError` for places that
 * cannot be read.
 */
export async function collectPrompts(
  places: readonly string[],
  options: CollectOptions,
): Promise<CollectedPrompts> {
  const { files, leftOut } = await findPromptFiles(places);
  const read = await Promise.all(files.map((file) => readPrompts(file, options)));
  return {
    prompts: read.flatMap(({ prompts }) => prompts),
    remarks: [
      ...leftOut.map((line) => visibleText(line)),
      ...read.flatMap(({ remarks }) => remarks),
    ],
    broken: files.filter((_, index) => read[index]?.isBroken),
    hasLeftOut: leftOut.length > 0,
  };
}

/**
 * Throws a `UserError` when a file that was named itself has an error, or when all files have one. With
 * `isStrict`, one file with an error or one unreadable place is enough.
 */
export function refuseBroken(collected: CollectedPrompts, isStrict: boolean): void {
  const { prompts, remarks, broken, hasLeftOut } = collected;
  const isNothingLeft = broken.length > 0 && prompts.length === 0;
  const isRefused = isNothingLeft || broken.some(({ isNamed }) => isNamed);
  if (!isRefused && !(isStrict && (broken.length > 0 || hasLeftOut))) return;
  throw new UserError([...remarks, 'Nothing was sent.'].join('\n'));
}

/** One line for each file with errors, for a run that goes on without them. */
export function leftOutRemarks({ broken }: CollectedPrompts): readonly string[] {
  return broken.map(({ path: file }) =>
    visibleText(`${file} is left out; --strict would run nothing.`),
  );
}

interface ReadFile {
  readonly prompts: readonly CollectedPrompt[];
  readonly remarks: readonly string[];
  /** Whether the file has an error, so that none of its prompts run. */
  readonly isBroken: boolean;
}

async function readPrompts(found: FoundFile, options: CollectOptions): Promise<ReadFile> {
  const { path: file } = found;
  const { maxBytes = usualMaxBytes } = options;
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
    prompts: isBroken ? [] : prompts.map((prompt) => toCollected(prompt, uri)),
    remarks: diagnostics.map((diagnostic) => describe(shown, diagnostic)),
    isBroken,
  };
}

const inputAsOne = { id: { file: 'stdin', slug: 'selection' }, name: 'stdin' };

/** Standard input: with a `## Heading` it is read like a `*.prompts.md`, else it is one prompt. */
function parseInput(text: string, options: ParseOptions): PromptFile {
  const { headings } = findBlocks(text.split(/\r\n|\n|\r/), 0);
  if (headings.length > 0) return parsePromptFile(text, 'stdin.prompts.md', options);
  return promptsFromSelection(text, inputAsOne, options.maxBytes);
}

/** One line that says why a file was not read. */
function readProblem(file: string, error: unknown): string {
  if (error instanceof RefusedFileError && error.refusal === 'too large') {
    return `${file}:1:1: error: This file ${error.message}. Split it into several files.`;
  }
  return `${file} ${fileProblem(error)}.`;
}

function brokenFile(remark: string): ReadFile {
  return { prompts: [], remarks: [visibleText(remark)], isBroken: true };
}

/** `math.prompts.md:3:1: error: …`: a form that editors and build logs make links of. */
function describe(file: string, { range, severity, message }: PromptDiagnostic): string {
  const place = `${file}:${range.line + 1}:${range.column + 1}`;
  return visibleText(`${place}: ${severity}: ${message}`);
}

function toCollected(
  { id, name, text, options, skip, range }: Prompt,
  uri: string | undefined,
): CollectedPrompt {
  const source = uri === undefined ? {} : { source: { uri, line: range.line } };
  return { id, name, text, options, skip, ...source };
}
