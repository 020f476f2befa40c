import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { type ExportFormatName, exportFormatNames } from '../core/export/formatFacts.ts';
import { exportFormats } from '../core/export/formats.ts';
import { replaceFile } from '../core/export/replaceFile.ts';
import { isPromptFileName } from '../shared/promptFileName.ts';
import type { ConversationResult, RunResult } from '../shared/runResult.ts';
import { answerPieces } from './answers.ts';
import { fileProblem } from './fileProblem.ts';
import type { Terminal } from './terminal.ts';
import { terminalJson, terminalText } from './terminalText.ts';

/** Where each export format, and the patch of proposals, is written: a file, or `-` for standard output. */
const targetNames = [...exportFormatNames, 'patch'] as const;
export type OutputTargets = { readonly [T in (typeof targetNames)[number]]?: string };

/** All given targets. */
export function givenTargets(outputs: OutputTargets): readonly string[] {
  return targetNames.flatMap((name) => outputs[name] ?? []);
}

/** Whether a target is a file. */
export function namesFiles(outputs: OutputTargets): boolean {
  return givenTargets(outputs).some((target) => target !== '-');
}

/**
 * Checks the targets before anything is sent. Throws a `UserError` for one that cannot be written, and for
 * two that are the same.
 */
export async function checkOutputs(outputs: OutputTargets): Promise<void> {
  const targets = givenTargets(outputs);
  const files = targets.filter((target) => target !== '-');
  const options = targetNames.map((name) => `--${name}`);
  const named = `${options.slice(0, -1).join(', ')} and ${options.at(-1)}`;
  if (targets.length - files.length > 1) {
    throw new UserError(`Only one of ${named} can write to standard output.`);
  }
  if (new Set(files.map((file) => pathKey(file))).size < files.length) {
    throw new UserError(`${named} must write to different files.`);
  }
  for (const file of files) await checkFile(file);
}

async function checkFile(file: string): Promise<void> {
  if (file === '') throw new UserError('Name a file for the result, or - for standard output.');
  if (isPromptFileName(file)) {
    throw new UserError(`${file} is the name of a prompt file. Name another file for the result.`);
  }
  const problem = await problemOf(file);
  if (problem !== undefined) throw new UserError(`${problem}. Nothing was sent.`);
}

async function problemOf(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).isDirectory()) return `${file} is a folder, not a file`;
    await access(file, constants.W_OK);
    return undefined;
  } catch (error) {
    const isNew = codeOf(error) === 'ENOENT';
    if (!isNew) return `${file} ${fileProblem(error)}`;
  }
  const folder = path.dirname(file);
  return access(folder, constants.W_OK).then(
    () => undefined,
    (error: unknown) => `The folder ${folder} ${fileProblem(error)}`,
  );
}

/**
 * Writes the result to its targets. Prints the answers unless a target is standard output. Resolves to
 * false when a file could not be written; the other targets are written all the same.
 */
export async function writeOutputs(
  result: RunResult,
  title: string,
  targets: OutputTargets & {
    /** Whether `streamLines` has already written the JSON lines to standard output. */
    readonly areLinesWritten?: boolean;
  },
  terminal: Terminal,
): Promise<boolean> {
  let areAllWritten = true;
  for (const name of exportFormatNames) {
    const isDone = name === 'jsonl' && targets.areLinesWritten === true;
    const target = isDone ? undefined : targets[name];
    if (target === undefined) continue;
    if (!(await writeTarget(target, contentOf(name, result, title), terminal)))
      areAllWritten = false;
  }
  if (!givenTargets(targets).includes('-')) await print(answerPieces(result), terminal);
  return areAllWritten;
}

/** What is written to a target. */
export interface Content {
  readonly pieces: Iterable<string>;
  /** Removes what could control a terminal. */
  readonly forTerminal: (text: string) => string;
}

function contentOf(name: ExportFormatName, result: RunResult, title: string): Content {
  const { isJson, pieces } = exportFormats[name];
  // Returns a new iterator each time, because `replaceFile` may need two. JSON has invisible characters
  // escaped in files, too.
  const make = isJson
    ? () => mapped(pieces(result, title), terminalJson)
    : () => pieces(result, title)[Symbol.iterator]();
  return {
    pieces: { [Symbol.iterator]: make },
    forTerminal: isJson ? (text) => text : terminalText,
  };
}

function* mapped(pieces: Iterable<string>, change: (text: string) => string): Generator<string> {
  for (const piece of pieces) yield change(piece);
}

/** Writes to a file or to standard output. Resolves to false, after saying why, when that failed. */
export async function writeTarget(
  target: string,
  { pieces, forTerminal }: Content,
  terminal: Terminal,
): Promise<boolean> {
  if (target === '-') {
    await print(pieces, terminal, forTerminal);
    return true;
  }
  try {
    await replaceFile(target, pieces);
    return true;
  } catch (error) {
    terminal.err(`${terminalText(target)} ${fileProblem(error)}. This result was not written.\n`);
    return false;
  }
}

/** Prints piece by piece and waits for a slow reader, so that a large result is never in memory as a whole. */
async function print(
  content: Iterable<string>,
  terminal: Terminal,
  forTerminal: (text: string) => string = (text) => text,
): Promise<void> {
  for (const piece of content) {
    terminal.out(forTerminal(piece));
    await terminal.drained?.();
  }
}

/** One conversation as a line of JSON (`--jsonl`). */
export function toLine(conversation: ConversationResult): string {
  return `${terminalJson(JSON.stringify(conversation))}\n`;
}
