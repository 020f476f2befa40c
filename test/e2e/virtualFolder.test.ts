import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel, toolUse } from '../support/loopback/scriptedModel.ts';
import { openVscode } from './support/openVscode.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

describe('A workspace folder that is on no disk', () => {
  let folder: string;
  let model: LoopbackServer;
  let vs: VscodeDriver;

  beforeEach(async () => {
    model = await startScriptedModel((_prompt, { body }) =>
      body.includes('"tool_result"') ? answer('Looked.') : toolUse('list_files', {}),
    );
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    await writeFile(
      path.join(folder, 'virtual.code-workspace'),
      JSON.stringify({ folders: [{ uri: 'test-memory:/project', name: 'project' }] }),
    );
    vs = await openVscode({
      workspace: folder,
      open: 'virtual.code-workspace',
      companions: [path.join(ROOT, 'test/fixtures/virtual-files')],
      settings: {
        'interleave.provider': 'anthropic',
        'interleave.anthropic.baseUrl': model.url,
      },
    });
  });

  afterEach(async () => {
    await vs?.dispose();
    await model?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has its prompts listed and run, and says that tools cannot read it', async () => {
    await vs.openSidebar();
    const prompts = new SidebarTree(vs.page, 'Prompts');
    await prompts.row(/^Two, two\.prompts\.md/).waitFor();
    await prompts.row(/^One, one\.prompts\.md/).click();
    const lenses = vs.page.locator('.editor-group-container .codelens-decoration a');
    await lenses.filter({ hasText: 'Run' }).first().click();
    const panel = await ResultsPanel.find(vs, ['One']);
    expect(await panel.ended()).toEqual(['done']);
    await vs.webviewFrame("Tools cannot read test-memory:/project: not on this machine's disk.");
    expect(model.requests[1]?.body).toContain(
      "No folder of this machine's disk is open, so there are no files to look at.",
    );
    await lenses.filter({ hasText: /Last:.done/ }).waitFor();
    expect(ownErrors(vs.consoleLines)).toEqual([]);
  });
});
