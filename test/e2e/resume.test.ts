import { describe, expect, it } from 'vitest';
import { startHeldModel } from './support/heldModel.ts';
import { parseLog } from './support/logLines.ts';
import { promptFile } from './support/promptFile.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

const names = ['One', 'Two'];
/** Complete turns of each conversation when the window reloads. */
const turnsBefore = 2;

describe('A window reloaded during a run', () => {
  const window = windowForAll({
    model: () => startHeldModel(() => turnsBefore),
    files: { 'two.prompts.md': promptFile(names) },
  });

  it('offers to resume it, and goes on with what was complete', async () => {
    const { vs, model } = window;
    await step('offers to resume it, and continues from the last complete turns', async () => {
      await vs.openFile('two.prompts.md');
      await vs.runCommand('Interleave: Run All Prompts in File');
      const isHeld = (name: string): boolean =>
        model.turns.some(({ prompt, results }) => prompt === name && results === turnsBefore);
      await expect.poll(() => names.every(isHeld)).toBe(true);
      await vs.page.reload();
      await vs.page.waitForSelector('.monaco-workbench');
      model.release();
      // Opening the runs starts the extension.
      await vs.openSidebar();
      const offer = await vs.lastingNotification('two.prompts.md was interrupted');
      await offer.getByRole('button', { name: 'Resume Run' }).click();
      const panel = await ResultsPanel.find(vs, names);
      await expect.poll(() => panel.phases()).toEqual(['done', 'done']);
      const previews = (await panel.rows()).map(({ preview }) => preview);
      expect(previews).toEqual(
        names.map((name) => expect.stringMatching(`^${name} was answered by request \\d+\\.$`)),
      );
      const log = await vs.outputChannelText('Interleave', (text) => text.includes('■ finished'));
      const texts = parseLog(log).map(({ text }) => text);
      expect(texts.filter((text) => /^↻ resumed after 2 turns/.test(text))).toHaveLength(2);
    });

    await step(
      'restores its results in the next window, and lists the run with its answers',
      async () => {
        await vs.reloadWindow();
        const panel = await ResultsPanel.find(vs, names);
        await expect.poll(() => panel.phases()).toEqual(['done', 'done']);
        await vs.openSidebar();
        const item = vs.page.getByRole('treeitem', { name: /\bRun \d+/ }).first();
        await item.waitFor();
        await item.getByText('2/2').waitFor();
      },
    );
  });
});
