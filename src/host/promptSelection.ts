import * as vscode from 'vscode';
import type { Prompt, PromptFile } from '../core/prompts/prompt.ts';
import type { TextRange } from '../core/prompts/textRange.ts';
import { parsePromptId } from '../shared/promptId.ts';
import { plural } from '../shared/quantities.ts';
import { messageOf } from '../shared/thrown.ts';
import type { Engine } from './engine.ts';
import type { FilePrompt } from './filePrompt.ts';
import type { Remedy } from './hostError.ts';
import { HostError } from './hostError.ts';
import type { PromptLibrary } from './promptLibrary.ts';

/** All prompts of a file except those with `skip`. Rejects when the file has an error. */
export async function promptsOfFile(
  library: PromptLibrary,
  uri: vscode.Uri,
): Promise<readonly FilePrompt[]> {
  const file = await readPromptFile(library, uri);
  return file.prompts.filter(({ skip }) => !skip).map((prompt) => toFilePrompt(prompt, uri));
}

/** The prompts of a file with these slugs, in file order. Rejects when the file has an error. */
export async function promptsBySlug(
  library: PromptLibrary,
  uri: vscode.Uri,
  slugs: ReadonlySet<string>,
): Promise<readonly FilePrompt[]> {
  const file = await readPromptFile(library, uri);
  const chosen = file.prompts.filter(({ id }) => slugs.has(parsePromptId(id).slug));
  return chosen.map((prompt) => toFilePrompt(prompt, uri));
}

/**
 * The prompts that the editor's cursors and selections touch, in file order. Rejects when there is none or the
 * file has an error.
 */
export async function promptsAtCursors(
  library: PromptLibrary,
  engine: Engine,
  { document, selections }: vscode.TextEditor,
): Promise<readonly FilePrompt[]> {
  const file = await readPromptFile(library, document.uri);
  const touched = engine.promptsInRanges(file, selections.map(toTextRange));
  if (touched.length === 0) {
    throw new HostError('There is no prompt at the cursor. Place the cursor below a "## Heading".');
  }
  return touched.map((prompt) => toFilePrompt(prompt, document.uri));
}

function toTextRange({ start, end }: vscode.Range): TextRange {
  const { line, character: column } = start;
  return { line, column, endLine: end.line, endColumn: end.character };
}

/** Reads a prompt file. Rejects when it has an error: a file with errors is never sent. */
export async function readPromptFile(library: PromptLibrary, uri: vscode.Uri): Promise<PromptFile> {
  let file: PromptFile;
  try {
    file = await library.parse(uri);
  } catch (error) {
    throw new HostError(`Could not read ${nameOf(uri)}: ${messageOf(error)}`);
  }
  rejectErrors(file, nameOf(uri), uri);
  return file;
}

/** Throws a `HostError` with the first error of the file, if there is any, and a button that goes there. */
export function rejectErrors({ diagnostics }: PromptFile, name: string, uri?: vscode.Uri): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` (and ${plural(errors.length - 1, 'more error')})` : '';
  const place = `${name}, line ${first.range.line + 1}`;
  const remedies = uri === undefined ? [] : [goTo(uri, first.range)];
  throw new HostError(`${place}: ${first.message}${more} Nothing was sent.`, remedies);
}

/** A button that opens a file at a place. */
function goTo(uri: vscode.Uri, { line, column, endLine, endColumn }: TextRange): Remedy {
  const selection = new vscode.Range(line, column, endLine, endColumn);
  return { title: 'Go to Error', command: 'vscode.open', args: [uri, { selection }] };
}

/** Adds to a prompt where it stands. */
export function toFilePrompt(prompt: Prompt, uri: vscode.Uri): FilePrompt {
  return { ...prompt, source: { uri: uri.toString(), line: prompt.range.line } };
}

/** The file name of a URI. */
export function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
