import * as vscode from 'vscode';
import { replaceFile } from '../core/export/replaceFile.ts';

/** Saves a text: atomically on disk, else with the file system's own write. */
export async function saveFile(target: vscode.Uri, text: string): Promise<void> {
  if (target.scheme === 'file') await replaceFile(target.fsPath, text);
  else await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
