import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { hostileMarkdown } from '../../unit/media/markdown/hostileSamples.ts';
import { type OpenPanel, PanelBrowser } from './panelBrowser.ts';
import { rightToLeftRun } from './rightToLeftRun.ts';
import type { RunScript } from './runScript.ts';
import { finishedRun, largeRun, queuedRun, runningRun } from './scriptedRuns.ts';
import { pausedRun, stoppedRun, waitingRun } from './troubledRuns.ts';

/** Checks the panel in a real browser, under the product's content security policy. */
type Check = (browser: PanelBrowser) => Promise<void>;

const detailTabs = ['answer', 'tools', 'prompt', 'transcript', 'usage', 'raw'];

/** What a page may load: itself, its styles, its script, its font, and nothing else. */
const ownFiles = new Set([
  ...['/', '/results.js', '/results.css', '/codicon.css', '/codicon.ttf'],
  ...['/dark.css', '/light.css', '/hc.css', '/hcLight.css'],
]);

async function show(panel: OpenPanel, script: RunScript): Promise<void> {
  await panel.send({ type: 'snapshot', run: script.state() });
  await panel.page.waitForSelector('.row');
}

/** Opens a row and walks through its tabs. */
async function readRow(panel: OpenPanel, index: number): Promise<void> {
  const row = panel.page.locator(`interleave-row[data-index="${index}"]`);
  await row.locator('.row').click();
  for (const tab of detailTabs) await row.locator(`[data-tab="${tab}"]`).click();
  await row.locator('[data-tab="answer"]').click();
}

/** The order of headings is left out: the headings are those of the answers. */
async function axeViolations({ page }: OpenPanel): Promise<readonly string[]> {
  const source = createRequire(import.meta.url).resolve('axe-core');
  const run = `(async () => {
    const report = await axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'heading-order': { enabled: false } },
    });
    return report.violations.flatMap((rule) => rule.nodes.map((node) =>
      rule.id + ' (' + rule.impact + '): ' + node.target.join(' ') + ' ' + node.failureSummary));
  })()`;
  return page.evaluate(`${await readFile(source, 'utf8')}; ${run}`);
}

const accessible: Check = async (browser) => {
  for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
    for (const [width, script] of [
      [1300, queuedRun()],
      [700, runningRun()],
      [320, finishedRun()],
      [1300, finishedRun()],
      [1300, waitingRun()],
      [320, pausedRun('auth')],
      [700, stoppedRun()],
      [700, rightToLeftRun()],
    ] as const) {
      const panel = await browser.open({ theme, width });
      await show(panel, script);
      assert.deepEqual(await axeViolations(panel), [], `${theme} ${width}, closed`);
      for (const index of [1, 2, 0]) await panel.page.locator('.row').nth(index).click();
      assert.deepEqual(await axeViolations(panel), [], `${theme} ${width}, open`);
      await panel.page.close();
    }
  }
};

/** In the narrowest panel, reasons, clocks, remedies and costs are in sight as a whole. */
const fits: Check = async (browser) => {
  const panel = await browser.open({ width: 320 });
  const isWhole = async (selector: string): Promise<void> => {
    await panel.page.locator(selector).first().waitFor();
    const whole = `[...document.querySelectorAll('${selector}')].map((one) =>
      one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 1
        && one.getBoundingClientRect().right <= 320)`;
    const seen = await panel.page.evaluate<readonly boolean[]>(whole);
    assert.ok(seen.length > 0 && seen.every(Boolean), `${selector} is cut off: ${seen}`);
  };
  await show(panel, waitingRun());
  await isWhole('[data-index="5"] .preview-text');
  await isWhole('.run-wait, .totals-cost');
  await show(panel, pausedRun('quota'));
  await isWhole('.paused-text, .paused-strip .strip-actions');
  await show(panel, finishedRun());
  await panel.page.locator('.row').first().click();
  await panel.page.locator('[data-tab="usage"]').first().click();
  await isWhole('.usage-table');
  await panel.page.locator('.row').first().click();
  // An answer with a long line of code.
  await panel.page.locator('.row').nth(1).click();
  await panel.page.locator('[data-tab="transcript"]').first().click();
  await isWhole('.transcript, .transcript > tbody > tr > td');
  await panel.page.close();
};

