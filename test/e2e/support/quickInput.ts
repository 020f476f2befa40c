import type { Locator, Page } from 'playwright-core';
import { poll } from './poll.ts';

/** Commands of an extension are offered only after VS Code has read its manifest. */
const OFFER_TIMEOUT_MS = 60_000;
/** How long, in ms, a click may take to close the list, before it is clicked again. */
const CLICK_EFFECT_MS = 5_000;
/** How long, in ms, an open list is looked at before it is opened anew; twice as long each time. */
const FIRST_LOOK_MS = 1_500;

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

  /** Chooses the entry with exactly this label from the list that is shown, or is about to be. */
  async pick(label: string): Promise<void> {
    await poll(async () => await this.#isOffered(label), {
      timeoutMs: OFFER_TIMEOUT_MS,
      explain: async () => await this.#explainMissing(label),
    });
    await this.#choose(label);
  }

  /** Answers a question: types the text and presses Enter. */
  async answer(text: string): Promise<void> {
    const input = this.#widget.locator('input.input');
    await input.waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  /** The labels of the list that is shown. Only as many as fit: the list is virtual. */
  async labels(): Promise<readonly string[]> {
    return await this.#rows.locator('.label-name').allTextContents();
  }

  /** Ticks entries of a list with check boxes and accepts it. */
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

  /** An open list does not learn of commands and files that come later, so it is opened anew. */
  async #openAndPick(text: string, label: string): Promise<void> {
    let lookMs = FIRST_LOOK_MS;
    await poll(
      async () => {
        await this.#page.keyboard.press('Escape');
        await this.#page.keyboard.press('F1');
        await this.#widget.locator('input.input').fill(text, { timeout: 3_000 });
        const timeoutMs = lookMs;
        lookMs *= 2;
        return await poll(async () => await this.#isOffered(label), {
          timeoutMs,
          explain: async () => 'not yet',
        });
      },
      { timeoutMs: OFFER_TIMEOUT_MS, explain: async () => await this.#explainMissing(label) },
    );
    await this.#choose(label);
  }

  /** Clicks until the list has heard it: VS Code loses a click on a row that it is drawing anew. */
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

  /** By its label, not by its place: the list may still change. */
  #row(label: string): Locator {
    const exact = new RegExp(`^${label.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    return this.#rows
      .filter({ has: this.#page.locator('.label-name').filter({ hasText: exact }) })
      .first();
  }

  async #explainMissing(label: string): Promise<string> {
    return `The list does not offer "${label}" but: ${(await this.labels()).join(' | ')}`;
  }

  get #rows(): Locator {
    return this.#widget.locator('.quick-input-list .monaco-list-row');
  }
}
