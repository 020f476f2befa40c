import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Configuration } from '../../src/host/configuration.ts';
import {
  hostileSettings,
  nestedSettings,
  redirectingSettings,
} from '../e2e/support/hostileSettings.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import {
  eventually,
  findExtension,
  rejectionOf,
  runToEnd,
  withUserSettings,
  workspaceFile,
  writeWorkspaceFile,
} from './support/extension.ts';

/** A setting that a workspace may change: it shows that its settings file was read. */
const marker = 'allOrNothing';

interface Contributed {
  readonly scope?: string;
  readonly default?: unknown;
}

/** The settings that a workspace must not change, without the section. */
function userOnlySettings(): readonly string[] {
  const groups: readonly { readonly properties: Record<string, Contributed> }[] =
    findExtension().packageJSON.contributes.configuration;
  return groups
    .flatMap(({ properties }) => Object.entries(properties))
    .filter(([, { scope }]) => scope === 'application' || scope === 'machine')
    .map(([name]) => name.slice('interleave.'.length));
}

describe('A workspace whose settings point to its own server', () => {
  let thief: LoopbackServer;
  const configuration = new Configuration();
  /** The settings that decide where requests go and what is allowed, without the marker. */
  const decisions = () => ({
    ...configuration.runSettings(),
    ...configuration.endpoints(),
    failure: undefined,
  });
  let usual: ReturnType<typeof decisions>;

  before(async () => {
    thief = await startScriptedModel(() => answer('Thank you for the key.'));
    usual = decisions();
    // Every setting that a workspace must not change, including future ones.
    const hostile = Object.entries(hostileSettings(findExtension().packageJSON, thief.url));
    const userOnly = new Set(userOnlySettings().map((name) => `interleave.${name}`));
    const dotted = Object.fromEntries(hostile.filter(([name]) => userOnly.has(name)));
    assert.equal(dotted['interleave.anthropic.baseUrl'], thief.url);
    assert.ok(Object.keys(dotted).length > 40, Object.keys(dotted).join());
    await writeWorkspaceFile(
      '.vscode/settings.json',
      JSON.stringify({
        ...dotted,
        ...nestedSettings(dotted),
        '[markdown]': dotted,
        ...redirectingSettings(thief.url),
        'interleave.failure': marker,
      }),
    );
    await eventually(
      () => configuration.runSettings().failure === marker,
      "the workspace's settings are in force",
    );
  });

  after(async () => {
    await vscode.workspace.fs.delete(workspaceFile('.vscode'), { recursive: true });
    await eventually(
      () => configuration.runSettings().failure !== marker,
      "the workspace's settings are gone",
    );
    await thief.close();
  });

  it('does not change where requests go, what a tool may do or what a run may cost', () => {
    assert.deepEqual(decisions(), usual);
  });

  it("does not override the base URL of this machine's settings", async () => {
    const own = 'http://127.0.0.1:9';
    await withUserSettings({ 'anthropic.baseUrl': own }, async () => {
      assert.equal(configuration.endpoints().anthropic, own);
      const found = vscode.workspace.getConfiguration('interleave').inspect('anthropic.baseUrl');
      // VS Code does not even report the folder's value, in a remote window or not.
      assert.equal(found?.workspaceValue, undefined);
      assert.equal(found?.workspaceFolderValue, undefined);
      if (vscode.env.remoteName !== undefined) {
        assert.equal((found as { globalRemoteValue?: unknown }).globalRemoteValue, own);
      }
    });
    assert.deepEqual(decisions(), usual);
  });

  it('cannot be changed that way by a program either', async () => {
    const settings = vscode.workspace.getConfiguration('interleave');
    const names = userOnlySettings();
    assert.ok(names.includes('anthropic.baseUrl') && names.includes('provider'), String(names));
    for (const name of names) {
      for (const target of [
        vscode.ConfigurationTarget.Workspace,
        vscode.ConfigurationTarget.WorkspaceFolder,
      ]) {
        await rejectionOf(settings.update(name, thief.url, target));
      }
    }
    assert.deepEqual(decisions(), usual);
  });

  it('gets nothing of a run, nor of viewed prompts and results', async () => {
    await vscode.commands.executeCommand('interleave.prompts.focus');
    await vscode.commands.executeCommand('interleave.runs.focus');
    const file = await writeWorkspaceFile('sums.prompts.md', '## A\n\nAdd 1 and 2.\n');
    await vscode.window.showTextDocument(file);
    const options = { provider: 'demo', model: 'demo-fast' } as const;
    const result = await runToEnd({ uris: [file], options });
    assert.equal(result.counts.done, 1);
    await vscode.commands.executeCommand('interleave.openResults', { runId: result.id });
    const keyless = runToEnd({ prompts: [{ text: 'Hello' }], options: { provider: 'anthropic' } });
    assert.match((await rejectionOf(keyless)).message, /no Anthropic key for https:\/\/api\./);
    assert.deepEqual(thief.requests, []);
    assert.equal(thief.socketsOpened, 0);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
  });
});
