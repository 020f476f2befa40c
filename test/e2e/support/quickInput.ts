import type { Locator, Page } from 'playwright-core';
import { poll } from './poll.ts';

/** VS Code offers an extension's commands only after it has read its manifest. */
const OFFER_TIMEOUT_MS = 60_000;
/** Time in ms for a click to close the list before the next click. */
const CLICK_EFFECT_MS = 5_000;
/** Time in ms to watch an open list before opening it again; doubles each time. */
const FIRST_WATCH_MS = 1_500;

/** The box at the top of the window: command palette, file search, picks and questions. */
export class QuickInput {
  readonly #page: Page;
  readonly #widget: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#widget = page.locator('.quick-input-widget:visible');
  }

  /** Runs the command with exactly this title, category included: `Interleave: Run File`. */
  async runCommand(title: string): Promise<void> {
    await this.#openAndPick(`>${title}`, title);
  }

  /** Opens the file of this name (or path relative to the workspace) in an editor. */
  async openFile(name: string): Promise<void> {
    const base = name.split('/').at(-1) ?? name;
    await this.#openAndPick(name, base);
    await this.#page
      .locator(`.editor-group-container.active .tab.active[data-resource-name="${base}"]`)
      .waitFor();
  }

  /** Chooses the entry with exactly this label from the current or next list. */
  async pick(label: string): Promise<void> {
    await poll(async () => await this.#isOffered(label), {
      timeoutMs: OFFER_TIMEOUT_MS,
      explain: async () => await this.#explainMissing(label),
    });
    await this.#choose(label);
  }

  /** Enters the text and presses Enter. */
  async answer(text: string): Promise<void> {
    const input = this.#widget.locator('input.input');
    await input.waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  /** The visible labels of the list: the list is virtual. */
  async labels(): Promise<readonly string[]> {
    return await this.#rows.locator('.label-name').allTextContents();
  }

  /** Checks entries of a list with check boxes and accepts it. */
  async check(labels: readonly string[]): Promise<void> {
    for (const label of labels) {
      await this.#widget
        .locator('.monaco-list-row', { has: this.#page.getByText(label, { exact: true }) })
        .getByRole('checkbox')
        .first()
        .check();
    }
    await this.#widget.getByRole('button', { name: 'OK' }).click();
  }

  /** Reopens the list when needed: an open list does not show commands and files added later. */
  async #openAndPick(text: string, label: string): Promise<void> {
    let watchMs = FIRST_WATCH_MS;
    await poll(
      async () => {
        await this.#page.keyboard.press('Escape');
        await this.#page.keyboard.press('F1');
        await this.#widget.locator('input.input').fill(text, { timeout: 3_000 });
        const timeoutMs = watchMs;
        watchMs *= 2;
        return await poll(async () => await this.#isOffered(label), {
          timeoutMs,
          explain: async () => 'not yet',
        });
      },
      { timeoutMs: OFFER_TIMEOUT_MS, explain: async () => await this.#explainMissing(label) },
    );
    await this.#choose(label);
  }

  /** Clicks until the list reacts: VS Code ignores a click on a row that it redraws. */
  async #choose(label: string): Promise<void> {
    const row = this.#row(label);
    let isClicked = false;
    await poll(
      async () => {
        if (isClicked && !(await row.isVisible())) return true;
        await row.click({ timeout: CLICK_EFFECT_MS });
        isClicked = true;
        return await row
          .waitFor({ state: 'hidden', timeout: CLICK_EFFECT_MS })
          .then(() => true as const)
          .catch(() => undefined);
      },
      { timeoutMs: OFFER_TIMEOUT_MS, explain: async () => `"${label}" stays in the list.` },
    );
  }

  async #isOffered(label: string): Promise<true | undefined> {
    return (await this.#row(label).isVisible()) ? true : undefined;
  }

  /** By label and not by position, since the list may still change. */
  #row(label: string): Locator {
    const exact = new RegExp(`^${label.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    return this.#rows
      .filter({ has: this.#page.locator('.label-name').filter({ hasText: exact }) })
      .first();
  }

  async #explainMissing(label: string): Promise<string> {
    return `The list does not offer "${label}". It has: ${(await this.labels()).join(' | ')}`;
  }

  get #rows(): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row');
  }
}
