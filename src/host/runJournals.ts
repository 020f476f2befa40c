import * as path from 'node:path';
import type { Redactor } from '../core/base/redact.ts';
import { nodeEnvironment } from '../core/journal/environment.ts';
import { journalLimits } from '../core/journal/journalLimits.ts';
import { OriginMark } from '../core/journal/runs/originMark.ts';
import { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { RunAside } from '../core/journal/runs/runList.ts';
import type { Run } from '../core/runner/run.ts';
import type { Configuration } from './configuration.ts';
import { Lazy } from './lazy.ts';
import { originKey } from './originKey.ts';

/** What `RunJournals` needs. */
export interface RunJournalsOptions {
  /** The extension's global storage folder. */
  readonly storagePath: string;
  readonly configuration: Pick<Configuration, 'limits' | 'maxSavedRuns'>;
  readonly redactor: Redactor;
}

/** The journal of a run in progress. It closes itself when the run ends. */
interface OpenJournal {
  readonly isOpen: boolean;
  dispose(): Promise<void>;
}

/** The journals that this window writes and the archive that holds them. */
export class RunJournals {
  readonly #options: RunJournalsOptions;
  readonly #archive = new Lazy(() => this.#openArchive());
  /** By run id. Closed journals are removed when the next one is added and when the runs are listed. */
  readonly #open = new Map<string, OpenJournal>();

  constructor(options: RunJournalsOptions) {
    this.#options = options;
  }

  /** The archive of saved runs, opened on first use. */
  archive(): Promise<RunArchive> {
    this.#forgetClosed();
    return this.#archive.get();
  }

  /** Whether this window writes the journal of this run. */
  isOpen(runId: string): boolean {
    return this.#open.get(runId)?.isOpen === true;
  }

  /** Number of journals that may still be open. */
  get size(): number {
    return this.#open.size;
  }

  /** Closes the journal of the run when the window closes. */
  follow(run: Run, journal: OpenJournal | undefined): void {
    if (journal === undefined) return;
    const keep = (): void => {
      this.#forgetClosed();
      this.#open.set(run.id, journal);
    };
    keep();
    run.onEvent(({ type }) => {
      if (type === 'run.reopened') keep();
    });
  }

  /** Deletes a run after it has ended, so that it can be brought back. Rejects with a `UserError` on failure. */
  async setAside(runId: string): Promise<RunAside | undefined> {
    await this.#open.get(runId)?.dispose();
    this.#open.delete(runId);
    return await (await this.archive()).setAside(runId);
  }

  /** Flushes and closes all journals and releases their locks. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#open.values()].map((journal) => journal.dispose()));
    this.#open.clear();
  }

  #forgetClosed(): void {
    for (const [id, { isOpen }] of this.#open) if (!isOpen) this.#open.delete(id);
  }

  async #openArchive(): Promise<RunArchive> {
    const { storagePath, configuration, redactor } = this.#options;
    return new RunArchive({
      root: path.join(storagePath, 'runs'),
      environment: await nodeEnvironment(),
      origin: new OriginMark(await originKey(storagePath)),
      redact: redactor.hideKeys,
      limits: () => journalLimits(configuration.limits()),
      maxRuns: configuration.maxSavedRuns(),
    });
  }
}