/** C77: a window of 1280 by 720 at 200 %, half of it the panel's: rows are in sight, nothing runs out. */
const zoomed: Check = async (browser) => {
  const panel = await browser.open({ theme: 'hcLight', width: 320, height: 300 });
  for (const script of [runningRun(), finishedRun(), pausedRun('auth')]) {
    await show(panel, script);
    const seen = await panel.page.evaluate<{ readonly rows: number; readonly wide: boolean }>(`({
      rows: [...document.querySelectorAll('.row')].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top >= document.querySelector('interleave-list').getBoundingClientRect().top
          && bottom <= innerHeight;
      }).length,
      wide: document.documentElement.scrollWidth > innerWidth,
    })`);
    assert.ok(seen.rows >= 2, `${seen.rows} rows are in sight`);
    assert.equal(seen.wide, false, 'the page runs out at the side');
  }
  await panel.page.close();
};

/** C77: every control has a name, and every state a word besides its colour. */
const named: Check = async (browser) => {
  const panel = await browser.open();
  for (const script of [runningRun(), finishedRun(), stoppedRun()]) {
    await show(panel, script);
    await panel.page.locator('.row').first().click();
    const unnamed = await panel.page.evaluate<readonly string[]>(`[
      ...[...document.querySelectorAll('button, [role="link"], [role="progressbar"], summary')]
        .filter((one) => !(one.getAttribute('aria-label') ?? one.textContent).trim()),
      ...[...document.querySelectorAll('.row .state > [role="img"]')]
        .filter((one) => one.getAttribute('aria-label') !== one.closest('.row').dataset.phase),
    ].map((one) => one.outerHTML)`);
    assert.deepEqual(unnamed, []);
    await panel.page.locator('.row').first().click();
  }
  await panel.page.close();
};

/** C78: each paragraph, item and cell begins at its own side; code, and the columns of the list, do not. */
const rightToLeft: Check = async (browser) => {
  const panel = await browser.open({ width: 1000, height: 1000 });
  await show(panel, rightToLeftRun());
  await panel.page.locator('.row').first().click();
  await panel.page.locator('interleave-markdown h3').waitFor();
  const sides = `(() => {
    const side = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const text = [...range.getClientRects()].at(0);
      const box = element.getBoundingClientRect();
      return text.left - box.left > box.right - text.right ? 'right' : 'left';
    };
    const all = (selector) => [...document.querySelectorAll('.markdown ' + selector)];
    const marks = all('ol').map((list) => getComputedStyle(list));
    return {
      paragraphs: all('> div > p').map(side),
      items: all('ol > li').map(side),
      looseItems: all('ul > li > p').map(side),
      code: all('pre').map(side),
      markAt: marks.map(({ paddingLeft, paddingRight }) =>
        parseFloat(paddingRight) > parseFloat(paddingLeft) ? 'right' : 'left'),
      cells: all('tbody tr:first-child td').map((cell) => Math.round(cell.getBoundingClientRect().left)),
    };
  })()`;
  const seen = await panel.page.evaluate<Record<string, readonly (string | number)[]>>(sides);
  const { cells = [], ...texts } = seen;
  assert.deepEqual(texts, {
    paragraphs: ['right', 'right', 'left', 'right'],
    items: ['right', 'right', 'right'],
    looseItems: ['right', 'right'],
    code: ['left'],
    markAt: ['right'],
  });
  assert.deepEqual(
    cells,
    cells.toSorted((a, b) => Number(b) - Number(a)),
    'the first column is at the right',
  );
  // Where the mark of a sentence stands: at the left end of a Hebrew one, at the right of an English one.
  const endsAt = `['> div > p:nth-of-type(1)', '> div > p:nth-of-type(3)'].map((selector) => {
    const text = document.querySelector('.markdown ' + selector).firstChild;
    const range = document.createRange();
    const at = text.data.trimEnd().length;
    range.setStart(text, at - 1);
    range.setEnd(text, at);
    const mark = range.getBoundingClientRect();
    range.selectNodeContents(text);
    const line = range.getBoundingClientRect();
    return mark.left - line.left < line.right - mark.right ? 'left' : 'right';
  })`;
  assert.deepEqual(await panel.page.evaluate(endsAt), ['left', 'right']);
  // `קוד.ts`: in code the first part stands at the left, in a Hebrew sentence, too.
  const codeParts = `(() => {
    const text = document.querySelector('.markdown ul code').firstChild;
    return [[0, 3], [3, 6]].map(([start, end]) => {
      const range = document.createRange();
      range.setStart(text, start);
      range.setEnd(text, end);
      return range.getBoundingClientRect().left;
    });
  })()`;
  const [first = 0, last = 0] = await panel.page.evaluate<readonly number[]>(codeParts);
  assert.ok(first < last, 'code is written from left to right');
  const directions = await panel.page.evaluate(
    `[...document.querySelectorAll('.row .name')].map((one) => getComputedStyle(one).direction)`,
  );
  assert.deepEqual(directions, ['rtl', 'rtl', 'ltr', 'rtl']);
  await panel.page.close();
};

