import { afterAll, describe, expect, it } from 'vitest';
import { HeldPrompt } from './support/heldPrompt.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

describe('A run of another window', () => {
  const held = new HeldPrompt();
  const { names } = HeldPrompt;
  const window = windowForAll({
    model: () => held.startModel(),
    files: { 'website/two.prompts.md': HeldPrompt.file, 'api/notes.md': 'Notes.\n' },
    open: 'website',
  });
  let second: VscodeDriver;
  const runs = (): SidebarTree => new SidebarTree(second.page, 'Runs');

  afterAll(() => held.release());

  it('is listed, changes and can be opened in this one', async () => {
    const { vs: first } = window;
    await step('is listed while it is running there', async () => {
      await first.openFile('two.prompts.md');
      await first.runCommand('Interleave: Run All Prompts in File');
      const panel = await ResultsPanel.find(first, names);
      await panel.until(([quick]) => quick?.phase === 'done');
      second = await first.openBeside('website');
      await second.openSidebar();
      await runs()
        .row(/\bRun \d+, .*1 of 2 conversations ended, running in another window/)
        .waitFor();
    });

    await step(
      'changes in the list without a reload, and opens here after it has ended',
      async () => {
        held.release();
        const row = /\bRun \d+, .*2 of 2 conversations ended/;
        await runs().row(row).waitFor();
        await runs().clickRowAction(row, 'Open Results');
        const panel = await ResultsPanel.find(second, names);
        await expect.poll(() => panel.phases()).toEqual(['done', 'done']);
      },
    );

    await step('is hidden in other folders, until all runs are shown', async () => {
      await second.openInstead('api');
      await second.openSidebar();
      const hidden = runs().welcome.getByText('Runs of other folders are hidden.');
      await hidden.waitFor();
      await runs().welcome.getByRole('button', { name: 'Show Runs of All Folders' }).click();
      await runs().waitFor(/in website/);
      await runs().action('Show Runs of This Folder Only').click();
      await hidden.waitFor();
    });
  });
});
