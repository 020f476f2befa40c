import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { step } from './support/steps.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

const names = ['Hand a calculation over', 'Ask two agents'];

describe('Agents in a real window', () => {
  let folder: string;
  let vs: VscodeDriver;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    const workspace = path.join(folder, 'examples');
    await cp(path.join(ROOT, 'examples'), workspace, { recursive: true });
    vs = await openVscode({
      workspace,
      settings: { 'interleave.provider': 'demo', 'interleave.model': 'demo-fast' },
    });
    await vs.page.locator('.activitybar a[aria-label^="Interleave"]').waitFor();
  });

  afterAll(async () => {
    await vs?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('hand conversations over, ask each other, and are picked by name', async () => {
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
