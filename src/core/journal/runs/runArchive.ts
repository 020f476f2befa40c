import { UserError } from '../../base/errors.ts';
import type { JournalEnvironment } from '../environment.ts';
import type { JournalFailure } from '../journalFailure.ts';
import { retriedFailure, unavailable } from '../journalFailure.ts';
import type { JournalLimits } from '../journalLimits.ts';
import { defaultJournalLimits } from '../journalLimits.ts';
import { readJournal } from '../read/readJournal.ts';
import type { Redact } from '../record/encodeRecord.ts';
import { JournalRecorder } from '../write/journalRecorder.ts';
import type { ArchivedRun } from './archivedRun.ts';
import {
  isForeign,
  madeElsewhere,
  newerVersion,
  startIsLost,
  toArchivedRun,
} from './archivedRun.ts';
import type { JournalOptions, OpenJournal, OpenResult } from './openJournal.ts';
import { createJournal, openJournal } from './openJournal.ts';
import type { OriginMark } from './originMark.ts';
import { startRecords } from './originMark.ts';
import { RunJournal } from './runJournal.ts';
import type { KnownRuns, RunSummary } from './runList.ts';
import { deleteRun, listRuns, pruneRuns } from './runList.ts';

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
  readonly recorder: RunJournal;
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
  async record(runId: string, definition: unknown): Promise<RunJournal | undefined> {
    const { environment, onFailure } = this.#options;
    const made = await this.#create(runId);
    if (!('writer' in made) && onFailure !== undefined) {
      onFailure(made);
      return undefined;
    }
    const options = this.#options;
    const recorder = new JournalRecorder((started) => startRecords(started, definition, options));
    const first = orRetried(made);
    let isMade = 'writer' in made;
    const open = async () => {
      if (isMade) return this.#openAgain(runId);
      const again = orRetried(await this.#create(runId));
      isMade = 'writer' in again;
      return again;
    };
    return new RunJournal({ recorder, first, open, clock: environment.clock });
  }

  async #create(runId: string): Promise<OpenJournal | JournalFailure> {
    const created = await createJournal(this.#options.root, runId, this.#journalOptions);
    if (created.kind === 'exists') throw new UserError(`There is a run ${runId} already.`);
    return created.kind === 'failed' ? created.failure : created;
  }

  get #journalOptions(): JournalOptions {
    const { environment, redact, limits, origin } = this.#options;
    return {
      environment,
      redact,
      limits: limits?.() ?? defaultJournalLimits,
      // Without the first record it is unknown where a run was started.
      isForeign: (reading) => reading.start === undefined || isForeign(reading, origin),
    };
  }

  /** The runs, newest first. Does not read unchanged runs again; an unchanged run keeps its object. */
  async list(): Promise<readonly RunListing[]> {
    const { root, environment } = this.#options;
    const summaries = await listRuns(root, environment, this.#known);
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
    const opened = await this.#openForWriting(runId);
    if (opened.kind !== 'opened') throw new UserError(whyNotOpened(opened).message);
    const { reading } = opened;
    const archived = toArchivedRun(reading, this.#options.origin);
    if (archived === undefined || archived.state.started.id !== runId) {
      await opened.writer.close();
      throw new UserError(archived === undefined ? startIsLost : copied);
    }
    const recorder = new JournalRecorder(() => [], archived.messages);
    const open = () => this.#openAgain(runId);
    const { clock } = this.#options.environment;
    return { ...archived, recorder: new RunJournal({ recorder, first: opened, open, clock }) };
  }

  /** Rejects with a `UserError` when the run cannot be deleted. */
  async delete(runId: string): Promise<void> {
    const result = await deleteRun(this.#options.root, runId, this.#options.environment);
    if (result.kind === 'locked') throw new UserError(heldElsewhere);
    if (result.kind === 'failed') throw new UserError(result.failure.message);
  }

  /** Deletes the oldest runs beyond `maxRuns`. */
  async prune(): Promise<void> {
    const { root, maxRuns, environment } = this.#options;
    await pruneRuns(root, maxRuns, environment).catch(() => []);
  }

  async #openAgain(runId: string): Promise<OpenJournal | JournalFailure> {
    const opened = await this.#openForWriting(runId);
    return opened.kind === 'opened' ? opened : whyNotOpened(opened);
  }

  async #openForWriting(runId: string): Promise<OpenResult> {
    const { root, environment } = this.#options;
    const options = this.#journalOptions;
    let opened = await openJournal(root, runId, options);
    // After a reload, the old extension host may live on for some seconds.
    for (let tries = 0; opened.kind === 'locked' && tries < 6; tries++) {
      await new Promise<void>((resolve) => environment.clock.after(1_000, resolve));
      opened = await openJournal(root, runId, options);
    }
    return opened;
  }
}

function orRetried(made: OpenJournal | JournalFailure): OpenJournal | JournalFailure {
  return 'writer' in made ? made : retriedFailure(made);
}

const heldElsewhere =
  'This run is open in another window or process. Close it there, or wait until it has ended.';
const copied =
  'This file was copied from another run: it can be looked at, but it cannot go on. Start its prompts as a new run.';

function whyNotOpened(result: Exclude<OpenResult, { kind: 'opened' }>): JournalFailure {
  switch (result.kind) {
    case 'locked':
      return unavailable(heldElsewhere, false);
    case 'newer':
      return unavailable(newerVersion, true);
    case 'foreignRun':
      return unavailable(result.reading.start === undefined ? startIsLost : madeElsewhere, true);
    case 'missing':
      return unavailable('There is no such run any more.', true);
    case 'foreign':
      return unavailable("The run's file is not a journal of Interleave.", true);
    case 'failed':
      return retriedFailure(result.failure);
  }
}
