import * as vscode from 'vscode';
import { fileColumn } from '../host/fileColumn.ts';
import { HostError } from '../host/hostError.ts';
import { plainText } from '../host/plainText.ts';
import { fileReference } from '../shared/fileReference.ts';

/**
 * Opens a file of the workspace that an answer names, at its line. Rejects with a `HostError` for any other target
 * and for a file that does not exist.
 */
export async function openNamedFile(target: string): Promise<void> {
  const reference = fileReference(target);
  const shown = plainText(reference?.path ?? target, 200);
  const uri = reference && (await findFile(reference.path));
  if (uri === undefined) throw new HostError(`The open folders have no file ${shown}.`);
  const line = Math.max(0, (reference?.line ?? 1) - 1);
  const editor = await open(uri, shown);
  const at = editor.document.validatePosition(new vscode.Position(line, 0));
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
}

async function open(uri: vscode.Uri, shown: string): Promise<vscode.TextEditor> {
  try {
    const place = { preview: true, viewColumn: fileColumn() };
    return await vscode.window.showTextDocument(uri, place);
  } catch {
    throw new HostError(`${shown} could not be opened as text.`);
  }
}

/** The first workspace folder that has the file. A path may begin with the name of a folder. */
async function findFile(path: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = folders.flatMap(({ uri, name }) => [
    ...(path.startsWith('/') ? absoluteIn(uri, path) : [vscode.Uri.joinPath(uri, path)]),
    ...(path.startsWith(`${name}/`) ? [vscode.Uri.joinPath(uri, path.slice(name.length + 1))] : []),
  ]);
  for (const uri of candidates) if (await isFile(uri)) return uri;
  return undefined;
}

function absoluteIn(folder: vscode.Uri, path: string): readonly vscode.Uri[] {
  return path.startsWith(`${folder.path}/`) ? [folder.with({ path })] : [];
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}
