import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import {
  activateApi,
  rejectionOf,
  withUserSettings,
  workspaceFile,
  writeWorkspaceFile,
} from './support/extension.ts';

const megabytes = 5;

describe('A prompt file that cannot run', () => {
  let model: LoopbackServer;
  const bad: readonly {
    readonly name: string;
    readonly text: string;
    readonly expected: RegExp;
  }[] = [
    {
      name: 'empty.prompts.md',
      text: '',
      expected: /^empty\.prompts\.md, line 1: .*empty.*Nothing was sent\.$/s,
    },
    {
      name: 'notes.prompts.md',
      text: '# Notes\n\nNo prompt here.\n',
      expected: /^notes\.prompts\.md, line \d+: .*##.*Nothing was sent\.$/s,
    },
    {
      name: 'blank.prompt.md',
      text: '\n\n',
      expected: /^blank\.prompt\.md, line 1: This file is empty.*Nothing was sent\.$/s,
    },
    {
      name: 'large.prompts.md',
      text: `## One\n\n${'0123456789'.repeat(megabytes * 100_000)}\n`,
      expected: /^large\.prompts\.md, line 1: .*5,000,00\d bytes.*1 MB.*Nothing was sent\.$/s,
    },
    {
      name: 'matter.prompts.md',
      text: '---\nmaxTurns: [1\n---\n\n## One\n\nAdd 1 and 2.\n',
      expected: /^matter\.prompts\.md, line \d+: .*Nothing was sent\.$/s,
    },
    {
      name: 'open.prompts.md',
      text: '---\nmaxTurns: 3\n\n## One\n\nAdd 1 and 2.\n',
      expected: /^open\.prompts\.md, line 1: .*---.*Nothing was sent\.$/s,
    },
    {
      name: 'typo.prompts.md',
      text: '## Fine\n\nAdd 1 and 2.\n\n## Typo\n\n<!-- interleave\nmaxTurns: many\n-->\n\nAdd 3.\n',
      expected: /^typo\.prompts\.md, line 8: .*maxTurns.*Nothing was sent\.$/s,
    },
  ];

  before(async () => {
    model = await startScriptedModel(() => answer('No file that has an error is sent.'));
  });

  after(async () => {
    for (const name of ['fine.prompts.md', ...bad.map((file) => file.name)]) {
      await vscode.workspace.fs.delete(workspaceFile(name));
    }
    await model.close();
  });

  it('is rejected as a link that leads out of the workspace, open in an editor or not, or as a pipe', async () => {
    const outside = path.join(mkdtempSync(path.join(tmpdir(), 'interleave-outside-')), 'id_rsa');
    writeFileSync(outside, 'must not be sent');
    const leak = workspaceFile('leak.prompt.md');
    const pipe = workspaceFile('pipe.prompt.md');
    symlinkSync(outside, leak.fsPath);
    execFileSync('mkfifo', [pipe.fsPath]);
    const settings = { provider: 'anthropic', 'anthropic.baseUrl': model.url };
    try {
      await withUserSettings(settings, async () => {
        const api = await activateApi();
        const expected =
          /^leak\.prompt\.md, line 1: This file is a link to a file outside this folder; it was not read\. Nothing was sent\.$/;
        assert.match((await rejectionOf(api.run({ uris: [leak] }))).message, expected);
        await vscode.window.showTextDocument(leak);
        assert.match((await rejectionOf(api.run({ uris: [leak] }))).message, expected);
        const refused = await rejectionOf(api.run({ uris: [pipe] }));
        assert.match(refused.message, /^pipe\.prompt\.md, line 1: This file is a pipe, a socket/);
      });
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      for (const uri of [leak, pipe]) rmSync(uri.fsPath);
      rmSync(path.dirname(outside), { recursive: true });
    }
    assert.equal(model.requests.length, 0);
  });

  for (const { name, text, expected } of bad) {
    it(`is rejected with what to fix: ${name}`, async () => {
      const uri = await writeWorkspaceFile(name, text);
      const fine = await writeWorkspaceFile('fine.prompts.md', '## Fine\n\nAdd 1 and 2.\n');
      const settings = { provider: 'anthropic', 'anthropic.baseUrl': model.url };
      await withUserSettings(settings, async () => {
        const api = await activateApi();
        const alone = await rejectionOf(api.run({ uris: [uri] }));
        assert.match(alone.message, expected);
        const among = await rejectionOf(
          vscode.commands.executeCommand<RunResult>('interleave.runFiles', { uris: [fine, uri] }),
        );
        assert.equal(among.message, alone.message);
      });
      assert.deepEqual(model.requests, []);
    });
  }

  it('is rejected when it does not exist', async () => {
    const api = await activateApi();
    const { message } = await rejectionOf(api.run({ uris: [workspaceFile('gone.prompts.md')] }));
    assert.match(message, /^Could not read gone\.prompts\.md: /);
  });
});

describe('A prompt file in an active tab without text editor', () => {
  it('runs like one in a text editor', async () => {
    const model = await startScriptedModel((prompt) => answer(`Re: ${prompt}`));
    const uri = await writeWorkspaceFile('shown.prompts.md', '## One\n\nOne.\n');
    const settings = { provider: 'anthropic', 'anthropic.baseUrl': model.url };
    try {
      await withUserSettings(settings, async () => {
        await activateApi();
        const preview = 'vscode.markdown.preview.editor';
        await vscode.commands.executeCommand('vscode.openWith', uri, preview);
        assert.equal(vscode.window.activeTextEditor, undefined);
        const run = await vscode.commands.executeCommand<RunResult>('interleave.runFile');
        assert.deepEqual(
          run.conversations.map((conversation) => conversation.answer),
          ['Re: One.'],
        );
      });
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(uri);
      await model.close();
    }
  });
});
