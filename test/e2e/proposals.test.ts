import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

const names = ['Whole cents', 'Two digits', 'Thousands', 'Whole cents when read', 'Names'];

describe('Proposed changes in a real window', () => {
  const window = windowForAll({ workspace: path.join(ROOT, 'examples') });
  let panel: ResultsPanel;
  let before: string;

  beforeAll(async () => {
    before = await sources();
    await window.vs.extensionMenus();
  });

  /** The files of the program that the prompts change, with their text. */
  async function sources(): Promise<string> {
    const src = path.join(window.vs.workspace, 'src');
    const files = (await readdir(src)).sort();
    const texts = files.map(
      async (file) => `== ${file}\n${await readFile(path.join(src, file), 'utf8')}`,
    );
    return (await Promise.all(texts)).join('');
  }

  it('are counted, reviewed, applied and taken back', async () => {
    const { vs } = window;
    await step('change nothing on disk, and are counted in the panel', async () => {
      await vs.explorerContextMenu('proposals.prompts.md', 'Run Prompts');
      panel = await ResultsPanel.find(vs, names);
      expect(await panel.ended()).toEqual(names.map(() => 'done'));
      await panel.frame.locator('.changes-strip').waitFor();
      expect(await sources()).toBe(before);
      const details = await panel.open('Names');
      await details.locator('[data-tab="changes"]').click();
      await details.locator('.changes-table').waitFor();
    });

    await step('are reviewed in a multi-file diff', async () => {
      await panel.frame.locator('.changes-strip button', { hasText: 'Review Changes' }).click();
      const diff = vs.page.locator('.multiDiffEntry');
      await diff.first().waitFor();
    });

    await step('are applied in prompt order, and the conflict is named', async () => {
      await vs.runCommand('View: Open Previous Editor');
      panel = await ResultsPanel.find(vs, names);
      await panel.frame.locator('.changes-strip button', { hasText: 'Apply All' }).click();
      const told = panel.frame.getByText(
        '1 conflict not applied: src/format.ts, proposed by "Thousands"',
      );
      await told.first().waitFor({ timeout: 30_000 });
      const now = await sources();
      expect(now).toContain('Math.round((total * percent) / 100)');
      expect(now).toContain('== receiptText.ts');
      expect(now).toContain('toFixed(2)');
      expect(now).not.toContain("toLocaleString('en')");
    });

    await step('are taken back by one undo', async () => {
      await vs.openFile('cart.ts');
      await vs.runCommand('Undo');
      const saved = async () => {
        await vs.runCommand('File: Save All Files');
        return await sources();
      };
      await expect.poll(saved, { timeout: 30_000 }).toBe(before);
    });
  });
});
