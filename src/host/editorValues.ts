import * as vscode from 'vscode';
import { isAgentFileName } from '../shared/agentFileName.ts';
import { isPromptFileName } from '../shared/promptFileName.ts';

/**
 * The values that the window gives to variables: `file` and `selection` of the active editor, and `workspaceFolder`.
 * A prompt file is not what a prompt is about: while one is active, another visible editor counts.
 */
export function editorValues(): ReadonlyMap<string, string> {
  const editor = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].find(
    (shown) => shown !== undefined && !isOfPrompts(shown.document.uri),
  );
  const uri = editor?.document.uri;
  const folder =
    (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? vscode.workspace.workspaceFolders?.[0];
  const values = new Map<string, string>();
  if (folder !== undefined) values.set('workspaceFolder', pathOf(folder.uri));
  if (editor === undefined || uri === undefined) return values;
  if (uri.scheme === 'file') values.set('file', uri.fsPath);
  const selected = editor.document.getText(editor.selection);
  if (selected !== '') values.set('selection', selected);
  return values;
}

function isOfPrompts({ path }: vscode.Uri): boolean {
  return isPromptFileName(path) || isAgentFileName(path);
}

function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}