const silent: Check = async (browser) => {
  const panel = await browser.open();
  const asked: string[] = [];
  panel.page.on('request', (request) => asked.push(request.url()));
  await show(panel, runningRun());
  await readRow(panel, 1);
  await show(panel, finishedRun());
  for (const index of [0, 2, 4, 7]) await readRow(panel, index);
  assert.deepEqual(await panel.violations(), []);
  assert.deepEqual(asked, []);
  assert.deepEqual(
    browser.server.requests.filter((path) => !ownFiles.has(path)),
    [],
  );
  await panel.page.close();
};

const linkStays: Check = async (browser) => {
  const panel = await browser.open();
  await show(panel, finishedRun());
  await panel.page.locator('.row').nth(1).click();
  const link = panel.page.getByRole('link', { name: 'the documentation' });
  const before = panel.page.url();
  await link.click();
  await link.click({ button: 'middle' });
  await link.click({ modifiers: ['ControlOrMeta'] });
  await link.press('Enter');
  const posted = (await panel.posted()).filter(({ type }) => type === 'openLink');
  const expected = { type: 'openLink', url: 'https://example.com/docs/pool?id=1' };
  assert.deepEqual(posted, [expected, expected, expected]);
  assert.equal(panel.page.url(), before);
  assert.equal(panel.page.context().pages().length, 1);
  await panel.page.close();
};

/** Renders every sample of the hostile corpus: nothing is asked for, nothing is even blocked. */
const harmless: Check = async (browser) => {
  const panel = await browser.open();
  const asked: string[] = [];
  panel.page.on('request', (request) => asked.push(request.url()));
  panel.page.on('dialog', (dialog) => asked.push(dialog.message()));
  const run = finishedRun().state();
  await panel.send({ type: 'snapshot', run });
  await panel.page.locator('.row').nth(1).click();
  const first = run.conversations[1];
  assert.ok(first !== undefined);
  for (const answer of hostileMarkdown) {
    run.conversations[1] = { ...first, answer };
    await panel.send({ type: 'snapshot', run });
    await panel.page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))',
    );
  }
  assert.deepEqual(await panel.violations(), []);
  assert.deepEqual(asked, []);
  assert.equal(await panel.page.locator('img, svg, iframe, form, link[href*=evil]').count(), 0);
  await panel.page.close();
};

/** What stands in sight stays there while an open row above it grows, and when rows come and go. */
const steady: Check = async (browser) => {
  const panel = await browser.open({ height: 500 });
  const script = largeRun(300);
  await show(panel, script);
  await panel.page.locator('.row').nth(2).click();
  await panel.page.evaluate("document.querySelector('interleave-list').scrollTop = 1500");
  await panel.page.waitForTimeout(200);
  const seen = panel.page.locator('.row', { hasText: 'Ticket 70' }).first();
  const before = await seen.boundingBox();
  const text = 'A paragraph that makes the row higher.\n\n'.repeat(20);
  script.at(9000).steps(2, { type: 'turn.delta', turn: 1, text });
  await panel.send({ type: 'events', events: script.events.slice(-1) });
  await panel.page.waitForTimeout(600);
  const height = await panel.page.evaluate(
    "document.querySelector('interleave-list').scrollHeight",
  );
  assert.ok(Number(height) > 300 * 22 + 400, `the open row grew, to ${height} in all`);
  assert.deepEqual(await seen.boundingBox(), before);
  await panel.page.close();
};

