import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import { isAlive } from '../support/isAlive.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel, toolUse } from '../support/loopback/scriptedModel.ts';
import {
  activateApi,
  eventually,
  runToEnd,
  withUserSettings,
  workspaceFile,
  writeWorkspaceFile,
} from './support/extension.ts';

const prompt = (name: string): string =>
  `## ${name}\n\n<!-- interleave\ntools: [run_command]\n-->\n\nRun ${name}.\n\n`;

/** The terminals that commands run in. */
function own(): readonly vscode.Terminal[] {
  return vscode.window.terminals.filter(({ name }) => name === 'Interleave');
}

describe('Commands of models in terminals of VS Code', () => {
  let model: LoopbackServer;

  beforeEach(async () => {
    model = await startScriptedModel((text, { body }) =>
      body.includes('"tool_result"')
        ? answer('Done.')
        : toolUse('run_command', { command: `sh ${/Run (\S+)\./.exec(text)?.[1]}` }),
    );
  });

  afterEach(async () => {
    for (const terminal of own()) terminal.dispose();
    await model.close();
  });

  async function runScripts(
    scripts: { readonly [name: string]: string },
    token?: vscode.CancellationToken,
  ): Promise<RunResult> {
    await activateApi();
    const names = Object.keys(scripts);
    for (const [name, text] of Object.entries(scripts)) await writeWorkspaceFile(name, text);
    const uri = await writeWorkspaceFile('terminal.prompts.md', names.map(prompt).join(''));
    const rules = names.map((name) => `allow run_command(sh ${name})`);
    return await withUserSettings({ 'anthropic.baseUrl': model.url, rules }, () =>
      runToEnd({
        uris: [uri],
        options: { provider: 'anthropic', model: 'some-model' },
        ...(token === undefined ? {} : { token }),
      }),
    );
  }

  it('run with their output and exit codes read from the terminal, without its environment and without focus', async () => {
    const editor = await vscode.window.showTextDocument(workspaceFile('math.prompts.md'));
    const executed: string[] = [];
    const listening = vscode.window.onDidStartTerminalShellExecution(({ terminal }) =>
      executed.push(terminal.name),
    );
    const result = await runScripts({
      'one.sh': 'echo "out é"; echo problem >&2; env; exit 3\n',
      'two.sh': `printf '\\033]633;D;0\\007'; seq 1 300000; exit 4\n`,
    });
    listening.dispose();
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    assert.deepEqual(executed, ['Interleave', 'Interleave']);
    assert.equal(own().length, 2);
    const [one, two] = result.conversations.map(({ toolCalls }) => toolCalls[0]?.output ?? '');
    assert.match(one ?? '', /^out é\nproblem\n/);
    assert.match(one ?? '', /^PATH=/m);
    const names = [...(one ?? '').matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
    assert.deepEqual(
      names.filter((name) => /^VSCODE_|^ELECTRON_|ASKPASS|NONCE/.test(name)),
      [],
    );
    assert.match(one ?? '', /\n\n\[Exit code 3\.\]$/);
    assert.match(two ?? '', /^1\n2\n3\n/);
    assert.match(two ?? '', /characters left out/);
    assert.match(two ?? '', /\n300000\n\n\[Exit code 4\.\]$/);
  });

  it('end with their children when the run is cancelled, and the terminal is used again', async () => {
    const source = new vscode.CancellationTokenSource();
    const pidFile = workspaceFile('child.pid').fsPath;
    const ended = runScripts(
      { 'long.sh': 'sleep 1000 & echo $! > child.pid; wait\n' },
      source.token,
    );
    const pid = (): string => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '');
    await eventually(() => /\d\n/.test(pid()), 'the command runs');
    const [terminal] = own();
    source.cancel();
    assert.equal((await ended).state, 'cancelled');
    await eventually(() => !isAlive(Number(pid())), 'the child has ended');
    const next = await runScripts({ 'next.sh': 'echo next\n' });
    assert.equal(next.conversations[0]?.toolCalls[0]?.output, 'next\n\n[Exit code 0.]');
    assert.deepEqual(own(), [terminal]);
  });

  it('end with an error when their terminal is closed', async () => {
    const pidFile = workspaceFile('closed.pid').fsPath;
    const ended = runScripts({
      'closed.sh': 'echo so far; sleep 1000 & echo $! > closed.pid; wait\n',
    });
    const pid = (): string => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '');
    await eventually(() => /\d\n/.test(pid()), 'the command runs');
    own()[0]?.dispose();
    const [call] = (await ended).conversations[0]?.toolCalls ?? [];
    assert.match(call?.output ?? '', /Its terminal was closed, which ended it\.\]$/);
    assert.equal(call?.isError, true);
    await eventually(() => !isAlive(Number(pid())), 'the child has ended');
  });
});
