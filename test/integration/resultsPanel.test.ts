import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import {
  activateApi,
  closeEverything,
  eventually,
  runDemo,
  withUserSettings,
  workspaceFile,
  writeWorkspaceFile,
} from './support/extension.ts';

describe('The results panel', () => {
  function panels(): readonly { readonly tab: vscode.Tab; readonly column: vscode.ViewColumn }[] {
    return vscode.window.tabGroups.all.flatMap(({ tabs, viewColumn }) =>
      tabs.filter(isPanel).map((tab) => ({ tab, column: viewColumn })),
    );
  }

  function isPanel({ input }: vscode.Tab): boolean {
    return input instanceof vscode.TabInputWebview && input.viewType.endsWith('interleave.results');
  }

  async function panelsAre(count: number): Promise<void> {
    await eventually(() => panels().length === count, `there are ${count} panels`);
  }

  beforeEach(async () => {
    await activateApi();
    await closeEverything();
    await panelsAre(0);
  });

  afterEach(closeEverything);

  /** Runs a prompt as a user, so that the results open. */
  async function runAsUser(text: string): Promise<RunResult> {
    const uri = await writeWorkspaceFile('panels.prompts.md', `## Prompt 1\n\n${text}\n`);
    try {
      return await withUserSettings({ provider: 'demo' }, async () =>
        vscode.commands.executeCommand<RunResult>('interleave.runFile', uri),
      );
    } finally {
      await vscode.workspace.fs.delete(uri);
    }
  }

  it('does not open for a run requested by another extension', async () => {
    await runDemo('Add 1 and 1.');
    await panelsAre(0);
  });

  it('opens beside the editor, which keeps the focus', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceFile('src/greet.ts'));
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    const result = await runAsUser('Add 1 and 2.');
    await panelsAre(1);
    assert.equal(panels()[0]?.column, vscode.ViewColumn.Two);
    assert.match(panels()[0]?.tab.label ?? '', /^panels\.prompts\.md \(run \d+, \d\d:\d\d\)$/);
    assert.equal(vscode.window.activeTextEditor?.document, document);
    assert.equal(vscode.window.tabGroups.activeTabGroup.viewColumn, vscode.ViewColumn.One);
    assert.match(result.conversations[0]?.answer ?? '', /3/);
  });

  it('of another run opens in the same column', async () => {
    await vscode.window.showTextDocument(workspaceFile('src/greet.ts'));
    await runAsUser('Add 1 and 2.');
    await panelsAre(1);
    await runAsUser('Add 3 and 4.');
    await panelsAre(2);
    assert.deepEqual(
      panels().map(({ column }) => column),
      [vscode.ViewColumn.Two, vscode.ViewColumn.Two],
    );
  });

  it('can be closed and opened again, and opens once', async () => {
    const { id } = await runAsUser('Add 5 and 6.');
    await panelsAre(1);
    await vscode.window.tabGroups.close(panels().map(({ tab }) => tab));
    await panelsAre(0);
    await vscode.commands.executeCommand('interleave.openResults', { runId: id, conversation: 0 });
    await panelsAre(1);
    await vscode.commands.executeCommand('interleave.openResults', { runId: id });
    await panelsAre(1);
    await eventually(() => panels()[0]?.tab.isActive === true, 'the panel is in front');
  });

  it('closes when its run is deleted', async () => {
    const kept = await runAsUser('Add 5 and 6.');
    const { id } = await runAsUser('Add 7 and 8.');
    await panelsAre(2);
    await vscode.commands.executeCommand('interleave.deleteRun', { runId: id });
    await panelsAre(1);
    await vscode.commands.executeCommand('interleave.openResults', { runId: kept.id });
    await panelsAre(1);
  });
});
