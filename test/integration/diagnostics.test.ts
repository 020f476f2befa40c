import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import {
  activateApi,
  closeEverything,
  eventually,
  lensesOf,
  workspaceFile,
  writeWorkspaceFile,
} from './support/extension.ts';

describe('Diagnostics of a prompt file', () => {
  const uri = workspaceFile('broken.prompts.md');
  const broken = '## One\n\n<!-- interleave\nmaxTurns: many\n-->\n\nText.\n';

  function messages(): readonly string[] {
    return vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === 'Interleave')
      .map(({ severity, range }) => `${severity} ${range.start.line}`);
  }

  let editor: vscode.TextEditor;

  beforeEach(async () => {
    await activateApi();
    await writeWorkspaceFile('broken.prompts.md', broken);
    editor = await vscode.window.showTextDocument(uri);
    await eventually(() => messages().length > 0, 'the error is shown');
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
  });

  it('appear on open and follow edits', async () => {
    assert.deepEqual(messages(), [`${vscode.DiagnosticSeverity.Error} 3`]);
    await editor.edit((edit) => edit.replace(new vscode.Range(3, 10, 3, 14), '4'));
    await eventually(() => messages().length === 0, 'the error is gone after it was fixed');
    await editor.edit((edit) => edit.replace(new vscode.Range(3, 10, 3, 11), 'four'));
    await eventually(() => messages().length > 0, 'the error is back');
  });

  it('disappear when the file is deleted', async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(uri);
    await vscode.workspace.applyEdit(edit);
    await eventually(() => messages().length === 0, 'the error of the deleted file is gone');
  });
});

describe('A prompt file of another scheme, such as the old side of a diff', () => {
  const uri = vscode.Uri.parse('old-side:/math.prompts.md');
  let provider: vscode.Disposable;

  before(async () => {
    await activateApi();
    provider = vscode.workspace.registerTextDocumentContentProvider('old-side', {
      provideTextDocumentContent: () => '## One\n\n<!-- interleave\nmaxTurns: many\n-->\n\nText.\n',
    });
  });

  it('has neither lenses nor diagnostics', async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    assert.deepEqual(await lensesOf(uri), []);
    // A file with the same text, opened later, has its diagnostics. So the other one was skipped.
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const file = await writeWorkspaceFile('new-side.prompts.md', text);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    await eventually(
      () => vscode.languages.getDiagnostics(file).some(({ source }) => source === 'Interleave'),
      'the file has its error',
    );
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
  });

  after(async () => {
    provider.dispose();
    await closeEverything();
    await vscode.workspace.fs.delete(workspaceFile('new-side.prompts.md'));
  });
});
