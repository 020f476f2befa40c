import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

const names = ['Quick', 'Held'];

describe('A run that was interrupted in another folder', () => {
  let folder: string;
  let model: LoopbackServer;
  let vs: VscodeDriver;
  const held = Promise.withResolvers<void>();

  beforeEach(async () => {
    model = await startScriptedModel((prompt) =>
      prompt === 'Held'
        ? [{ do: 'wait', for: held.promise }, ...answer('Held no more.')]
        : answer('At once.'),
    );
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    await mkdir(path.join(folder, 'api'));
    await mkdir(path.join(folder, 'website'));
    const file = names.map((name) => `## ${name}\n\n${name}\n`).join('\n');
    // The same prompts in both folders, so that only the folder tells that the run is of elsewhere.
    for (const place of ['api', 'website']) {
      await writeFile(path.join(folder, place, 'two.prompts.md'), file);
    }
    vs = await openVscode({
      workspace: folder,
      open: 'website',
      // A new window has no extension under development.
      installed: true,
      settings: {
        'interleave.provider': 'anthropic',
        'interleave.anthropic.baseUrl': model.url,
      },
    });
  });

  afterEach(async () => {
    held.resolve();
    await vs?.dispose();
    await model?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused with the name of its folder, and Open Folder opens the window where it continues', async () => {
    await vs.openFile('two.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    const panel = await ResultsPanel.find(vs, names);
    await panel.until(([quick]) => quick?.phase === 'done');
    await expect.poll(() => model.requests.length).toBe(2);

    await vs.openInstead('api');
    await vs.openSidebar();
    const runs = new SidebarTree(vs.page, 'Runs');
    await runs.welcome.getByRole('button', { name: 'Show Runs of All Folders' }).click();
    const row = /^Run \d+,.* in website/;
    await runs.row(row).getByText('interrupted', { exact: false }).waitFor();
    await runs.clickRowAction(row, 'Resume Run');
    const refusal = await vs.lastingNotification(
      `This run needs the folder ${path.join(vs.workspace, 'website')}, because its tools read files there.`,
    );
    held.resolve();
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
