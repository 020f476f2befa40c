import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunState } from '../../src/shared/runState.ts';
import { type OpenPanel, PanelBrowser } from '../support/panel/panelBrowser.ts';
import { finishedRun, largeRun, runningRun } from '../support/panel/scriptedRuns.ts';
import { showRun } from '../support/panel/showRun.ts';
import { hostileMarkdown } from '../unit/media/markdown/hostileSamples.ts';

const detailTabs = ['answer', 'tools', 'prompt', 'transcript', 'usage', 'raw'];

/** Everything a page may load: itself, its styles, script and fonts. */
const ownFiles = new Set([
  ...['/', '/results.js', '/results.css', '/codicon.css', '/codicon.ttf'],
  ...['/dark.css', '/light.css', '/hc.css', '/hcLight.css'],
]);

/** Expands a row and walks through its tabs. */
async function readRow(panel: OpenPanel, index: number): Promise<void> {
  const row = panel.page.locator(`interleave-row[data-index="${index}"]`);
  await row.locator('.row').click();
  for (const tab of detailTabs) await row.locator(`[data-tab="${tab}"]`).click();
  await row.locator('[data-tab="answer"]').click();
}

/**
 * Sends 15,000 events in batches every 50 ms while the list scrolls; returns the number of drawn
 * rows.
 */
const eventStorm = (nextSeq: number): string => `(async () => {
  const list = document.querySelector('interleave-list');
  const going = list.conversations.filter(({ phase }) => phase === 'running');
  let seq = ${nextSeq};
  let stop = false;
  const frame = () => {
    list.scrollTop += 37;
    if (!stop) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  for (let batch = 0; batch < 60; batch++) {
    const events = [];
    for (let n = 0; n < 250; n++, seq++) {
      const conversation = going[(seq * 7) % going.length].index;
      const atMs = 8000 + batch * 50;
      events.push({ type: 'turn.delta', conversation, turn: 1, text: 'word ' + n, seq, atMs });
    }
    window.postMessage({ type: 'events', events }, '*');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stop = true;
  return document.querySelectorAll('interleave-row').length;
})()`;

/** Shows each text as the answer of the second conversation, and draws it. */
const showEach = (run: RunState, answers: readonly string[]): string => `(async () => {
  const run = ${JSON.stringify(run)};
  for (const answer of ${JSON.stringify(answers)}) {
    run.conversations[1].answer = answer;
    window.postMessage({ type: 'snapshot', run }, '*');
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }
})()`;

/** A scroll value of the list in the page. */
const listNumber = ({ page }: OpenPanel, name: 'scrollTop' | 'scrollHeight'): Promise<number> =>
  page.evaluate<number>(`document.querySelector('interleave-list').${name}`);

describe('The behaviour of the results panel in a browser', () => {
  let browser: PanelBrowser;

  beforeAll(async () => {
    browser = await PanelBrowser.start();
  });

  afterAll(async () => {
    await browser?.close();
  });

  it('makes no network requests', async () => {
    const panel = await browser.open();
    const asked: string[] = [];
    panel.page.on('request', (request) => asked.push(request.url()));
    await showRun(panel, runningRun());
    await readRow(panel, 1);
    await showRun(panel, finishedRun());
    for (const index of [0, 2, 4, 7]) await readRow(panel, index);
    expect(await panel.violations()).toEqual([]);
    expect(asked).toEqual([]);
    expect(browser.server.requests.filter((path) => !ownFiles.has(path))).toEqual([]);
    await panel.page.close();
  });

  it('passes links to the extension and does not navigate', async () => {
    const panel = await browser.open();
    await showRun(panel, finishedRun());
    await panel.page.locator('.row').nth(1).click();
    const link = panel.page.getByRole('link', { name: 'the documentation' });
    const before = panel.page.url();
    await link.click();
    await link.click({ button: 'middle' });
    await link.click({ modifiers: ['ControlOrMeta'] });
    await link.press('Enter');
    const posted = (await panel.posted()).filter(({ type }) => type === 'openLink');
    const expected = { type: 'openLink', url: 'https://example.com/docs/pool?id=1' };
    expect(posted).toMatchObject([expected, expected, expected]);
    expect(panel.page.url()).toBe(before);
    expect(panel.page.context().pages().length).toBe(1);
    await panel.page.close();
  });

  it('renders every sample of the hostile corpus, and the content policy has nothing to block', async () => {
    const panel = await browser.open();
    const asked: string[] = [];
    panel.page.on('request', (request) => asked.push(request.url()));
    panel.page.on('dialog', (dialog) => asked.push(dialog.message()));
    const run = finishedRun().state();
    await panel.send({ type: 'snapshot', run });
    await panel.page.locator('.row').nth(1).click();
    await panel.page.evaluate(showEach(run, hostileMarkdown));
    expect(await panel.violations()).toEqual([]);
    expect(asked).toEqual([]);
    expect(await panel.page.locator('img, svg, iframe, form, link[href*=evil]').count()).toBe(0);
    await panel.page.close();
  });

  it('keeps visible content in place while an expanded row above grows', async () => {
    const panel = await browser.open({ height: 500 });
    const script = largeRun(300);
    await showRun(panel, script);
    await panel.page.locator('.row').nth(2).click();
    await panel.page.evaluate("document.querySelector('interleave-list').scrollTop = 1500");
    const seen = panel.page.locator('.row', { hasText: 'Ticket 70' }).first();
    await seen.waitFor();
    const before = await seen.boundingBox();
    const text = 'A paragraph that makes the row higher.\n\n'.repeat(20);
    script.at(9000).steps(2, { type: 'turn.delta', turn: 1, text });
    await panel.send({ type: 'events', events: script.events.slice(-1) });
    await expect.poll(() => listNumber(panel, 'scrollHeight')).toBeGreaterThan(300 * 22 + 400);
    expect(await seen.boundingBox()).toEqual(before);
    await panel.page.close();
  });

  it('keeps the focus of a row out of view, and the scroll position after a reload', async () => {
    const panel = await browser.open({ height: 500 });
    const run = largeRun(500).state();
    await panel.send({ type: 'snapshot', run });
    await panel.page.locator('.row').nth(3).focus();
    await panel.page.evaluate("document.querySelector('interleave-list').scrollTop = 5000");
    await panel.page.locator('.row', { hasText: 'Ticket 230' }).first().waitFor();
    const focused = "document.activeElement.querySelector('.index')?.textContent";
    expect(await panel.page.evaluate(focused)).toBe('4');
    const kept = () => panel.page.evaluate("JSON.parse(sessionStorage.getItem('state'))?.top");
    await expect.poll(kept).toBeGreaterThan(200);
    await panel.page.reload();
    await panel.send({ type: 'snapshot', run });
    await expect.poll(() => listNumber(panel, 'scrollTop')).toBeGreaterThan(4_970);
    expect(await listNumber(panel, 'scrollTop')).toBeLessThan(5_030);
    await panel.page.close();
  });

  it('draws few rows while thousands of events per second arrive', async () => {
    const panel = await browser.open({ height: 900 });
    const script = largeRun(2000);
    await showRun(panel, script);
    await panel.page.locator('.row').nth(2).click();
    const rows = await panel.page.evaluate<number>(eventStorm(script.events.length + 1));
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThan(150);
    await panel.page.close();
  });
});
