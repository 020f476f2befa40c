import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { startLookingModel } from '../support/loopback/scriptedModel.ts';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { windowForAll } from './support/testWindow.ts';

describe('A workspace folder that is on no disk', () => {
  const window = windowForAll({
    model: startLookingModel,
    files: {
      'virtual.code-workspace': JSON.stringify({
        folders: [{ uri: 'test-memory:/project', name: 'project' }],
      }),
    },
    open: 'virtual.code-workspace',
    companions: [path.join(ROOT, 'test/fixtures/virtual-files')],
  });

  it('has its prompts listed and run, and says that tools cannot read it', async () => {
    const { vs, model } = window;
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
