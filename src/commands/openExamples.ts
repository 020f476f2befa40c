import * as vscode from 'vscode';
import type { CommandHandler, CommandServices } from './commandServices.ts';

/** Opens the example prompt file as an untitled document that the user can run or save. */
export function openExamples({
  extensionUri,
}: Pick<CommandServices, 'extensionUri'>): CommandHandler {
  return async () => {
    const source = vscode.Uri.joinPath(extensionUri, 'examples', 'math.prompts.md');
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(source));
    const target = vscode.Uri.from({ scheme: 'untitled', path: 'math.prompts.md' });
    const document = await vscode.workspace.openTextDocument(target);
    const editor = await vscode.window.showTextDocument(document);
    if (document.getText() !== '') return;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
  };
}
