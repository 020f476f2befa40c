import type * as vscode from 'vscode';
import type { Prompt, PromptFile, TextRange } from '../core/prompts/prompt.ts';
import type { RunPrompt } from '../core/runner/runRequest.ts';
import { parsePromptId } from '../shared/promptId.ts';
import { plural } from '../shared/quantities.ts';
import { messageOf } from '../shared/thrown.ts';
import type { Engine } from './engine.ts';
import { HostError } from './hostError.ts';
import type { PromptLibrary } from './promptLibrary.ts';

/** All prompts of a file but those it says to skip. Rejects when the file has an error. */
export async function promptsOfFile(
  library: PromptLibrary,
  uri: vscode.Uri,
): Promise<readonly RunPrompt[]> {
  const file = await readPromptFile(library, uri);
  return file.prompts.filter(({ skip }) => !skip).map((prompt) => toPlanned(prompt, uri));
}

/** One or several prompts of a file by their slugs, in file order. Rejects when the file has an error. */
export async function promptsBySlug(
  library: PromptLibrary,
  uri: vscode.Uri,
  slugs: ReadonlySet<string>,
): Promise<readonly RunPrompt[]> {
  const file = await readPromptFile(library, uri);
  const chosen = file.prompts.filter(({ id }) => slugs.has(parsePromptId(id).slug));
  return chosen.map((prompt) => toPlanned(prompt, uri));
}

/** The prompts of the editor's prompt file that its cursors and selections touch, in file order. */
export async function promptsAtCursors(
  library: PromptLibrary,
  engine: Engine,
  { document, selections }: vscode.TextEditor,
): Promise<readonly RunPrompt[]> {
  const file = await readPromptFile(library, document.uri);
  const touched = engine.promptsInRanges(file, selections.map(toTextRange));
  if (touched.length === 0) {
    throw new HostError('There is no prompt at the cursor. Place it below a "## Heading".');
  }
  return touched.map((prompt) => toPlanned(prompt, document.uri));
}

function toTextRange({ start, end }: vscode.Range): TextRange {
  const { line, character: column } = start;
  return { line, column, endLine: end.line, endColumn: end.character };
}

/** A prompt file without errors; nothing of a file that has one is sent. */
export async function readPromptFile(library: PromptLibrary, uri: vscode.Uri): Promise<PromptFile> {
  let file: PromptFile;
  try {
    file = await library.parse(uri);
  } catch (error) {
    throw new HostError(`${nameOf(uri)} could not be read: ${messageOf(error)}`);
  }
  refuseErrors(file, nameOf(uri));
  return file;
}

/** Throws an error that names the first thing to mend, if there is any. */
export function refuseErrors({ diagnostics }: PromptFile, name: string): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` (and ${plural(errors.length - 1, 'more error')})` : '';
  const place = `${name}, line ${first.range.line + 1}`;
  throw new HostError(`${place}: ${first.message}${more} Nothing was sent.`);
}

/** A parsed prompt as a run wants it. */
export function toPlanned(prompt: Prompt, uri: vscode.Uri): RunPrompt {
  const { id, name, text, options, range } = prompt;
  return { id, name, text, options, source: { uri: uri.toString(), line: range.line } };
}

/** The last part of a path. */
export function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
