import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import {
  activateApi,
  closeEverything,
  lensesOf,
  withUserSettings,
  workspaceFile,
} from './support/extension.ts';

describe('CodeLenses of a prompt file', () => {
  const uri = workspaceFile('math.prompts.md');

  before(async () => {
    await activateApi();
    await vscode.workspace.openTextDocument(uri);
  });

  it('run the file and each of its prompts', async () => {
    const all = await lensesOf(uri);
    // Ignore outcomes of other tests' runs.
    const lenses = all.filter(({ command }) => command !== 'interleave.openResults');
    assert.deepEqual(
      lenses.map(({ title }) => title),
      ['$(run-all) Run All 3', '$(play) Run', '$(play) Run', '$(play) Run'],
    );
    assert.deepEqual(lenses[2]?.arguments?.[0].promptId, 'math.prompts.md#multiply-then-sum');
  });

  it("show a prompt's last outcome and open its results", async () => {
    const result = await vscode.commands.executeCommand<RunResult>('interleave.runFile', {
      uris: [uri],
      options: { provider: 'demo' },
    });
    assert.equal(result.counts.total, 3);
    const lenses = await lensesOf(uri);
    const last = lenses.filter(({ command }) => command === 'interleave.openResults');
    assert.deepEqual(
      last.map(({ title }) => title),
      Array.from({ length: 3 }, () => '$(pass) Last: done'),
    );
    assert.deepEqual(last[1]?.arguments, [{ runId: result.id, conversation: 1 }]);
  });

  it('disappear when turned off', async () => {
    await withUserSettings({ codeLens: false }, async () => {
      assert.deepEqual(await lensesOf(uri), []);
    });
  });

  after(closeEverything);
});
