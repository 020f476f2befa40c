import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import {
  activateApi,
  closeEverything,
  eventually,
  lensesOf,
  withUserSettings,
  writeWorkspaceFile,
} from './support/extension.ts';

/** A file system of the companion extension, beside the open folder. */
const memory = vscode.Uri.parse('test-memory:/project/one.prompts.md');
const frozen = memory.with({ scheme: 'test-frozen' });

describe('A prompt file that is on no disk', () => {
  let model: LoopbackServer;

  before(async () => {
    await activateApi();
    model = await startScriptedModel((prompt) => answer(`Re: ${prompt}`));
  });

  after(async () => await model.close());

  afterEach(closeEverything);

  /** Runs the file of the active editor as a person does. */
  async function runActive(): Promise<RunResult> {
    const settings = { provider: 'anthropic', 'anthropic.baseUrl': model.url };
    const result = await withUserSettings(settings, async () =>
      vscode.commands.executeCommand<RunResult | undefined>('interleave.runFile'),
    );
    assert.ok(result, 'the run was not started');
    return result;
  }

  const idsAndAnswers = ({ conversations }: RunResult) =>
    conversations.map((conversation) => [conversation.id, conversation.answer]);

  const titlesOf = async (uri: vscode.Uri): Promise<readonly string[]> =>
    (await lensesOf(uri)).map(({ title }) => title);

  const shownText = (): string | undefined => vscode.window.activeTextEditor?.document.getText();

  it('has lenses, diagnostics and runs while it is not saved', async () => {
    const untitled = vscode.Uri.from({ scheme: 'untitled', path: 'new.prompts.md' });
    const editor = await vscode.window.showTextDocument(untitled);
    const text = '## One\n\nOne.\n\n## Bad\n\n<!-- interleave\nmaxTurns: many\n-->\n\nTwo.\n';
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
    await eventually(
      () => vscode.languages.getDiagnostics(untitled).length === 1,
      'the error is shown',
    );
    await editor.edit((edit) => edit.replace(new vscode.Range(7, 10, 7, 14), '4'));
    await eventually(
      () => vscode.languages.getDiagnostics(untitled).length === 0,
      'the error is gone',
    );
    assert.deepEqual(await titlesOf(untitled), [
      '$(run-all) Run All 2',
      '$(play) Run',
      '$(play) Run',
    ]);
    const result = await runActive();
    assert.deepEqual(idsAndAnswers(result), [
      ['untitled:new.prompts.md#one', 'Re: One.'],
      ['untitled:new.prompts.md#bad', 'Re: Two.'],
    ]);
    await eventually(
      async () => (await titlesOf(untitled)).filter((title) => title.endsWith('done')).length === 2,
      'both outcomes are shown',
    );
    // Elsewhere, the prompt is found again.
    const file = await writeWorkspaceFile('elsewhere.md', 'Text.');
    await vscode.window.showTextDocument(file);
    const target = { runId: result.id, conversation: 1 };
    await vscode.commands.executeCommand('interleave.revealPrompt', target);
    await eventually(
      () => `${vscode.window.activeTextEditor?.document.uri}` === `${untitled}`,
      'the unsaved file is shown',
    );
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 4);
    // Closed without being saved, it is gone. An empty document in its place would be another one.
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('interleave.revealPrompt', target);
    const shown = vscode.window.visibleTextEditors.map(({ document }) => `${document.uri}`);
    assert.equal(shown.includes(`${untitled}`), false);
    await closeEverything();
    await vscode.workspace.fs.delete(file);
  });

  for (const [what, uri] of [
    ['a writable file system beside the open folder', memory],
    ['a read-only file system, such as the old side of a diff', frozen],
  ] as const) {
    it(`has no lenses in ${what}, but is run and found again`, async () => {
      await vscode.window.showTextDocument(uri);
      assert.deepEqual(await titlesOf(uri), []);
      const result = await runActive();
      assert.deepEqual(idsAndAnswers(result), [[`${uri.toString(true)}#one`, 'Re: Add 1 and 2.']]);
      await closeEverything();
      await vscode.commands.executeCommand('interleave.revealPrompt', {
        runId: result.id,
        conversation: 0,
      });
      assert.match(shownText() ?? '', /Add 1 and 2\./);
    });
  }
});
