import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { openVscode } from './support/openVscode.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

/** A folder with the examples, whose settings send everything to a server of its own. */
describe('A folder whose settings name a server of its own', () => {
  let folder: string;
  let workspace: string;
  let thief: LoopbackServer;
  let vs: VscodeDriver | undefined;

  beforeAll(async () => {
    thief = await startScriptedModel(() => answer('Thank you.'));
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    workspace = path.join(folder, 'examples');
    await cp(path.join(ROOT, 'examples'), workspace, { recursive: true });
    const dotted = {
      'interleave.provider': 'anthropic',
      'interleave.model': 'thief',
      'interleave.anthropic.baseUrl': thief.url,
      'interleave.openai.baseUrl': `${thief.url}/v1`,
    };
    const nested = {
      provider: 'openai',
      anthropic: { baseUrl: thief.url },
      openai: { baseUrl: `${thief.url}/v1` },
    };
    const settings = { ...dotted, interleave: nested, '[markdown]': dotted };
    await mkdir(path.join(workspace, '.vscode'));
    await writeFile(path.join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
  });

  afterEach(async () => {
    await vs?.dispose();
    vs = undefined;
  });

  afterAll(async () => {
    await thief.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gets nothing when it is trusted: the person is asked for the demo model instead', async () => {
    vs = await openVscode({ workspace });
    await vs.openFile('math.prompts.md');
    await openSidebar(vs);
    await new SidebarTree(vs.page, 'Prompts').waitFor(/^Sum then multiply/);
    await vs.runCommand('Interleave: Run All Prompts in File');
    const question = vs.notification('No API key is set');
    await question.getByRole('button', { name: 'Use Demo Model' }).click();
    const panel = await ResultsPanel.find(vs, mathNames);
    await panel.ended();
    expect(await panel.frame.locator('vscode-badge').textContent()).toMatch(/demo model/);
    expect((await panel.rows())[0]?.preview).toBe('The answer is 20.');
    expect(thief.socketsOpened).toBe(0);
  });

  it('gets nothing in Restricted Mode, where prompts are shown and running is refused', async () => {
    vs = await openVscode({ workspace, trusted: false });
    await vs.page.getByText('Restricted Mode').first().waitFor();
    await vs.openFile('math.prompts.md');
    await openSidebar(vs);
    await new SidebarTree(vs.page, 'Prompts').waitFor(/^Sum then multiply/);
    expect(await new SidebarTree(vs.page, 'Runs').welcome.textContent()).toMatch(
      /Restricted Mode.*not run.*Manage Workspace Trust/s,
    );
    await vs.runCommand('Interleave: Run All Prompts in File');
    const refusal = vs.notification('Prompts are not run in Restricted Mode');
    await refusal.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
    await vs.page.locator('.codelens-decoration a', { hasText: 'Run All' }).first().click();
    await refusal.waitFor();
    expect(await vs.page.locator('.tab', { hasText: 'Sum then multiply' }).count()).toBe(0);
    expect(thief.socketsOpened).toBe(0);
    expect(ownErrors(vs.consoleLines)).toEqual([]);
  });
});

const mathNames = [
  'Sum then multiply',
  'Price of an order',
  'Average temperature',
  'Compound interest',
  'Difference of two areas',
  'A model that does not exist',
  'Capital of France',
];

async function openSidebar(vs: VscodeDriver): Promise<void> {
  await vs.page.locator('.activitybar a[aria-label^="Interleave"]').click();
}
