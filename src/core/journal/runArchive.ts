import type { RunState } from '../../shared/runState.ts';
import { interruptRun } from '../../shared/runState.ts';
import { UserError } from '../base/errors.ts';
import type { Message } from '../providers/message.ts';
import type { Redact } from './encodeRecord.ts';
import type { JournalEnvironment } from './environment.ts';
import type { JournalFailure } from './journalFailure.ts';
import { JournalRecorder } from './journalRecorder.ts';
import type { JournalWriter } from './journalWriter.ts';
import type { OpenResult } from './openJournal.ts';
import { createJournal, openJournal } from './openJournal.ts';
import type { JournalReading } from './readJournal.ts';
import { readJournal } from './readJournal.ts';
import { RunJournal } from './runJournal.ts';
import type { RunSummary } from './runList.ts';
import { deleteRun, listRuns, pruneRuns } from './runList.ts';

/** Where runs are kept, and how. */
export interface RunArchiveOptions {
  readonly root: string;
  readonly environment: JournalEnvironment;
  /** Takes secrets out of every text, before it is written. */
  readonly redact: Redact;
  /** Runs that are kept; older ones are deleted. */
  readonly maxRuns: number;
  /** Hears that a run cannot be saved, or can be again (undefined). */
  onFailure(failure: JournalFailure | undefined): void;
}

/** A run as it was kept. */
export interface ArchivedRun {
  readonly state: RunState;
  /** What it was started with: whatever was given to `record`. */
  readonly definition: unknown;
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** Lines of the journal that are damaged and were left out. */
  readonly damaged: number;
}

/** An archived run that is to go on, and the recorder that goes on with its journal. */
export interface ReopenedRun extends ArchivedRun {
  readonly recorder: RunJournal;
}

/** The runs that are kept on disk: one folder each, written as they go. */
export class RunArchive {
  readonly #options: RunArchiveOptions;

  constructor(options: RunArchiveOptions) {
    this.#options = options;
  }

  /** The recorder of a new run; undefined, after `onFailure` was told, when it cannot be kept. */
  async record(runId: string, definition: unknown): Promise<RunJournal | undefined> {
    const { root, environment, redact, onFailure } = this.#options;
    const created = await createJournal(root, runId, { environment, redact });
    if (created.kind === 'exists') throw new UserError(`There is a run ${runId} already.`);
    if (created.kind === 'failed') {
      onFailure(created.failure);
      return undefined;
    }
    this.#watch(created.writer);
    const recorder = new JournalRecorder(created.writer, { definition });
    return new RunJournal({ writer: created.writer, recorder }, () => this.#openAgain(runId));
  }

  /** Newest first. */
  list(): Promise<readonly RunSummary[]> {
    return listRuns(this.#options.root, this.#options.environment);
  }

  /** Reads a run without holding it; undefined when it cannot be read. One that had not ended is interrupted. */
  async read(runId: string): Promise<ArchivedRun | undefined> {
    const reading = await readJournal(this.#options.root, runId, this.#options.environment.fs);
    return reading.kind === 'read' ? toArchivedRun(reading) : undefined;
  }

  /** Takes a run to go on with it. Rejects with a `UserError` that says why it cannot be. */
  async reopen(runId: string): Promise<ReopenedRun> {
    const opened = await this.#openForWriting(runId);
    const archived = toArchivedRun(opened.reading);
    if (archived === undefined) {
      await opened.writer.close();
      throw new UserError('The beginning of this run is damaged, so it cannot go on.');
    }
    const { writer } = opened;
    const recorder = new JournalRecorder(writer, { messages: archived.messages });
    const journal = new RunJournal({ writer, recorder }, () => this.#openAgain(runId));
    return { ...archived, recorder: journal };
  }

  /** Throws a `UserError` when it cannot be deleted. */
  async delete(runId: string): Promise<void> {
    const result = await deleteRun(this.#options.root, runId, this.#options.environment);
    if (result.kind === 'locked') throw new UserError(heldElsewhere);
    if (result.kind === 'failed') throw new UserError(result.failure.message);
  }

  /** Deletes the oldest runs beyond the number that is kept. */
  async prune(): Promise<void> {
    const { root, maxRuns, environment } = this.#options;
    await pruneRuns(root, maxRuns, environment).catch(() => []);
  }

  async #openAgain(runId: string) {
    const { writer, reading } = await this.#openForWriting(runId);
    const { messages } = reading;
    return { writer, recorder: new JournalRecorder(writer, { messages }) };
  }

  async #openForWriting(runId: string): Promise<Extract<OpenResult, { kind: 'opened' }>> {
    const { root, environment, redact } = this.#options;
    let opened = await openJournal(root, runId, { environment, redact });
    // After a reload the old extension host may live on for some seconds.
    for (let tries = 0; opened.kind === 'locked' && tries < 6; tries++) {
      await new Promise<void>((resolve) => environment.clock.after(1_000, resolve));
      opened = await openJournal(root, runId, { environment, redact });
    }
    if (opened.kind !== 'opened') throw new UserError(whyNotOpened(opened));
    this.#watch(opened.writer);
    return opened;
  }

  #watch(writer: JournalWriter): void {
    writer.onDidFail((failure) => this.#options.onFailure(failure));
    writer.onDidRecover(() => this.#options.onFailure(undefined));
  }
}

const heldElsewhere =
  'This run is open in another window or process. Close it there, or wait until it has ended.';

function whyNotOpened(result: Exclude<OpenResult, { kind: 'opened' }>): string {
  switch (result.kind) {
    case 'locked':
      return heldElsewhere;
    case 'newer':
      return 'This run was written by a newer version of Interleave. Update it to go on with the run.';
    case 'missing':
      return 'There is no such run any more.';
    case 'foreign':
      return "The run's file is not a journal of Interleave.";
    case 'failed':
      return result.failure.message;
  }
}

function toArchivedRun(reading: JournalReading): ArchivedRun | undefined {
  const { state, definition, messages, damaged } = reading;
  if (state === undefined) return undefined;
  interruptRun(state);
  return { state, definition, messages, damaged };
}
