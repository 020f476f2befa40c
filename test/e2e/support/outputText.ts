import type { Page } from 'playwright-core';
import { poll } from './poll.ts';

const TIMEOUT_MS = 15_000;

/**
 * The whole text of an output channel as a person would copy it: the panel must already be open.
 * What the editor shows is only the visible part, so the text goes through the clipboard.
 */
export async function copyOutputChannel(page: Page, channel: string): Promise<string> {
  const panel = page.locator('[id="workbench.panel.output"]');
  await panel.waitFor();
  const chooser = page.locator('select.monaco-select-box[aria-label="Switch Output"]').first();
  await poll(
    async () =>
      (await chooser.locator('option').allTextContents()).includes(channel) ? true : undefined,
    {
      timeoutMs: TIMEOUT_MS,
      explain: async () =>
        `There is no output channel "${channel}" but: ` +
        (await chooser.locator('option').allTextContents()).join(' | '),
    },
  );
  await chooser.selectOption({ label: channel });
  return await poll(async () => await copyAll(page), {
    timeoutMs: TIMEOUT_MS,
    explain: async () => `The output channel "${channel}" could not be copied, or is empty.`,
  });
}

async function copyAll(page: Page): Promise<string | undefined> {
  await page.evaluate(async () => {
    const { navigator } = globalThis as unknown as PageGlobal;
    await navigator.clipboard.writeText('');
  });
  const editor = page.locator('[id="workbench.panel.output"] .monaco-editor').first();
  await editor.click({ position: { x: 40, y: 10 } });
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+C');
  // Leaves no selection behind for a screenshot.
  await page.keyboard.press('ControlOrMeta+End');
  const text = await page.evaluate(async () => {
    const { navigator } = globalThis as unknown as PageGlobal;
    return await navigator.clipboard.readText();
  });
  return text === '' ? undefined : text;
}

/** The part of the page's globals that is used; this file is otherwise checked without the DOM. */
interface PageGlobal {
  readonly navigator: {
    readonly clipboard: { readText(): Promise<string>; writeText(text: string): Promise<void> };
  };
}
