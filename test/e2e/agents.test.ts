import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

const names = ['Hand a calculation over', 'Ask two agents'];

describe('Agents in a real window', () => {
  const window = windowForAll({ workspace: path.join(ROOT, 'examples') });

  beforeAll(() => window.vs.extensionMenus());

  it('hand conversations over, ask each other, and are picked by name', async () => {
    const { vs } = window;
    let panel: ResultsPanel;
    await step('the panel shows who answered, and what was asked of whom', async () => {
      await vs.explorerContextMenu('agents.prompts.md', 'Run Prompts');
      panel = await ResultsPanel.find(vs, names);
      expect(await panel.ended()).toEqual(['done', 'done']);
      const over = await panel.open(names[0] ?? '');
      await over.locator('[data-tab="transcript"]').click();
      await over.getByText('transfer_to_calculator').first().waitFor();
      await over.getByText('calculator', { exact: true }).first().waitFor();
      await panel.row(names[0] ?? '').click();
      const asked = await panel.open(names[1] ?? '');
      await asked.locator('[data-tab="tools"]').click();
      await asked.getByText('calculator > sum_numbers').waitFor();
    });

    await step('Select Agent… lists the agents of the workspace', async () => {
      await vs.runCommand('Interleave: Select Agent…');
      await expect.poll(() => vs.quickInput.labels()).toContain('calculator');
      await vs.quickInput.pick('calculator');
      await vs.explorerContextMenu('math.prompts.md', 'Run Prompts');
      const answers = /▶ calculator \(demo demo-fast\)/;
      await vs.outputChannelText('Interleave', (text) => text.includes('r2') && answers.test(text));
    });
  });
});
