import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/root.ts';
import { silence, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { alternate, callOrder, parseLog } from './support/logLines.ts';
import { ownErrors } from './support/ownErrors.ts';
import { PageRequests } from './support/pageRequests.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

const mathNames = [
  'Sum then multiply',
  'Price of an order',
  'Average temperature',
  'Compound interest',
  'Difference of two areas',
  'A model that does not exist',
  'Capital of France',
];
const mathPhases = ['done', 'done', 'done', 'done', 'done', 'failed', 'done'];

/** One prompt that ends soon, and one whose model is silent until the run is cancelled. */
const silentFile = `## Quick

<!-- interleave
model: demo-fast
-->

Add 1 and 2.

## Silent

<!-- interleave
provider: anthropic
model: silent
-->

Add 1 and 2.
`;

/** The tests share one window, as in a user's session; each closes all editors first. */
describe('The main job in a real window', () => {
  const window = windowForAll({
    model: () => startScriptedModel(() => silence),
    workspace: path.join(ROOT, 'examples'),
    files: { 'silent.prompts.md': silentFile },
    settings: { 'interleave.provider': 'demo', 'interleave.model': 'demo-fast' },
  });
  let requests: PageRequests;

  beforeAll(async () => {
    requests = new PageRequests(window.vs.page);
    await window.vs.extensionMenus();
  });

  beforeEach(closeAll);

  afterEach(() => {
    expect(requests.count).toBeGreaterThan(0);
    expect(requests.foreign()).toEqual([]);
    expect(ownErrors(window.vs.consoleLines)).toEqual([]);
  });

  async function closeAll(): Promise<void> {
    const { vs } = window;
    await vs.runCommand('View: Close All Editors');
    // Otherwise, a panel that is still closing could be mistaken for the next one.
    await expect.poll(() => vs.page.locator('.tabs-container .tab').count()).toBe(0);
  }

  it("runs a file from the Explorer's menu, and shows all of the run", async () => {
    const { vs } = window;
    await step(
      "runs a file from the Explorer's menu, with rows in prompt order all the time",
      async () => {
        await vs.explorerContextMenu('math.prompts.md', 'Run Prompts');
        const panel = await ResultsPanel.find(vs, mathNames);
        await panel.until((rows) => {
          expect(rows.map(({ number, name }) => `${number} ${name}`)).toEqual(
            mathNames.map((name, index) => `${index + 1} ${name}`),
          );
          return rows.every(({ phase }) => phase === 'done' || phase === 'failed');
        });
        expect(await panel.ended()).toEqual(mathPhases);
        expect(await panel.comparison()).toMatch(
          /^about \d+\.\d s of conversation in \d+\.\d s, \d+ % less$/,
        );
        expect(await panel.frame.locator('vscode-badge').textContent()).toMatch(/demo model/);
        expect(await panel.failedStrip.textContent()).toMatch(/1 failed\s+not found \(1\)/);
        const [first] = await panel.rows();
        expect(first?.preview).toBe('The answer is 20.');
      },
    );

    await step('logs one line per event, with interleaved tool calls', async () => {
      const log = await vs.outputChannelText('Interleave', (text) => text.includes('■ finished'));
      const lines = parseLog(log);
      const own = lines.filter(({ run }) => run === lines.at(-1)?.run);
      const order = callOrder(own, own[0]?.run ?? 0);
      expect(order.length).toBe(16);
      expect(alternate(order, 2, 3), order.join(' ')).toBe(true);
      const failed = own.filter(({ conversation }) => conversation === 6);
      expect(failed.at(-1)?.text).toMatch(/^✕ failed after .*: not_found: .*demo-unknown/);
      expect(lines.at(-1)?.text).toMatch(/^■ finished: 6 done, 1 failed; .* % less$/);
      await vs.runCommand('View: Toggle Output');
    });

    await step(
      'expands rows by keyboard, with the answer as Markdown and the tool calls',
      async () => {
        const panel = await ResultsPanel.find(vs, mathNames);
        await panel.row('Sum then multiply').focus();
        await vs.page.keyboard.press('ArrowDown');
        await vs.page.keyboard.press('Enter');
        const details = panel.details('Price of an order');
        await details.locator('interleave-markdown ol li').first().waitFor();
        expect(await details.locator('interleave-markdown strong').textContent()).toBe('237');
        await details.getByRole('tab', { name: 'Tools' }).click();
        await details.getByText('multiply_numbers').first().waitFor();
        await details.getByText('divide_numbers').first().waitFor();
      },
    );

    await step('shows a failure in its place and in the strip, and retries it there', async () => {
      const panel = await ResultsPanel.find(vs, mathNames);
      await panel.failedStrip.getByRole('button', { name: 'Show First' }).click();
      const details = panel.details('A model that does not exist');
      await details.getByText('The model demo-unknown is not offered by').waitFor();
      await details.getByRole('button', { name: 'Retry' }).click();
      await details.getByText('Before the rerun').waitFor();
      expect(await panel.ended()).toEqual(mathPhases);
    });

    await step('loses nothing when the panel is closed and opened again', async () => {
      const before = await ResultsPanel.find(vs, mathNames);
      const rows = await before.rows();
      const comparison = await before.comparison();
      await closeAll();
      await vs.runCommand('Interleave: Open Results');
      const after = await ResultsPanel.find(vs, mathNames);
      expect(await after.rows()).toEqual(rows);
      expect(await after.comparison()).toBe(comparison);
      const details = await after.open('Sum then multiply');
      await details.getByText('Simulated by the demo model').waitFor();
      await closeAll();
    });
  });

  it('runs a file from the editor title, and cancels the run from the panel', async () => {
    const { vs } = window;
    await vs.openFile('silent.prompts.md');
    await vs.page.locator('.editor-actions a[aria-label^="Run All Prompts in File"]').click();
    const panel = await ResultsPanel.find(vs, ['Quick', 'Silent']);
    await panel.until((rows) => rows[0]?.phase === 'done');
    await panel.tool('Cancel Run').click();
    expect(await panel.ended()).toEqual(['done', 'cancelled']);
    expect((await panel.rows())[0]?.preview).toBe('The answer is 3.');
    await panel.tool('Run Remaining').click();
    await panel.until((rows) => rows[1]?.phase === 'running');
    // The strips above the rows come and go with the run's state, which moves the rows.
    await panel.tool('Cancel Run').waitFor();
    await panel.row('Silent').hover();
    await panel.row('Silent').locator('button[aria-label="Cancel"]').click();
    expect(await panel.ended()).toEqual(['done', 'cancelled']);
  });

  it("runs the prompts in a selection, from the editor's menu", async () => {
    const { vs } = window;
    await vs.openFile('math.prompts.md');
    await vs.page.keyboard.press('Control+G');
    const line = await lineOf('## Average temperature');
    await vs.quickInput.answer(`:${line}`);
    await vs.page.getByText(`Ln ${line}, Col 1`).waitFor();
    for (let lines = 0; lines < 6; lines += 1) await vs.page.keyboard.press('Shift+ArrowDown');
    await vs.editorContextMenu('Run Prompts at Cursor or Selection');
    const panel = await ResultsPanel.find(vs, ['Average temperature', 'Compound interest']);
    expect(await panel.ended()).toEqual(['done', 'done']);
    expect(await panel.title.textContent()).toBe('Average temperature and 1 more');
  });

  it('runs the prompts checked in the side bar, which also lists the runs', async () => {
    const { vs } = window;
    await vs.openSidebar();
    const prompts = new SidebarTree(vs.page, 'Prompts');
    await prompts.check('Sum then multiply');
    await prompts.check('Difference of two areas');
    await prompts.action('Run Checked Prompts').click();
    const panel = await ResultsPanel.find(vs, ['Sum then multiply', 'Difference of two areas']);
    expect(await panel.ended()).toEqual(['done', 'done']);
    const runs = new SidebarTree(vs.page, 'Runs');
    await runs.waitFor(/^Sum then multiply and 1 more.*\d\d:\d\d · 2\/2/);
    expect(await runs.labels()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Sum then multiply\d/),
        expect.stringMatching(/^Difference of two areas\d/),
      ]),
    );
  });

  it('opens an example as an unsaved document, which the palette can run', async () => {
    const { vs } = window;
    await vs.runCommand('Interleave: Open Examples');
    await vs.page.locator('.view-line', { hasText: 'becomes one conversation' }).first().waitFor();
    await vs.runCommand('Interleave: Run All Prompts in File');
    const panel = await ResultsPanel.find(vs, mathNames);
    expect(await panel.ended()).toEqual(mathPhases);
  });

  /** The 1-based line of a heading in the example. */
  async function lineOf(heading: string): Promise<number> {
    const { vs } = window;
    const text = await readFile(path.join(vs.workspace, 'math.prompts.md'), 'utf8');
    return text.split('\n').indexOf(heading) + 1;
  }
});
