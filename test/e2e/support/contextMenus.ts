import type { Locator, Page } from 'playwright-core';
import { poll } from './poll.ts';

const MENU_TIMEOUT_MS = 30_000;
const CLICK_TIMEOUT_MS = 1_000;
/** Time in ms for a menu to react before a second click, since it must not act twice. */
const CLICK_EFFECT_MS = 3_000;

/** Opens the Explorer's context menu for a file, by its path in the workspace. */
export async function openExplorerMenu(page: Page, file: string): Promise<void> {
  const explorer = page.locator('.explorer-folders-view');
  const row = (suffix: string) =>
    explorer
      .locator('.monaco-list-row', { has: page.locator(`.explorer-item[aria-label$="${suffix}"]`) })
      .first();
  const segments = file.split('/');
  for (let depth = 1; depth < segments.length; depth++) {
    const folder = row(`/${segments.slice(0, depth).join('/')}`);
    await folder.waitFor();
    if ((await folder.getAttribute('aria-expanded')) === 'false') {
      await folder.click();
    }
  }
  await row(`/${file}`).click({ button: 'right' });
}

/**
 * Chooses an entry of the open context menu; `Interleave > Run File` opens a submenu. An ellipsis
 * at the end of a label counts.
 */
export async function chooseMenuItem(page: Page, item: string): Promise<void> {
  const labels = item.split(' > ');
  for (const [depth, label] of labels.entries()) {
    const entry = page
      .locator('.monaco-menu')
      .nth(depth)
      .locator(`.action-menu-item:has(.action-label[aria-label="${label}"])`);
    await poll(async () => ((await entry.count()) > 0 ? true : undefined), {
      timeoutMs: MENU_TIMEOUT_MS,
      explain: async () =>
        `The menu has no "${label}"; it has: ${(await menuItems(page)).join(' | ') || 'it is not open'}`,
    });
    await clickThrough(page, entry);
  }
}

/** Clicks until the menu reacts: it ignores clicks while it opens. */
async function clickThrough(page: Page, entry: Locator): Promise<void> {
  const open = await page.locator('.monaco-menu').count();
  await poll(
    async () => {
      await entry.click({ timeout: CLICK_TIMEOUT_MS }).catch(() => undefined);
      return await poll(
        async () => ((await page.locator('.monaco-menu').count()) === open ? undefined : true),
        { timeoutMs: CLICK_EFFECT_MS, explain: async () => 'not yet' },
      );
    },
    { timeoutMs: MENU_TIMEOUT_MS, explain: async () => 'The menu did not react to the click.' },
  );
}

/** The labels of all open menus, outermost first. */
export async function menuItems(page: Page): Promise<readonly string[]> {
  return await page.locator('.monaco-menu .action-menu-item .action-label').allTextContents();
}
