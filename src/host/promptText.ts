import * as vscode from 'vscode';
import type { PromptFile } from '../core/prompts/prompt.ts';
import type { Engine } from './engine.ts';

/**
 * The text of a prompt file: what the editor holds if it is open there, else what is on disk. A file that
 * leads out of its workspace folder by a link, is no regular file or is too large is given as one without
 * prompts that says so, open or not. Rejects when it cannot be read.
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
  // A file that is only in the editor, or unreadable by now, still is what the person sees there.
  const found = await onDisk.catch(() => '');
  return typeof found === 'string' ? open.getText() : found;
}

/** Other file systems have no links that we could follow, and no pipes. */
async function readElsewhere(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
