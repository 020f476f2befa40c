import { beforeEach, describe, expect, it } from 'vitest';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { ownErrors } from './support/ownErrors.ts';
import { promptFile } from './support/promptFile.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { windowForEach } from './support/testWindow.ts';

const names = ['One', 'Two'];

describe('A folder that is trusted while its window is open', () => {
  /** Whether the model is silent. */
  let isHeld: boolean;
  beforeEach(() => {
    isHeld = false;
  });
  const window = windowForEach({
    model: () => startScriptedModel((prompt) => (isHeld ? [] : answer(`Re: ${prompt}`))),
    files: {
      'own/.vscode/settings.json': JSON.stringify({ 'interleave.mode': 'serial' }),
      'own/two.prompts.md': promptFile(names),
      'own/broken.prompts.md': '## Broken\n\n<!-- interleave\nmaxTurns: many\n-->\n\nBroken\n',
      'other/notes.md': 'Notes.\n',
      'both.code-workspace': JSON.stringify({ folders: [{ path: 'own' }, { path: 'other' }] }),
    },
    open: 'own',
    trusted: false,
  });

  /** Chooses Trust in the editor that manages it, once that is open. */
  async function trust(): Promise<void> {
    const { vs } = window;
    const editor = vs.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).click();
    await vs.page.locator('.statusbar').getByText('Restricted Mode').waitFor({ state: 'hidden' });
  }

  /** Squiggles of errors in the editor in front. */
  const errors = () =>
    window.vs.page.locator('.editor-group-container.active .squiggly-error').count();

  it('is checked and run from then on, without a reload', async () => {
    const { vs } = window;
    await vs.openSidebar();
    const runs = new SidebarTree(vs.page, 'Runs');
    await runs.welcome.getByText('In Restricted Mode').waitFor();
    await vs.openFile('broken.prompts.md');
    await vs.page.locator('.codelens-decoration a', { hasText: 'Run' }).first().click();
    const refusal = vs.notification('Prompts cannot run in Restricted Mode');
    const manage = refusal.getByRole('button', { name: 'Manage Workspace Trust' });
    expect(await errors()).toBe(0);
    const hosts = await vs.extensionHosts();
    await manage.click();
    await trust();

    await runs.welcome.getByText('No runs yet.').waitFor();
    await vs.openFile('broken.prompts.md');
    await expect.poll(errors).toBeGreaterThan(0);
    await vs.openFile('two.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    const panel = await ResultsPanel.find(vs, names);
    expect(await panel.ended()).toEqual(['done', 'done']);
    // The folder's own settings apply.
    const isSerial = (log: string): boolean => / 2 prompts, anthropic \S+, serial/.test(log);
    await vs.outputChannelText('Interleave', isSerial);
    expect(await vs.extensionHosts()).toEqual(hosts);
    expect(ownErrors(vs.consoleLines)).toEqual([]);
  });

  it('offers to resume a run that was interrupted in it', async () => {
    const { vs, model } = window;
    await vs.runCommand('Workspaces: Manage Workspace Trust');
    await trust();
    await vs.openFile('two.prompts.md');
    isHeld = true;
    await vs.runCommand('Interleave: Run All Prompts in File');
    await expect.poll(() => model.requests.length).toBe(1);
    // Not all of its folders are trusted.
    await vs.openInstead('both.code-workspace');
    await vs.page.locator('.statusbar').getByText('Restricted Mode').waitFor();
    isHeld = false;
    await vs.runCommand('Workspaces: Manage Workspace Trust');
    await trust();
    const offer = await vs.lastingNotification('two.prompts.md was interrupted');
    await offer.getByRole('button', { name: 'Resume Run' }).click();
    const panel = await ResultsPanel.find(vs, names);
    expect(await panel.ended()).toEqual(['done', 'done']);
  });
});
