import type { Page } from 'playwright-core';
import { poll } from './poll.ts';

const TIMEOUT_MS = 30_000;

/**
 * The whole text of an output channel, once the predicate holds for it. The panel must be open.
 * Uses the clipboard, since the editor draws only visible lines.
 */
export async function copyOutputChannel(
  page: Page,
  channel: string,
  holds: (text: string) => boolean,
): Promise<string> {
  const panel = page.locator('[id="workbench.panel.output"]');
  await panel.waitFor();
  const chooser = page.locator('select.monaco-select-box[aria-label="Switch Output"]').first();
  await poll(
    async () =>
      (await chooser.locator('option').allTextContents()).includes(channel) ? true : undefined,
    {
      timeoutMs: TIMEOUT_MS,
      explain: async () =>
        `No output channel "${channel}". There are: ` +
        (await chooser.locator('option').allTextContents()).join(' | '),
    },
  );
  await chooser.selectOption({ label: channel });
  let last = '';
  return await poll(
    async () => {
      last = await copyAll(page);
      return last !== '' && holds(last) ? last : undefined;
    },
    {
      timeoutMs: TIMEOUT_MS,
      explain: async () =>
        `The output channel "${channel}" does not have the expected text. Last: ${last}`,
    },
  );
}

async function copyAll(page: Page): Promise<string> {
  await page.evaluate(async () => {
    const { navigator } = globalThis as unknown as PageGlobal;
    await navigator.clipboard.writeText('');
  });
  const editor = page.locator('[id="workbench.panel.output"] .monaco-editor').first();
  await editor.click({ position: { x: 40, y: 10 } });
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+C');
  // Removes the selection, for screenshots.
  await page.keyboard.press('ControlOrMeta+End');
  return await page.evaluate(async () => {
    const { navigator } = globalThis as unknown as PageGlobal;
    return await navigator.clipboard.readText();
  });
}

/** The globals of the page used here; this file is type-checked without the DOM. */
interface PageGlobal {
  readonly navigator: {
    readonly clipboard: { readText(): Promise<string>; writeText(text: string): Promise<void> };
  };
}
