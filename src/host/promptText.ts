import * as vscode from 'vscode';
import type { PromptFile } from '../core/prompts/prompt.ts';
import type { Engine } from './engine.ts';

/**
 * The text of a prompt file: from the editor if it is open, else from disk. A file that must not be read (a link
 * out of its workspace folder, not a regular file, too large) resolves with a `PromptFile` that has an error and
 * no prompts, even if it is open. Rejects when it cannot be read.
 */
export async function readPromptText(
  uri: vscode.Uri,
  engine: Engine,
): Promise<string | PromptFile> {
  const open = vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.toString() === uri.toString(),
  );
  if (uri.scheme !== 'file') return open?.getText() ?? (await readElsewhere(uri));
  const within = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  const folder = within?.scheme === 'file' ? within.fsPath : undefined;
  const onDisk = engine.readPromptFile(uri.fsPath, folder);
  if (open === undefined) return onDisk;
  // If the file on disk is missing or unreadable, the text in the editor still counts.
  const found = await onDisk.catch(() => '');
  return typeof found === 'string' ? open.getText() : found;
}

/** File systems of other extensions have no links or pipes to check. */
async function readElsewhere(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
