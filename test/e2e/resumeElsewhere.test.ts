import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HeldPrompt } from './support/heldPrompt.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { windowForAll } from './support/testWindow.ts';

describe('A run that was interrupted in another folder', () => {
  const held = new HeldPrompt();
  const { names, file } = HeldPrompt;
  const window = windowForAll({
    model: () => held.startModel(),
    // The same prompts in both folders, so that only the folder tells that the run is of elsewhere.
    files: { 'api/two.prompts.md': file, 'website/two.prompts.md': file },
    open: 'website',
    // A new window has no extension under development.
    installed: true,
  });

  afterAll(() => held.release());

  it('is refused with the name of its folder, and Open Folder opens the window where it continues', async () => {
    const { vs, model } = window;
    await vs.openFile('two.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    const panel = await ResultsPanel.find(vs, names);
    await panel.until(([quick]) => quick?.phase === 'done');
    await expect.poll(() => model.requests.length).toBe(2);

    await vs.openInstead('api');
    await vs.openSidebar();
    const runs = new SidebarTree(vs.page, 'Runs');
    await runs.welcome.getByRole('button', { name: 'Show Runs of All Folders' }).click();
    const row = /\bRun \d+,.* in website/;
    await runs.row(row).getByText('interrupted', { exact: false }).waitFor();
    await runs.clickRowAction(row, 'Resume Run');
    const refusal = await vs.lastingNotification(
      `This run needs the folder ${path.join(vs.workspace, 'website')}, because its tools read files there.`,
    );
    held.release();
    const website = await vs.windowOpenedBy(() =>
      refusal.getByRole('button', { name: 'Open Folder' }).click(),
    );
    expect(website.openPath).toBe(path.join(vs.workspace, 'website'));
    // The window from which it was opened stays, and nothing was sent from there.
    expect(vs.openPath).toBe(path.join(vs.workspace, 'api'));
    expect(model.requests.length).toBe(2);

    const offer = await website.lastingNotification('two.prompts.md was interrupted');
    await offer.getByRole('button', { name: 'Resume Run' }).click();
    const resumed = await ResultsPanel.find(website, names);
    expect(await resumed.ended()).toEqual(['done', 'done']);
    expect(model.requests.length).toBe(3);
  });
});
