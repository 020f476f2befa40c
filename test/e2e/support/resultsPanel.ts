import type { Frame, Locator } from 'playwright-core';
import { poll } from './poll.ts';
import type { VscodeDriver } from './vscodeDriver.ts';

const TIMEOUT_MS = 60_000;

/** A visible row of the results. */
export interface ShownRow {
  readonly number: string;
  readonly name: string;
  readonly phase: string;
  readonly preview: string;
}

/** The results panel in front. */
export class ResultsPanel {
  readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  /** The panel in front, once its rows have these names in this order. */
  static async find(driver: VscodeDriver, names: readonly string[]): Promise<ResultsPanel> {
    const frame = await driver.webviewFrame(async (candidate) => {
      const rows = await new ResultsPanel(candidate).rows();
      return JSON.stringify(rows.map(({ name }) => name)) === JSON.stringify(names);
    });
    return new ResultsPanel(frame);
  }

  /** The drawn rows, from the top. */
  async rows(): Promise<readonly ShownRow[]> {
    return await this.frame.locator('.row').evaluateAll((rows) =>
      rows.map((row) => {
        const text = (part: string): string => row.querySelector(part)?.textContent?.trim() ?? '';
        const phase = row.getAttribute('data-phase') ?? '';
        return { number: text('.index'), name: text('.name'), phase, preview: text('.preview') };
      }),
    );
  }

  async phases(): Promise<readonly string[]> {
    return (await this.rows()).map(({ phase }) => phase);
  }

  /** The row of a conversation, by its name. */
  row(name: string): Locator {
    return this.frame.locator('.row', { has: this.frame.getByText(name, { exact: true }) });
  }

  /** The expanded details of a row. */
  details(name: string): Locator {
    return this.frame
      .locator('interleave-row', { has: this.frame.locator('.name', { hasText: name }) })
      .locator('.details-row');
  }

  /** Expands a row if it is collapsed. */
  async open(name: string): Promise<Locator> {
    const row = this.row(name);
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
    await this.details(name).waitFor();
    return this.details(name);
  }

  /** Waits for the end of the run and returns the final phases. */
  async ended(): Promise<readonly string[]> {
    await this.frame
      .locator('.progress:not([data-state="running"])')
      .waitFor({ timeout: TIMEOUT_MS });
    return await this.phases();
  }

  /** Waits until the predicate holds for the rows. */
  async until(holds: (rows: readonly ShownRow[]) => boolean): Promise<void> {
    await poll(async () => (holds(await this.rows()) ? true : undefined), {
      timeoutMs: TIMEOUT_MS,
      explain: async () => `The rows are ${JSON.stringify(await this.rows())}`,
    });
  }

  /** The header's text with the measured comparison. */
  async comparison(): Promise<string> {
    return (await this.frame.locator('.run-times').textContent()) ?? '';
  }

  get title(): Locator {
    return this.frame.locator('.run-title');
  }

  get failedStrip(): Locator {
    return this.frame.locator('.failed-strip');
  }

  /** A button of the header, by the beginning of its label. */
  tool(label: string): Locator {
    return this.frame.locator(`.run-toolbar button[aria-label^="${label}"]`);
  }
}
