import type { Locator, Page } from 'playwright-core';
import { poll } from './poll.ts';

/** Time in ms for a tree to show the result of a click. */
const REDRAW_MS = 600;
const TIMEOUT_MS = 60_000;
const CLICK_TIMEOUT_MS = 3_000;

/** A tree of the extension's own sidebar, which must be open. */
export class SidebarTree {
  readonly #pane: Locator;

  constructor(page: Page, title: string) {
    this.#pane = page.locator('.sidebar .pane', {
      // Between the two is the view's description, such as a run's progress.
      has: page.locator(`.pane-header[aria-label^="${title}"][aria-label$=" Section"]`),
    });
  }

  /** Label and description of the visible rows, from the top. */
  async labels(): Promise<readonly string[]> {
    const labels = this.#pane.locator('.monaco-list-row .monaco-icon-label-container');
    return await labels.allTextContents();
  }

  /** The accessible names of the visible rows, from the top. */
  async names(): Promise<readonly string[]> {
    const rows = this.#pane.getByRole('treeitem');
    return await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** Waits for a row. */
  async waitFor(label: RegExp): Promise<void> {
    await poll(
      async () => ((await this.labels()).some((row) => label.test(row)) ? true : undefined),
      {
        timeoutMs: TIMEOUT_MS,
        explain: async () => `No row is ${label}. There are: ${(await this.labels()).join(' | ')}`,
      },
    );
  }

  /** Checks a row, by its label without the description. */
  async check(label: string): Promise<void> {
    const checkbox = this.#pane.getByRole('checkbox', { name: `Check ${label}` });
    const isChecked = async () => (await checkbox.getAttribute('aria-checked')) === 'true';
    // VS Code ignores a click on a tree that it redraws, so click again.
    await poll(
      async () => {
        if (!(await isChecked())) await checkbox.click();
        await new Promise((resolve) => setTimeout(resolve, REDRAW_MS));
        return (await isChecked()) ? true : undefined;
      },
      { timeoutMs: TIMEOUT_MS, explain: async () => `${label} did not stay checked` },
    );
  }

  /** A row, by its accessible name. */
  row(name: RegExp): Locator {
    return this.#pane.getByRole('treeitem', { name });
  }

  /** Clicks a button of a row, which shows only on hover. */
  async clickRowAction(name: RegExp, label: string): Promise<void> {
    await poll(
      async () => {
        await this.#pane.locator('.pane-header').hover({ timeout: CLICK_TIMEOUT_MS });
        await this.row(name).hover({ timeout: CLICK_TIMEOUT_MS });
        const button = this.row(name).getByRole('button', { name: label });
        await button.click({ timeout: CLICK_TIMEOUT_MS });
        return true;
      },
      {
        timeoutMs: TIMEOUT_MS,
        explain: async () => `No row ${name} has "${label}": ${(await this.labels()).join(' | ')}`,
      },
    );
  }

  /** A button of the view's title. */
  action(label: string): Locator {
    return this.#pane.locator(`.pane-header a[aria-label="${label}"]`);
  }

  /** The welcome text of an empty view. */
  get welcome(): Locator {
    return this.#pane.locator('.welcome-view-content');
  }
}
