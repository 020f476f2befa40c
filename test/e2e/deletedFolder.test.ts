import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLookingModel } from '../support/loopback/scriptedModel.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { windowForAll } from './support/testWindow.ts';

describe('A workspace folder that is deleted while its window is open', () => {
  const window = windowForAll({
    model: startLookingModel,
    files: { 'one.prompts.md': '## One\n\nLook around.\n' },
  });

  it('keeps its runs, and a new one says that there are no files', async () => {
    const { vs, model } = window;
    await vs.openSidebar();
    const prompts = new SidebarTree(vs.page, 'Prompts');
    const runs = new SidebarTree(vs.page, 'Runs');
    await vs.openFile('one.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    expect(await (await ResultsPanel.find(vs, ['One'])).ended()).toEqual(['done']);

    await rm(vs.workspace, { recursive: true });
    await expect.poll(() => prompts.names()).toEqual([]);
    await runs.row(/\bRun 1, .*1 of 1 conversation ended/).waitFor();
    expect(model.requests).toHaveLength(2);
    // The editor still holds the text of the deleted file.
    await vs.runCommand('Interleave: Run All Prompts in File');
    await runs.row(/\bRun 2, .*1 of 1 conversation ended/).waitFor();
    expect(model.requests).toHaveLength(4);
    const name = path.basename(vs.workspace);
    expect(model.requests[3]?.body).toContain(
      `The workspace folder \\"${name}\\" no longer exists.`,
    );
    await vs.webviewFrame(`Tools cannot read ${vs.workspace}: deleted or moved.`);
    expect(ownErrors(vs.consoleLines)).toEqual([]);

    await vs.reloadWindow();
    const dialog = vs.notification('Workspace does not exist');
    await dialog.waitFor();
    await vs.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await vs.openSidebar();
    const last = /\bRun 2, .*1 of 1 conversation ended/;
    await runs.row(last).waitFor();
    await runs.row(/\bRun 1, .*1 of 1 conversation ended/).waitFor();
    await runs.clickRowAction(last, 'Open Results');
    expect(await (await ResultsPanel.find(vs, ['One'])).phases()).toEqual(['done']);
  });
});
