import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { step } from './support/steps.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

const names = ['Quick', 'Held'];

describe('A run of another window', () => {
  let folder: string;
  let model: LoopbackServer;
  let first: VscodeDriver;
  let second: VscodeDriver;
  const held = Promise.withResolvers<void>();
  const runs = (): SidebarTree => new SidebarTree(second.page, 'Runs');

  beforeAll(async () => {
    model = await startScriptedModel((prompt) =>
      prompt === 'Held'
        ? [{ do: 'wait', for: held.promise }, ...answer('Held no more.')]
        : answer('At once.'),
    );
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    await mkdir(path.join(folder, 'api'));
    await mkdir(path.join(folder, 'website'));
    const file = names.map((name) => `## ${name}\n\n${name}\n`).join('\n');
    await writeFile(path.join(folder, 'website', 'two.prompts.md'), file);
    first = await openVscode({
      workspace: folder,
      open: 'website',
      settings: {
        'interleave.provider': 'anthropic',
        'interleave.anthropic.baseUrl': model.url,
      },
    });
  });

  afterAll(async () => {
    held.resolve();
    await first?.dispose();
    await model?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is listed, changes and can be opened in this one', async () => {
    await step('is listed while it is running there', async () => {
      await first.openFile('two.prompts.md');
      await first.runCommand('Interleave: Run All Prompts in File');
      const panel = await ResultsPanel.find(first, names);
      await panel.until(([quick]) => quick?.phase === 'done');
      second = await first.openBeside('website');
      await second.openSidebar();
      await runs()
        .row(/^Run \d+, 1 of 2 conversations ended, running in another window/)
        .waitFor();
    });

    await step(
      'changes in the list without a reload, and opens here after it has ended',
      async () => {
        held.resolve();
        const row = /^Run \d+, 2 of 2 conversations ended/;
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
