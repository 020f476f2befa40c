import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { parseLog } from './support/logLines.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

const names = ['Five seconds alone', 'Four seconds alone'];

describe('A window that is reloaded in the middle of a run', () => {
  let vs: VscodeDriver;

  beforeAll(async () => {
    const settings = { 'interleave.provider': 'demo' };
    vs = await openVscode({ workspace: path.join(ROOT, 'examples'), settings });
  });

  afterAll(async () => {
    await vs.dispose();
  });

  it('offers to resume it, and goes on from the last complete turns', async () => {
    await vs.openFile('side-by-side.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    await ResultsPanel.find(vs, names);
    // Long enough for some turns, too short for the answers.
    await vs.page.waitForTimeout(2_200);
    await vs.page.reload();
    await vs.page.waitForSelector('.monaco-workbench');
    // Looking at the runs starts the extension; what it offers then is not shown for long.
    await vs.openSidebar();
    const offer = vs.notification('side-by-side.prompts.md was interrupted');
    await offer.getByRole('button', { name: 'Resume Run' }).click();
    const panel = await ResultsPanel.find(vs, names);
    await expect.poll(() => panel.phases(), { timeout: 60_000 }).toEqual(['done', 'done']);
    const previews = (await panel.rows()).map(({ preview }) => preview);
    expect(previews).toEqual(['The answer is 729.', 'The answer is 222.']);
    const texts = parseLog(await vs.outputChannelText('Interleave')).map(({ text }) => text);
    expect(texts.filter((text) => /^↻ resumed after [1-9]\d* turn/.test(text))).toHaveLength(2);
  });

  it('lists the run in the next window, with its answers', async () => {
    await vs.page.reload();
    await vs.page.waitForSelector('.monaco-workbench');
    await vs.openSidebar();
    const item = vs.page.getByRole('treeitem', { name: /^Run \d+/ }).first();
    await item.waitFor();
    await item.getByText('2/2').waitFor();
  });
});
