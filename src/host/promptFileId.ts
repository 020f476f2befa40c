import * as vscode from 'vscode';

/**
 * The file part of prompt ids: the path relative to the workspace folder, preceded by the folder's name when
 * several folders are open. If the name is not unique, the folder's path replaces it. A file outside all folders
 * has its full path or URI.
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

/** Whether the file is on this machine's disk, or has a path where it will be saved. */
function hasPath({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' || (scheme === 'untitled' && path.startsWith('/'));
}