/** The focus is kept while its row is out of sight, and the view comes back after a reload. */
const remembers: Check = async (browser) => {
  const panel = await browser.open({ height: 500 });
  const run = largeRun(500).state();
  await panel.send({ type: 'snapshot', run });
  await panel.page.locator('.row').nth(3).focus();
  await panel.page.evaluate("document.querySelector('interleave-list').scrollTop = 5000");
  await panel.page.waitForTimeout(600);
  const focused = "document.activeElement.querySelector('.index')?.textContent";
  assert.equal(await panel.page.evaluate(focused), '4');
  await panel.page.reload();
  await panel.send({ type: 'snapshot', run });
  await panel.page.waitForTimeout(400);
  const top = Number(
    await panel.page.evaluate("document.querySelector('interleave-list').scrollTop"),
  );
  assert.ok(Math.abs(top - 5000) < 30, `scrolled to ${top}`);
  await panel.page.close();
};

/** Keeps the main thread mostly free while thousands of events a second arrive, and while scrolling. */
const smooth: Check = async (browser) => {
  const panel = await browser.open({ height: 900 });
  const script = largeRun(2000);
  await show(panel, script);
  await panel.page.locator('.row').nth(2).click();
  const measure = await startMeasuring(panel);
  const report = await panel.page.evaluate<StormReport>(eventStorm(script.events.length + 1));
  const busyMs = Math.round(await measure());
  console.log('2,000 rows:', JSON.stringify({ ...report, busyMs }));
  assert.ok(report.rows < 150, `${report.rows} rows in the document`);
  assert.ok(busyMs < report.wallMs / 2, `busy for ${busyMs} of ${report.wallMs} ms`);
  await panel.page.close();
};

/** Starts counting the time of scripts, styles and layout; the result gives it in ms. */
async function startMeasuring({ page }: OpenPanel): Promise<() => Promise<number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const counted = new Set(['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration']);
  const read = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    const own = metrics.filter(({ name }) => counted.has(name));
    return own.reduce((sum, { value }) => sum + value * 1000, 0);
  };
  const before = await read();
  return async () => (await read()) - before;
}

interface StormReport {
  readonly events: number;
  readonly frames: number;
  readonly wallMs: number;
  /** 95 % of the frames took less. */
  readonly p95Ms: number;
  readonly rows: number;
}

/** Three seconds of 5,000 events a second in batches of 50 ms, while the list is scrolled. */
const eventStorm = (nextSeq: number): string => `(async () => {
  const list = document.querySelector('interleave-list');
  const going = list.conversations.filter(({ phase }) => phase === 'running');
  const frames = [];
  const start = performance.now();
  let seq = ${nextSeq};
  let last = start;
  let stop = false;
  const frame = (now) => {
    frames.push(now - last);
    last = now;
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
  frames.sort((a, b) => a - b);
  return {
    events: seq - ${nextSeq},
    frames: frames.length,
    wallMs: Math.round(performance.now() - start),
    p95Ms: Math.round(frames[Math.floor(frames.length * 0.95)]),
    rows: document.querySelectorAll('interleave-row').length,
  };
})()`;

const only = process.argv[2] ?? '';
const checks: { readonly [name: string]: Check } = {
  silent,
  linkStays,
  harmless,
  steady,
  fits,
  rightToLeft,
  zoomed,
  named,
  remembers,
  smooth,
  accessible,
};

const browser = await PanelBrowser.start();
try {
  for (const [name, check] of Object.entries(checks)) {
    if (!name.includes(only)) continue;
    await check(browser);
    console.log(`${name}: ok`);
  }
} finally {
  await browser.close();
}
