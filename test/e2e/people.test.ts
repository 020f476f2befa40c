import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, refusal, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { promptFile } from './support/promptFile.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { windowForAll } from './support/testWindow.ts';
import type { ThemeName, VscodeDriver } from './support/vscodeDriver.ts';

const hebrewTitle = 'סיכום הקובץ report.md!';
const hebrew = [
  'הבדיקה עברה בהצלחה!',
  'This paragraph is in English.',
  '1. להתקין את החבילה\n2. להריץ את הבדיקות!',
  '| שם | מספר |\n|---|---|\n| ראשון | 12 |',
  "```ts\nconst שם = 'ערך';\n```",
].join('\n\n');
const huge = `| x | y |\n|---|---|\n${'| aaa | bbb |\n'.repeat(20_000)}\nThe end.`;
const ten = Array.from({ length: 10 }, (_, index) => `Prompt ${index + 1}`);

/** The globals of the page used here; this file is type-checked without the DOM. */
interface PageGlobal {
  announced: string[];
  readonly document: { querySelector(selector: string): { readonly textContent: string } | null };
  readonly MutationObserver: new (
    look: () => void,
  ) => { observe(element: object, options: object): void };
}

/** Writes a screenshot for manual review, if requested. */
async function picture(vs: VscodeDriver, name: string): Promise<void> {
  const folder = process.env.INTERLEAVE_PICTURES;
  if (folder !== undefined) await vs.screenshot(path.join(folder, `${name}.png`));
}

