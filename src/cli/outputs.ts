import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { markdownPieces } from '../core/export/markdown.ts';
import { replaceFile } from '../core/export/replaceFile.ts';
import { isPromptFileName } from '../core/prompts/promptFileName.ts';
import type { ConversationResult, RunResult } from '../shared/runResult.ts';
import { answerPieces } from './answers.ts';
import { fileProblem } from './fileProblem.ts';
import { junitPieces } from './junit.ts';
import type { Terminal } from './terminal.ts';
import { terminalJson, terminalText } from './terminalText.ts';

/** Where results go besides standard output: files, or `-` for standard output itself. */
export interface OutputTargets {
  readonly json?: string;
  readonly jsonl?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly patch?: string;
}

/** The targets that are named, files or `-`. */
export function targetsOf(outputs: OutputTargets): readonly string[] {
  const { json, jsonl, junit, markdown, patch } = outputs;
  return [json, jsonl, junit, markdown, patch].filter((target) => target !== undefined);
}

/** Whether results go to files. */
export function namesFiles({ json, jsonl, junit, markdown }: OutputTargets): boolean {
  return [json, jsonl, junit, markdown].some((target) => target !== undefined && target !== '-');
}

/** Refuses, before anything is sent, targets that could not be written or would be mixed up. */
export async function checkOutputs(outputs: OutputTargets): Promise<void> {
  const targets = targetsOf(outputs);
  const files = targets.filter((target) => target !== '-');
  if (targets.length - files.length > 1) {
    throw new UserError(
      'Only one of --json, --jsonl, --junit, --markdown and --patch can write to standard output.',
    );
  }
  if (new Set(files.map((file) => pathKey(file))).size < files.length) {
    throw new UserError(
      '--json, --jsonl, --junit, --markdown and --patch must write to different files.',
    );
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
  const { json, jsonl, junit, markdown, patch, areLinesWritten = false } = targets;
  const lines = areLinesWritten ? undefined : jsonl;
  const written = [
    await writeTarget(
      json,
      pieces(() => jsonPieces(result)),
      terminal,
    ),
    await writeTarget(
      lines,
      pieces(() => linePieces(result)),
      terminal,
    ),
    await writeTarget(
      junit,
      pieces(() => junitPieces(result, title)),
      terminal,
      terminalText,
    ),
    await writeTarget(
      markdown,
      pieces(() => markdownPieces(result, title)),
      terminal,
      terminalText,
    ),
  ];
  if (![json, jsonl, junit, markdown, patch].includes('-'))
    await print(answerPieces(result), terminal);
  return !written.includes(false);
}

/** Pieces that can be asked for more than once. */
function pieces(make: () => Iterator<string>): Iterable<string> {
  return { [Symbol.iterator]: make };
}

/** Writes to a file or to standard output. Resolves to false, after saying why, when that failed. */
export async function writeTarget(
  target: string | undefined,
  content: Iterable<string>,
  terminal: Terminal,
  forTerminal: (text: string) => string = (text) => text,
): Promise<boolean> {
  if (target === undefined) return true;
  if (target === '-') {
    await print(content, terminal, forTerminal);
    return true;
  }
  try {
    await replaceFile(target, content);
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

/** The same text as `JSON.stringify(result, null, 2)`, a conversation at a time, and a line end. */
function* jsonPieces({ conversations, ...rest }: RunResult): Generator<string> {
  const around = JSON.stringify({ ...rest, conversations: [] }, null, 2);
  const inside = around.lastIndexOf(']');
  yield terminalJson(around.slice(0, inside));
  for (const [index, conversation] of conversations.entries()) {
    const json = JSON.stringify(conversation, null, 2).replaceAll('\n', '\n    ');
    yield terminalJson(`${index === 0 ? '' : ','}\n    ${json}`);
  }
  yield terminalJson(`${conversations.length === 0 ? '' : '\n  '}${around.slice(inside)}\n`);
}

function* linePieces({ conversations }: RunResult): Generator<string> {
  for (const conversation of conversations) yield toLine(conversation);
}

/** One conversation as a line of JSON. */
export function toLine(conversation: ConversationResult): string {
  return `${terminalJson(JSON.stringify(conversation))}\n`;
}
