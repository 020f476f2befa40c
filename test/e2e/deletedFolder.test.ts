import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoopbackServer } from '../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel, toolUse } from '../support/loopback/scriptedModel.ts';
import { openVscode } from './support/openVscode.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

describe('A workspace folder that is deleted while its window is open', () => {
  let folder: string;
  let model: LoopbackServer;
  let vs: VscodeDriver;

  beforeEach(async () => {
    model = await startScriptedModel((_prompt, { body }) =>
      body.includes('"tool_result"') ? answer('Looked.') : toolUse('list_files', {}),
    );
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    await writeFile(path.join(folder, 'one.prompts.md'), '## One\n\nLook around.\n');
    vs = await openVscode({
      workspace: folder,
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

  it('keeps its saved runs', async () => {
    await vs.openSidebar();
    await vs.openFile('one.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    const panel = await ResultsPanel.find(vs, ['One']);
    expect(await panel.ended()).toEqual(['done']);
    await rm(vs.workspace, { recursive: true });
    const prompts = new SidebarTree(vs.page, 'Prompts');
    await expect.poll(() => prompts.names()).toEqual([]);
    console.log(await new SidebarTree(vs.page, 'Runs').names());
    await vs.runCommand('Interleave: Run All Prompts in File');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await vs.screenshot('/tmp/shot1.png');
    console.log(await new SidebarTree(vs.page, 'Runs').names());
    console.log(model.requests.map(({ body }) => body.slice(-600)));
    console.log(ownErrors(vs.consoleLines));
    console.log(await vs.outputChannelText('Interleave', () => true));
  });
});
