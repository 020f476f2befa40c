import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { closeEverything, runDemo } from './support/extension.ts';

describe('A transcript', () => {
  it('is a read-only Markdown document with the prompt and the answer', async () => {
    const { id, conversations } = await runDemo('Add 20 and 22.');
    await vscode.commands.executeCommand('interleave.openTranscript', {
      runId: id,
      conversation: 0,
    });
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'interleave-transcript');
    assert.equal(document?.languageId, 'markdown');
    assert.ok(document?.getText().includes('Add 20 and 22.'));
    assert.ok(document?.getText().includes(conversations[0]?.answer ?? 'no answer'));
  });

  it('of a deleted run says so', async () => {
    const query = JSON.stringify({ runId: 'gone', conversation: 0 });
    const uri = vscode.Uri.from({ scheme: 'interleave-transcript', path: '/1 gone.md', query });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /no longer exists/);
  });

  afterEach(closeEverything);
});
