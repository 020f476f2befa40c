import * as vscode from 'vscode';
import { isFolderUri } from '../core/base/pathKey.ts';

/** The URI of a file or folder that is named by its path on disk or by its URI. */
export function uriOfPath(path: string): vscode.Uri {
  return isFolderUri(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
}
