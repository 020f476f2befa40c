import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { tooLarge } from '../core/base/readRegularFile.ts';
import type { AgentFileSource } from '../core/prompts/agentFiles.ts';

/** The path of a file on this machine's disk; the URI of any other. */
export function placeOfUri(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : uri;
}

/** Reads a file of another extension's file system. Rejects with an `UnusableFileError` when it is too large. */
export async function readVirtualFile(file: string, maxBytes: number): Promise<Uint8Array> {
  const uri = vscode.Uri.parse(file, true);
  // The size first: a file system may be a server far away.
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxBytes) throw tooLarge(size, maxBytes);
  const bytes = await vscode.workspace.fs.readFile(uri);
  if (bytes.length > maxBytes) throw tooLarge(bytes.length, maxBytes);
  return bytes;
}

/** Agent files on the file systems of other extensions, by their URIs. Links are left out. */
export const virtualAgentFiles: AgentFileSource = {
  filesIn: async (folder) => {
    const at = vscode.Uri.parse(folder, true);
    const names = (await entriesOf(at))
      .filter(([, type]) => type === vscode.FileType.File)
      .map(([name]) => name);
    return names.sort().map((name) => vscode.Uri.joinPath(at, name).toString());
  },
  read: (file, { maxBytes }) => readVirtualFile(file, maxBytes),
};

async function entriesOf(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
