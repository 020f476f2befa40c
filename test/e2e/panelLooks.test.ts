import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPanel, PanelBrowser } from '../support/panel/panelBrowser.ts';
import { richRun } from '../support/panel/richRun.ts';
import { rightToLeftRun } from '../support/panel/rightToLeftRun.ts';
import { RunScript } from '../support/panel/runScript.ts';
import { finishedRun, queuedRun, runningRun } from '../support/panel/scriptedRuns.ts';
import { showRun } from '../support/panel/showRun.ts';
import { pausedRun, stoppedRun, waitingRun } from '../support/panel/troubledRuns.ts';

/** Loads the accessibility rules into the page. */
async function loadAxe({ page }: OpenPanel): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
}

/** Ignores the order of headings, which come from the answers. */
async function axeViolations({ page }: OpenPanel): Promise<readonly string[]> {
  return page.evaluate(`(async () => {
    const report = await axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'heading-order': { enabled: false } },
    });
    return report.violations.flatMap((rule) => rule.nodes.map((node) =>
      rule.id + ' (' + rule.impact + '): ' + node.target.join(' ') + ' ' + node.failureSummary));
  })()`);
}

describe('The appearance of the results panel in a browser', () => {
  let browser: PanelBrowser;

  beforeAll(async () => {
    browser = await PanelBrowser.start();
  });

  afterAll(async () => {
    await browser?.close();
  });

  it('passes the accessibility rules in four themes and three widths', async () => {
    for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
      const panel = await browser.open({ theme });
      await loadAxe(panel);
      const { page } = panel;
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
        await page.setViewportSize({ width, height: 700 });
        await showRun(panel, script);
        await page.locator('.details-row').first().waitFor({ state: 'detached' });
        expect(await axeViolations(panel), `${theme} ${width}, closed`).toEqual([]);
        for (const index of [1, 2, 0]) await page.locator('.row').nth(index).click();
        expect(await page.locator('.details-row').count()).toBeGreaterThan(0);
        expect(await axeViolations(panel), `${theme} ${width}, open`).toEqual([]);
        // The next run has the same id, so its rows would be open. The first ones push the others out of sight.
        for (const index of [0, 1, 2]) await page.locator('.row').nth(index).click();
      }
      await page.close();
    }
  });

  it('shows reasons, clocks, remedies and costs completely in the narrowest panel', async () => {
    const panel = await browser.open({ width: 320 });
    const isWhole = async (selector: string): Promise<void> => {
      await panel.page.locator(selector).first().waitFor();
      const whole = `[...document.querySelectorAll('${selector}')].map((one) =>
        one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 1
          && one.getBoundingClientRect().right <= 320)`;
      const seen = await panel.page.evaluate<readonly boolean[]>(whole);
      expect(seen.length > 0 && seen.every(Boolean), `${selector} is clipped: ${seen}`).toBe(true);
    };
    await showRun(panel, waitingRun());
    await isWhole('[data-index="5"] .preview-text');
    await isWhole('.run-wait, .totals-cost');
    await showRun(panel, pausedRun('quota'));
    await isWhole('.paused-text, .paused-strip .strip-actions');
    await showRun(panel, finishedRun());
    await panel.page.locator('.row').first().click();
    await panel.page.locator('[data-tab="usage"]').first().click();
    await isWhole('.usage-table');
    await panel.page.locator('.row').first().click();
    // An answer with a long line of code.
    await panel.page.locator('.row').nth(1).click();
    await panel.page.locator('[data-tab="transcript"]').first().click();
    await isWhole('.transcript, .transcript > tbody > tr > td');
    await panel.page.close();
  });

  it('C77: shows rows at 200 % zoom, without horizontal overflow', async () => {
    const panel = await browser.open({ theme: 'hcLight', width: 320, height: 300 });
    for (const script of [runningRun(), finishedRun(), pausedRun('auth')]) {
      await showRun(panel, script);
      const seen = await panel.page.evaluate<{ readonly rows: number; readonly wide: boolean }>(`({
        rows: [...document.querySelectorAll('.row')].filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return top >= document.querySelector('interleave-list').getBoundingClientRect().top
            && bottom <= innerHeight;
        }).length,
        wide: document.documentElement.scrollWidth > innerWidth,
      })`);
      expect(seen.rows >= 2, `${seen.rows} rows are in sight`).toBe(true);
      expect(seen.wide, 'the page runs out at the side').toBe(false);
    }
    await panel.page.close();
  });

  it('C77: names every control, and shows every state in words as well as colour', async () => {
    const panel = await browser.open();
    for (const script of [runningRun(), finishedRun(), stoppedRun()]) {
      await showRun(panel, script);
      await panel.page.locator('.row').first().click();
      const unnamed = await panel.page.evaluate<readonly string[]>(`[
        ...[...document.querySelectorAll('button, [role="link"], [role="progressbar"], summary')]
          .filter((one) => !(one.getAttribute('aria-label') ?? one.textContent).trim()),
        ...[...document.querySelectorAll('.row .state > [role="img"]')]
          .filter((one) => one.getAttribute('aria-label') !== one.closest('.row').dataset.phase),
      ].map((one) => one.outerHTML)`);
      expect(unnamed).toEqual([]);
      await panel.page.locator('.row').first().click();
    }
    await panel.page.close();
  });

  it("C78: aligns each paragraph, item and cell by its own direction; code and the list's columns stay left", async () => {
    const panel = await browser.open({ width: 1000, height: 1000 });
    await showRun(panel, rightToLeftRun());
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
    expect(texts).toEqual({
      paragraphs: ['right', 'right', 'left', 'right'],
      items: ['right', 'right', 'right'],
      looseItems: ['right', 'right'],
      code: ['left'],
      markAt: ['right'],
    });
    expect(cells, 'the first column is at the right').toEqual(
      cells.toSorted((a, b) => Number(b) - Number(a)),
    );
    // Where a sentence's punctuation is: at the left end in Hebrew, at the right end in English.
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
    expect(await panel.page.evaluate(endsAt)).toEqual(['left', 'right']);
    // `קוד.ts`: in code, the first part is on the left, even in a Hebrew sentence.
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
    expect(first < last, 'code is written from left to right').toBe(true);
    const directions = await panel.page.evaluate(
      `[...document.querySelectorAll('.row .name')].map((one) => getComputedStyle(one).direction)`,
    );
    expect(directions).toEqual(['rtl', 'rtl', 'ltr', 'rtl']);
    await panel.page.close();
  });

  it('shows emoji and joiners as they are written, and makes visible what deceives, in the browser, too', async () => {
    const panel = await browser.open();
    const name = 'Plan 👩🏽‍🚀 ❤️‍🔥 می‌خواهم क्‍ष 1️⃣ \u202ex';
    await showRun(panel, new RunScript({ prompts: [{ name }] }));
    const shown = await panel.page.locator('.row .name').textContent();
    expect(shown?.trim()).toBe(name.replace('\u202e', '[U+202E]'));
    await panel.page.close();
  });

  it('marks what a search finds, and opens the place', async () => {
    const panel = await browser.open();
    await showRun(panel, richRun());
    const marks = `CSS.highlights.get('interleave-search')?.size ?? 0`;
    expect(await panel.page.evaluate(marks)).toBe(0);
    await panel.page.keyboard.press('/');
    await panel.page.keyboard.type('r4r');
    expect(await panel.page.locator('.found').textContent()).toBe('0 of 4 found');
    for (const _ of 'r4r') await panel.page.keyboard.press('Backspace');
    await panel.page.keyboard.type('please do this: review');
    await panel.page.locator('.found', { hasText: '1 of 4 found' }).waitFor();
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('.row:focus').waitFor();
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('[aria-selected="true"]', { hasText: 'Prompt' }).waitFor();
    await expect.poll(() => panel.page.evaluate<number>(marks)).toBeGreaterThan(1);
    await panel.page.keyboard.press('Escape');
    await panel.page.locator('.details-row').waitFor({ state: 'detached' });
    await panel.page.close();
  });
});
