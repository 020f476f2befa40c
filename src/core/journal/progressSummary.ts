import type { JournalEnvironment } from './environment.ts';
import type { RunProgress } from './journalFold.ts';
import type { RunFolder } from './runFolder.ts';
import type { SummaryDraft } from './runSummary.ts';
import { draftSummary, saveSummary } from './runSummary.ts';

/** How often, in ms, the summary of a run under way is saved at most. */
const minIntervalMs = 2_000;

/**
 * Saves the summary of a run under way from time to time, so that after a crash a list has to read only
 * what was written since.
 */
export class ProgressSummary {
  readonly #environment: JournalEnvironment;
  readonly #folder: RunFolder;
  readonly #progress: RunProgress;
  readonly #damaged: number;
  #savedMs: number;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    environment: JournalEnvironment,
    folder: RunFolder,
    { progress, damaged }: { readonly progress: RunProgress; readonly damaged: number },
  ) {
    this.#environment = environment;
    this.#folder = folder;
    this.#progress = progress;
    this.#damaged = damaged;
    // A short run saves none before its end.
    this.#savedMs = environment.clock.now();
  }

  /** In how many ms the next one may be saved. */
  get dueInMs(): number {
    return Math.max(0, this.#savedMs + minIntervalMs - this.#environment.clock.now());
  }

  /**
   * What is to be saved once the journal is on the disk up to `bytes`, its length now; undefined when it
   * is not yet time for that. Every record that was taken must be in the file.
   */
  draft(bytes: number): SummaryDraft | undefined {
    const { state } = this.#progress;
    if (state === undefined || this.dueInMs > 0) return undefined;
    this.#savedMs = this.#environment.clock.now();
    return draftSummary(state, bytes, this.#damaged);
  }

  /** Saves one after the other. Never rejects. */
  save(draft: SummaryDraft): Promise<void> {
    this.#saving = this.#saving.then(() => saveSummary(this.#environment, this.#folder, draft));
    return this.#saving;
  }

  /** Saves how the run stands when its journal is closed with this length. Never rejects. */
  async saveLast(bytes: number): Promise<void> {
    const { state } = this.#progress;
    if (state !== undefined) await this.save(draftSummary(state, bytes, this.#damaged));
  }
}
