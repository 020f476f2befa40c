import * as vscode from 'vscode';
import { isPromptFileName } from '../shared/promptFileName.ts';

/** Max number of folders to read for one workspace folder, because each may be a request to a server. */
const maxFolders = 1_000;

/**
 * Finds the prompt files of a folder on a virtual file system, level by level. Skips folders with excluded names,
 * links, and folders that cannot be read.
 */
export async function findVirtualPromptFiles(
  top: vscode.Uri,
  excludedNames: readonly string[],
): Promise<readonly vscode.Uri[]> {
  const files: vscode.Uri[] = [];
  const folders = [top];
  // The list grows during the loop.
  for (const folder of folders) {
    for (const [name, type] of await entriesOf(folder)) {
      const uri = vscode.Uri.joinPath(folder, name);
      if (type === vscode.FileType.File && isPromptFileName(name)) files.push(uri);
      const isWanted = type === vscode.FileType.Directory && !excludedNames.includes(name);
      if (isWanted && folders.length < maxFolders) folders.push(uri);
    }
  }
  return files;
}

async function entriesOf(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
