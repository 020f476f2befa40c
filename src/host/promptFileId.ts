import * as vscode from 'vscode';

/**
 * The file in the ids of its prompts: relative to its workspace folder, after that folder's name where
 * several are open. The folder's whole path stands for a name that is not unique, and the whole path or
 * address for a file of no folder.
 */
export function idFile(uri: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return hasPath(uri) ? uri.path : uri.toString(true);
  const start = folder.uri.path.endsWith('/') ? folder.uri.path : `${folder.uri.path}/`;
  const inside = uri.path.slice(start.length);
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return inside;
  const { name } = folder;
  const isUnique = !name.includes('/') && folders.filter((each) => each.name === name).length === 1;
  return isUnique ? `${name}/${inside}` : `${start}${inside}`;
}

/** Whether the file is on this machine's disk, or has a path to be saved there. */
function hasPath({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' || (scheme === 'untitled' && path.startsWith('/'));
}
