import * as path from 'node:path';
import type { Redactor } from '../core/base/redact.ts';
import { nodeEnvironment } from '../core/journal/environment.ts';
import { journalLimits } from '../core/journal/journalLimits.ts';
import { OriginMark } from '../core/journal/runs/originMark.ts';
import { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Run } from '../core/runner/run.ts';
import type { Configuration } from './configuration.ts';
import { Lazy } from './lazy.ts';
import { originKey } from './originKey.ts';

export interface RunJournalsOptions {
  /** Where the extension may keep files. */
  readonly storagePath: string;
  readonly configuration: Pick<Configuration, 'limits' | 'maxKeptRuns'>;
  readonly redactor: Redactor;
}

/** The journal of a run under way; it closes itself when the run has ended. */
interface OpenJournal {
  readonly isOpen: boolean;
  dispose(): Promise<void>;
}

/** The journals that this window writes, and the archive they are in. */
export class RunJournals {
  readonly #options: RunJournalsOptions;
  readonly #archive = new Lazy(() => this.#openArchive());
  /** Of the runs under way, and of those that ended since the last one began. */
  readonly #open = new Map<string, OpenJournal>();

  constructor(options: RunJournalsOptions) {
    this.#options = options;
  }

  archive(): Promise<RunArchive> {
    return this.#archive.get();
  }

  /** How many journals may still be open. */
  get size(): number {
    return this.#open.size;
  }

  /** Has the journal of a run closed with the window. */
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

  /** Deletes what is kept of a run that has ended. Rejects with a `UserError` when it cannot. */
  async delete(runId: string): Promise<void> {
    await this.#open.get(runId)?.dispose();
    this.#open.delete(runId);
    await (await this.archive()).delete(runId);
  }

  /** Resolves when all that can be written is, and the journals are free for others. */
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
      maxRuns: configuration.maxKeptRuns(),
    });
  }
}
