import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import { eventually, runToEnd, withUserSettings, writeWorkspaceFile } from './support/extension.ts';
import { registerModels, type TestModels } from './support/languageModels.ts';

const { LanguageModelTextPart: Text, LanguageModelToolCallPart: ToolCall } = vscode;

let models: TestModels | undefined;

afterEach(() => {
  models?.dispose();
  models = undefined;
});

/** An error as thrown by extensions whose models have a quota. */
function usedUp(): Error {
  return Object.assign(new Error('Come back next month.'), { name: 'ChatQuotaExceeded' });
}

/** Runs a file of two prompts and, like a user, fixes what pauses it and resumes it. */
async function runWatched(model: string, fix: () => Promise<void>): Promise<RunResult> {
  const file = await writeWorkspaceFile('two.prompts.md', '## One\n\nHello.\n\n## Two\n\nBye.\n');
  try {
    return await withUserSettings({ provider: 'vscode', model }, async () => {
      let hasEnded = false;
      const running = vscode.commands.executeCommand<RunResult>('interleave.runFile', file);
      void running.then(() => {
        hasEnded = true;
      });
      await fix();
      await eventually(() => {
        // Does nothing unless the run is paused.
        if (!hasEnded) void vscode.commands.executeCommand('interleave.resumeRun');
        return hasEnded;
      }, 'the run continues and ends');
      return await running;
    });
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
  }
}

describe('A run on models in VS Code that a user watches (F30)', () => {
  for (const [what, failure] of [
    ['access is refused', () => vscode.LanguageModelError.NoPermissions('Not you.')],
    ['the quota is used up', usedUp],
    ['the model is gone', () => vscode.LanguageModelError.NotFound('Not here.')],
  ] as const) {
    it(`is paused once for all conversations when ${what}, and continues when that is fixed`, async () => {
      let isFixed = false;
      models = await registerModels(['moody'], (_request, emit) => {
        if (!isFixed) throw failure();
        emit(new Text('Now.'));
      });
      const { requests } = models;
      let failedRequests = 0;
      const result = await runWatched(models.id('moody'), async () => {
        await eventually(() => requests.length > 0, 'the model gets a request');
        isFixed = true;
        failedRequests = requests.length;
      });
      assert.deepEqual(
        result.conversations.map(({ status, answer }) => [status, answer]),
        [
          ['done', 'Now.'],
          ['done', 'Now.'],
        ],
      );
      assert.ok(failedRequests <= 2, `${failedRequests} requests before the pause`);
      assert.equal(requests.length, failedRequests + 2);
    });
  }
});

describe('A model in VS Code that disappears during a run (F30)', () => {
  it('ends conversations that need it, and keeps complete turns and answers', async () => {
    models = await registerModels(['adder'], ({ messages }, emit) => {
      const [first] = messages;
      const isShort = first?.content.some(
        (part) => part instanceof Text && part.value.endsWith('Short'),
      );
      if (isShort) {
        emit(new Text('Done.'));
        return;
      }
      emit(new Text('I add.'));
      emit(new ToolCall('call-1', 'sum_numbers', { numbers: [1, 2] }));
      // Its extension is gone after this answer.
      models?.dispose();
    });
    const { requests } = models;
    const result = await runToEnd({
      prompts: [{ text: 'Short' }, { text: 'Long' }],
      options: { provider: 'vscode', model: models.id('adder'), mode: 'serial' },
    });
    const [short, long] = result.conversations;
    assert.equal(short?.answer, 'Done.');
    assert.equal(long?.status, 'failed');
    assert.equal(long?.error?.kind, 'not_found', long?.error?.message);
    assert.deepEqual(
      long?.toolCalls.map(({ name }) => name),
      ['sum_numbers'],
    );
    assert.equal(requests.length, 2);
  });
});
