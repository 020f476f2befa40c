import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import {
  type ExportFormat,
  type ExportFormatName,
  exportFormatNames,
  exportFormats,
} from '../core/export/formats.ts';
import { replaceFile } from '../core/export/replaceFile.ts';
import { isPromptFileName } from '../shared/promptFileName.ts';
import type { ConversationResult, RunResult } from '../shared/runResult.ts';
import { answerPieces } from './answers.ts';
import { fileProblem } from './fileProblem.ts';
import type { Terminal } from './terminal.ts';
import { terminalJson, terminalText } from './terminalText.ts';

/** Where results go besides standard output: files, or `-` for standard output itself. */
const targetNames = [...exportFormatNames, 'patch'] as const;
export type OutputTargets = { readonly [T in (typeof targetNames)[number]]?: string };

/** The targets that are given. */
export function givenTargets(outputs: OutputTargets): readonly string[] {
  return targetNames.flatMap((name) => outputs[name] ?? []);
}

/** Whether results go to files. */
export function namesFiles(outputs: OutputTargets): boolean {
  return givenTargets(outputs).some((target) => target !== '-');
}

/** Refuses, before anything is sent, targets that could not be written or would be mixed up. */
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
  if (file === '') throw new UserError('A result needs the name of a file, or - .');
  if (isPromptFileName(file)) {
    throw new UserError(`${file} is the name of a prompt file. Choose another one for the result.`);
  }
  const problem = await problemOf(file);
  if (problem !== undefined) throw new UserError(`${problem}. Nothing was sent.`);
}

async function problemOf(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).isDirectory()) return `${file} is a folder, so no result fits there`;
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
 * Writes the result to its targets, and the answers to standard output unless it is one of them.
 * A file that cannot be written keeps nothing else from being written; then it resolves to false.
 */
export async function writeOutputs(
  result: RunResult,
  title: string,
  targets: OutputTargets & {
    /** Whether the lines for standard output were written as they came (`streamLines`). */
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
  /** The same for a terminal, which its text must not steer. */
  readonly forTerminal: (text: string) => string;
}

function contentOf(name: ExportFormatName, result: RunResult, title: string): Content {
  const { isJson, pieces }: ExportFormat = exportFormats[name];
  // Can be asked for more than once. In JSON, what is not seen is escaped in files, too.
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
    terminal.err(`${terminalText(target)} ${fileProblem(error)}: this result was not written.\n`);
    return false;
  }
}

/** Waits for a slow reader, so that not all of a large result is in memory. */
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

/** One conversation as a line of JSON. */
export function toLine(conversation: ConversationResult): string {
  return `${terminalJson(JSON.stringify(conversation))}\n`;
}