describe('A window for different users', () => {
  /** Whether the server refuses the prompts meant to fail. */
  let refuses: boolean;
  /** Releases the answers of the ten prompts. */
  let release: PromiseWithResolvers<void>;

  beforeEach(() => {
    refuses = true;
    release = Promise.withResolvers();
  });

  afterEach(() => release.resolve());

  const window = windowForAll({
    model: () =>
      startScriptedModel((prompt) => {
        if (prompt === 'hebrew') return answer(hebrew);
        if (prompt === 'huge') return answer(huge);
        if (prompt === 'Prompt 4' && refuses) {
          return refusal(400, 'invalid_request_error', 'This prompt is not allowed.');
        }
        return [{ do: 'wait', for: release.promise }, ...answer(`Answer to ${prompt}.`)];
      }),
    files: {
      'keys.prompts.md': '## Prompt 0\n\nPrompt 0\n',
      'hebrew.prompts.md': `## ${hebrewTitle}\n\nhebrew\n\n## Plain\n\nPrompt 11\n`,
      'huge.prompts.md': '## Huge\n\nhuge\n',
      'ten.prompts.md': promptFile(ten),
    },
  });

  const open = async (file: string, names: readonly string[]): Promise<ResultsPanel> => {
    const { vs } = window;
    await vs.runCommand('View: Close All Editors');
    await vs.openFile(file);
    await vs.runCommand('Interleave: Run All Prompts in File');
    return await ResultsPanel.find(vs, names);
  };

  const openEnded = async (file: string, names: readonly string[]): Promise<ResultsPanel> => {
    release.resolve();
    const panel = await open(file, names);
    await panel.ended();
    return panel;
  };

  it('C76: runs nothing on AltGr+Enter, which a browser reports as Ctrl+Alt+Enter', async () => {
    const { vs, model } = window;
    await vs.runCommand('View: Close All Editors');
    await vs.openSidebar();
    const runs = () => vs.page.getByRole('treeitem', { name: /Run \d+/ }).count();
    const before = { runs: await runs(), requests: model.requests.length };
    await vs.openFile('keys.prompts.md');
    const tabs = vs.page.locator('.tab');
    const { keyboard } = vs.page;
    await vs.page.locator('.monaco-editor.focused').waitFor();
    for (const keys of ['Control+Alt+Enter', 'Control+Shift+Alt+Enter']) await keyboard.press(keys);
    for (const keys of ['AltGraph+Enter', 'Shift+AltGraph+Enter']) await keyboard.press(keys);
    // This run starts with its own key afterwards, so a run started by the keys before would be listed by now.
    await keyboard.press('Alt+Enter');
    await expect.poll(() => tabs.count()).toBe(2);
    await ResultsPanel.find(vs, ['Prompt 0']);
    await expect.poll(() => model.requests.length).toBe(before.requests + 1);
    await expect.poll(runs).toBe(before.runs + 1);
  });

  it("C77: announces a run's progress a few times, not every event", async () => {
    const panel = await open('ten.prompts.md', ten);
    await panel.frame.evaluate(() => {
      const page = globalThis as unknown as PageGlobal;
      page.announced = [];
      const region = page.document.querySelector('[role="status"]');
      if (region === null) throw new Error('No live region.');
      const look = (): void => void page.announced.push(region.textContent);
      const observer = new page.MutationObserver(look);
      observer.observe(region, { subtree: true, childList: true, characterData: true });
    });
    release.resolve();
    expect(await panel.ended()).toEqual(
      ten.map((name) => (name === 'Prompt 4' ? 'failed' : 'done')),
    );
    const announced = () =>
      panel.frame.evaluate(() => (globalThis as unknown as PageGlobal).announced);
    await expect.poll(async () => (await announced()).at(-1)).toMatch(/^Run finished\. 10 of 10 /);
    expect((await announced()).at(-1)).toContain('1 failed');
    expect((await announced()).length).toBeLessThanOrEqual(4);
  });

  it('C77: names every control and state, and has keys for copy and retry', async () => {
    const { vs } = window;
    const panel = await openEnded('ten.prompts.md', ten);
    const row = panel.row('Prompt 4');
    const { keyboard } = vs.page;
    await panel.row('Prompt 2').click();
    const unnamed = await panel.frame.evaluate(`[
      ...document.querySelectorAll('button, [role="link"], [role="tab"], [role="progressbar"]'),
    ].filter((one) => !(one.getAttribute('aria-label') ?? one.textContent).trim())
      .map((one) => one.outerHTML)`);
    expect(unnamed).toEqual([]);
    const tree = await panel.frame.locator('body').ariaSnapshot();
    for (const words of ['failed', 'done', 'Prompt 4']) expect(tree).toContain(words);
    await keyboard.press('c');
    const copied = () => vs.page.evaluate('navigator.clipboard.readText()');
    await expect.poll(copied).toBe('Answer to Prompt 2.');
    refuses = false;
    await row.click();
    await keyboard.press('r');
    await panel.until((rows) => rows.every(({ phase }) => phase === 'done'));
    expect((await panel.rows())[3]?.preview).toBe('Answer to Prompt 4.');
  });

  it.each<ThemeName>(['Default High Contrast', 'Default High Contrast Light'])(
    'C77: draws rows with an outline in %s, and fits at 200 % zoom',
    async (theme) => {
      const { vs } = window;
      await vs.setTheme(theme);
      const panel = await openEnded('ten.prompts.md', ten);
      await vs.page.setViewportSize({ width: 640, height: 400 });
      try {
        const wide = 'document.documentElement.scrollWidth > innerWidth';
        await expect.poll(() => panel.frame.evaluate(wide)).toBe(false);
        const focused = panel.row('Prompt 2');
        await focused.focus();
        const outline = await focused.evaluate(
          'document.activeElement && getComputedStyle(document.activeElement).outlineStyle',
        );
        expect(outline).toBe('solid');
        await picture(vs, theme);
      } finally {
        await vs.page.setViewportSize({ width: 1280, height: 800 });
      }
    },
  );

  it('C78: aligns each paragraph by its own direction, and keeps code unchanged', async () => {
    const { vs } = window;
    await vs.setTheme('Default Light Modern');
    const panel = await openEnded('hebrew.prompts.md', [hebrewTitle, 'Plain']);
    await panel.row(hebrewTitle).click();
    await panel.frame.locator('.markdown pre').waitFor();
    const directions = await panel.frame.evaluate(`({
      name: getComputedStyle(document.querySelector('.row .name')).direction,
      paragraphs: [...document.querySelectorAll('.markdown p')].map((p) => getComputedStyle(p).direction),
      list: getComputedStyle(document.querySelector('.markdown ol')).direction,
      table: getComputedStyle(document.querySelector('.markdown table')).direction,
      code: getComputedStyle(document.querySelector('.markdown pre')).direction,
      rows: getComputedStyle(document.querySelector('.row')).direction,
    })`);
    await picture(vs, 'right to left');
    expect(directions).toEqual({
      ...{ name: 'rtl', paragraphs: ['rtl', 'ltr'], list: 'rtl', table: 'rtl' },
      ...{ code: 'ltr', rows: 'ltr' },
    });
  });

  it('C75: shows a huge answer in pages, and copies the whole', async () => {
    const { vs } = window;
    const panel = await openEnded('huge.prompts.md', ['Huge']);
    await panel.row('Huge').click();
    const markdown = panel.frame.locator('interleave-markdown');
    const place = markdown.locator('.pager-place');
    await place.waitFor();
    const rows = markdown.locator('td', { hasText: 'aaa' });
    const first = await rows.count();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(5_000);
    await panel.details('Huge').getByRole('button', { name: 'Copy Answer' }).click();
    const copied = () => vs.page.evaluate<string>('navigator.clipboard.readText()');
    await expect.poll(async () => (await copied()).length).toBe(huge.length);
    expect(await place.textContent()).toMatch(/Page 1 of \d+/);
    await picture(vs, 'huge answer');
    await markdown.getByRole('button', { name: 'Last Page' }).click();
    await expect.poll(() => place.textContent()).toMatch(/Page (\d+) of \1 /);
    expect(await rows.count()).toBeLessThan(5_000);
  });
});
