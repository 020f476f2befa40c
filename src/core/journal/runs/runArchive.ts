import { UserError } from '../../base/errors.ts';
import type { JournalEnvironment } from '../environment.ts';
import { JournalFailure, openFailure } from '../journalFailure.ts';
import type { JournalLimits } from '../journalLimits.ts';
import { defaultJournalLimits } from '../journalLimits.ts';
import type { JournalReading } from '../read/readJournal.ts';
import { readJournal } from '../read/readJournal.ts';
import type { Redact } from '../record/encodeRecord.ts';
import { runFolder } from '../runFolder.ts';
import type { JournalFiles } from '../write/journalFiles.ts';
import { JournalRecorder } from '../write/journalRecorder.ts';
import { JournalWriter } from '../write/journalWriter.ts';
import type { ArchivedRun } from './archivedRun.ts';
import { isForeign, madeElsewhere, startIsLost, toArchivedRun } from './archivedRun.ts';
import type { OpenedJournal } from './openJournal.ts';
import { createJournal, openJournal } from './openJournal.ts';
import type { OriginMark } from './originMark.ts';
import { startRecords } from './originMark.ts';
import type { KnownRuns, RunAside, RunSummary } from './runList.ts';
import { listRuns, pruneRuns, setRunAside } from './runList.ts';

/** Where and how runs are saved. */
export interface RunArchiveOptions {
  readonly root: string;
  readonly environment: JournalEnvironment;
  /** Removes secrets from every text before it is written. */
  readonly redact: Redact;
  /** Marks the runs that are started here. Runs without its mark are read-only. Absent: no run is marked. */
  readonly origin?: OriginMark;
  /** Max saved runs; older ones are deleted. */
  readonly maxRuns: number;
  /** The size limits of each journal; the defaults when absent. */
  readonly limits?: () => JournalLimits;
  /**
   * Called when a new run cannot be saved; it then runs unsaved. When absent, such a run waits until it can be.
   */
  onFailure?(failure: JournalFailure): void;
}

/** A saved run that is to go on, and the recorder for it. */
export interface ReopenedRun extends ArchivedRun {
  readonly recorder: JournalRecorder;
}

/** A saved run as a list shows it: cheap to get, without reading its journal. */
export interface RunListing extends RunSummary {
  /** Reads the run from its journal; undefined when it cannot be read. */
  open(): Promise<ArchivedRun | undefined>;
}

/** The runs that are saved on disk, each in a folder of its own. */
export class RunArchive {
  readonly #options: RunArchiveOptions;
  readonly #known: KnownRuns = new Map();
  readonly #listings = new WeakMap<RunSummary, RunListing>();

  constructor(options: RunArchiveOptions) {
    this.#options = options;
  }

  /** The recorder of a new run; undefined, after a call of `onFailure`, when it cannot be saved. */
  async record(runId: string, definition: unknown): Promise<JournalRecorder | undefined> {
    const { root, environment, onFailure } = this.#options;
    const { path } = runFolder(root, runId);
    const create = (): Promise<JournalFiles> => createJournal(root, runId, environment);
    let files: JournalFiles | undefined;
    try {
      files = await create();
    } catch (error) {
      const failure = openFailure(error, path);
      if (failure.kind === 'exists') throw failure;
      onFailure?.(failure);
      if (onFailure !== undefined) return undefined;
    }
    let isMade = files !== undefined;
    const writer = this.#writerOf(runId, files, async () => {
      const opened = isMade ? (await this.#open(runId)).files : await create();
      isMade = true;
      return opened;
    });
    return new JournalRecorder(writer, (started) =>
      startRecords(started, definition, this.#options),
    );
  }

  #writerOf(
    runId: string,
    files: JournalFiles | undefined,
    open: () => Promise<JournalFiles>,
  ): JournalWriter {
    const { root, environment, redact, limits } = this.#options;
    const { path } = runFolder(root, runId);
    const sizes = limits?.() ?? defaultJournalLimits;
    return new JournalWriter({ path, environment, redact, limits: sizes, files, open });
  }

  /**
   * The runs, newest first, without those that `isLeftOut`. Does not read unchanged runs again; an unchanged run
   * keeps its object.
   */
  async list(isLeftOut?: (runId: string) => boolean): Promise<readonly RunListing[]> {
    const { root, environment } = this.#options;
    const summaries = await listRuns(root, environment, this.#known, isLeftOut);
    return summaries.map((summary) => this.#listingOf(summary));
  }

  #listingOf(summary: RunSummary): RunListing {
    const known = this.#listings.get(summary);
    if (known !== undefined) return known;
    const listing = { ...summary, open: () => this.read(summary.id) };
    this.#listings.set(summary, listing);
    return listing;
  }

  /**
   * Reads a run without holding it; undefined when it cannot be read. A run that has not ended is interrupted.
   */
  async read(runId: string): Promise<ArchivedRun | undefined> {
    const reading = await readJournal(this.#options.root, runId, this.#options.environment.fs);
    return reading.kind === 'read' ? toArchivedRun(reading, this.#options.origin) : undefined;
  }

  /** Takes a run to go on with it. Rejects with a `UserError` when it cannot go on. */
  async reopen(runId: string): Promise<ReopenedRun> {
    const { files, reading } = await this.#open(runId).catch((error: unknown) => {
      throw this.#failure(error, runId);
    });
    const writer = this.#writerOf(runId, files, async () => (await this.#open(runId)).files);
    const archived = toArchivedRun(reading, this.#options.origin);
    if (archived === undefined || archived.state.started.id !== runId) {
      await writer.dispose();
      throw new UserError(archived === undefined ? startIsLost : copied);
    }
    return { ...archived, recorder: new JournalRecorder(writer, undefined, archived.messages) };
  }

  /** Rejects with a `UserError` when the run cannot be deleted. */
  async delete(runId: string): Promise<void> {
    await (await this.setAside(runId))?.remove();
  }

  /** Deletes a run so that it can be brought back. Rejects with a `UserError` when it cannot be deleted. */
  async setAside(runId: string): Promise<RunAside | undefined> {
    const { root, environment } = this.#options;
    return await setRunAside(root, runId, environment).catch((error: unknown) => {
      throw this.#failure(error, runId);
    });
  }

  #failure(error: unknown, runId: string): UserError {
    return error instanceof UserError
      ? error
      : openFailure(error, runFolder(this.#options.root, runId).path);
  }

  /** Deletes the oldest runs beyond `maxRuns`. */
  async prune(): Promise<void> {
    const { root, maxRuns, environment } = this.#options;
    await pruneRuns(root, maxRuns, environment).catch(() => []);
  }

  async #open(runId: string): Promise<OpenedJournal> {
    const { root, environment } = this.#options;
    const refuse = (reading: JournalReading) => this.#refusal(reading);
    // After a reload, the old extension host may live on for some seconds.
    for (let tries = 0; ; tries++) {
      try {
        return await openJournal(root, runId, { environment, refuse });
      } catch (error) {
        const isLocked = error instanceof JournalFailure && error.kind === 'locked';
        if (!isLocked || tries === 6) throw error;
      }
      await new Promise<void>((resolve) => environment.clock.after(1_000, resolve));
    }
  }

  /** Without the first record it is unknown where a run was started. */
  #refusal(reading: JournalReading): JournalFailure | undefined {
    if (reading.start === undefined) return new JournalFailure('elsewhere', startIsLost);
    if (!isForeign(reading, this.#options.origin)) return undefined;
    return new JournalFailure('elsewhere', madeElsewhere);
  }
}

const copied =
  'This file was copied from another run: it can be looked at, but it cannot go on. Start its prompts as a new run.';
