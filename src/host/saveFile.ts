import * as vscode from 'vscode';
import { replaceFile } from '../core/export/replaceFile.ts';

/** Saves a text: on a disk all of it or nothing, elsewhere as the file system there does it. */
export async function saveFile(target: vscode.Uri, text: string): Promise<void> {
  if (target.scheme === 'file') await replaceFile(target.fsPath, text);
  else await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
