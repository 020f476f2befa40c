import * as vscode from 'vscode';
import type { EditedText } from './changedFiles.ts';

const bom = '\uFEFF';

/** The texts of editors with unsaved changes count instead of the files on disk. */
export function editedText(): EditedText {
  const unsaved = new Map<string, string>();
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && document.uri.scheme === 'file') {
      unsaved.set(document.uri.fsPath, document.getText());
    }
  }
  return (file, onDisk) => {
    const text = unsaved.get(vscode.Uri.file(file).fsPath);
    if (text === undefined) return onDisk;
    // Documents do not show the mark that VS Code keeps in the file.
    return onDisk?.startsWith(bom) === true ? bom + text : text;
  };
}
