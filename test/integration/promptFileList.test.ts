import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { PromptLibrary } from '../../src/host/promptLibrary.ts';
import { eventually, workspaceFile, writeWorkspaceFile } from './support/extension.ts';

describe('The list of prompt files', () => {
  const library = new PromptLibrary({ get: () => assert.fail('nothing is read') } as never);
  const folder = workspaceFile('listed').fsPath;
  const listed = async (): Promise<readonly string[]> =>
    (await library.files())
      .map((uri) => vscode.workspace.asRelativePath(uri))
      .filter((name) => name.includes('listed'));

  it('follows changes of files and folders outside VS Code', async () => {
    assert.deepEqual(await listed(), []);
    mkdirSync(path.join(folder, 'deep'), { recursive: true });
    writeFileSync(path.join(folder, 'deep/a.prompts.md'), '## A\n\nText.\n');
    await eventually(async () => (await listed()).length === 1, 'a new file is listed');
    renameSync(folder, `${folder}-after`);
    await eventually(
      async () => (await listed()).join() === 'listed-after/deep/a.prompts.md',
      'the file is listed in its moved folder',
    );
    rmSync(`${folder}-after`, { recursive: true });
    await eventually(async () => (await listed()).length === 0, 'nothing of the folder is listed');
  });

  it('follows a folder deleted in VS Code', async () => {
    await writeWorkspaceFile('listed/b.prompts.md', '## B\n\nText.\n');
    await eventually(async () => (await listed()).length === 1, 'a new file is listed');
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(workspaceFile('listed'), { recursive: true });
    await vscode.workspace.applyEdit(edit);
    await eventually(async () => (await listed()).length === 0, 'nothing of the folder is listed');
  });

  after(() => library.dispose());
});
