import type { RunStarted } from '../../shared/conversationEvents.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
import { plural } from '../../shared/quantities.ts';
import type { RunState } from '../../shared/runState.ts';
import { interruptRun } from '../../shared/runState.ts';
import { UserError } from '../base/errors.ts';
import type { ConversationProposals } from '../proposals/fileProposal.ts';
import type { OverlayFile } from '../proposals/overlay.ts';
import { Overlays } from '../proposals/overlays.ts';
import type { Message } from '../providers/message.ts';
import type { Redact } from './encodeRecord.ts';
import type { JournalEnvironment } from './environment.ts';
import type { JournalFailure } from './journalFailure.ts';
import { retriedFailure, unavailable } from './journalFailure.ts';
import type { JournalLimits } from './journalLimits.ts';
import { defaultJournalLimits } from './journalLimits.ts';
import type { StartRecord } from './journalRecord.ts';
import { JournalRecorder } from './journalRecorder.ts';
import type { JournalOptions, OpenResult } from './openJournal.ts';
import { createJournal, openJournal } from './openJournal.ts';
import type { OriginMark } from './originMark.ts';
import type { JournalReading } from './readJournal.ts';
import { damageOf, readJournal } from './readJournal.ts';
import { resumePoints } from './resumePoints.ts';
import type { OpenJournal } from './runJournal.ts';
import { RunJournal } from './runJournal.ts';
import type { KnownRuns, RunSummary } from './runList.ts';
import { deleteRun, listRuns, pruneRuns } from './runList.ts';

/** Where runs are kept, and how. */
export interface RunArchiveOptions {
  readonly root: string;
  readonly environment: JournalEnvironment;
  /** Takes secrets out of every text, before it is written. */
  readonly redact: Redact;
  /**
   * Marks the runs that are started here. A run without a mark of ours can then be looked at but never
   * goes on. When absent, runs are not marked and may come from anywhere.
   */
  readonly origin?: OriginMark;
  /** Runs that are kept; older ones are deleted. */
  readonly maxRuns: number;
  /** Sizes at which something is done about a journal, asked for with each; the usual when absent. */
  readonly limits?: () => JournalLimits;
  /**
   * Hears that a new run cannot be kept, which then goes on without. Where nobody listens, such a run
   * waits until it can be.
   */
  onFailure?(failure: JournalFailure): void;
}

/** A run as it was kept. */
export interface ArchivedRun {
  readonly state: RunState;
  /** What it was started with: whatever was given to `record`. */
  readonly definition: unknown;
  /** Of each conversation, as far as it can go on from them. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** What is known of the last turns of those that end in one. */
  readonly lastTurns: ReadonlyMap<number, LastTurn>;
  /** What its conversations go on with. */
  readonly overlays: ReadonlyMap<number, readonly OverlayFile[]>;
  /** What they propose, in prompt order; only those that propose something. */
  proposals(): readonly ConversationProposals[];
  /** Whether it was started elsewhere, as far as this archive can tell: it can only be looked at. */
  readonly isForeign: boolean;
  /** Records that are damaged or missing and were left out. The state's notes say so, too. */
  readonly damaged: number;
}

/** A kept run as a list shows it: cheap to have, without a look into its journal. */
export interface RunListing extends RunSummary {
  /** Reads the run from its journal; undefined when it cannot be read. */
  open(): Promise<ArchivedRun | undefined>;
}

/** An archived run that is to go on, and the recorder that goes on with its journal. */
export interface ReopenedRun extends ArchivedRun {
  readonly recorder: RunJournal;
}

/** The runs that are kept on disk: one folder each, written as they go. */
export class RunArchive {
  readonly #options: RunArchiveOptions;
  readonly #known: KnownRuns = new Map();
  readonly #listings = new WeakMap<RunSummary, RunListing>();

  constructor(options: RunArchiveOptions) {
    this.#options = options;
  }

  /** The recorder of a new run; undefined, after `onFailure` was told, when it cannot be kept. */
  async record(runId: string, definition: unknown): Promise<RunJournal | undefined> {
    const { environment, onFailure } = this.#options;
    const made = await this.#create(runId, definition);
    if (!('writer' in made) && onFailure !== undefined) {
      onFailure(made);
      return undefined;
    }
    const create = async () => orRetried(await this.#create(runId, definition));
    const reopen = (before?: JournalRecorder) => this.#openAgain(runId, before);
    const { clock } = environment;
    return new RunJournal({ first: orRetried(made), create, reopen, clock });
  }

  async #create(runId: string, definition: unknown): Promise<OpenJournal | JournalFailure> {
    const created = await createJournal(this.#options.root, runId, this.#journalOptions);
    if (created.kind === 'exists') throw new UserError(`There is a run ${runId} already.`);
    if (created.kind === 'failed') return created.failure;
    const { writer } = created;
    const startRecord = (started: RunStarted) => this.#startRecord(started, definition);
    return { writer, recorder: new JournalRecorder(writer, { startRecord }) };
  }

  #startRecord(started: RunStarted, definition: unknown): StartRecord {
    const { origin, redact } = this.#options;
    return (
      origin?.sign({ started, definition }, redact) ?? { kind: 'run.start', started, definition }
    );
  }

  get #journalOptions(): JournalOptions {
    const { environment, redact, limits, origin } = this.#options;
    return {
      environment,
      redact,
      limits: limits?.() ?? defaultJournalLimits,
      isForeign: (reading) => isForeign(reading, origin),
    };
  }

  /**
   * Newest first. What did not change since the last time is not read again, and a run whose listing says
   * the same as then has the same object.
   */
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

  /** Reads a run without holding it; undefined when it cannot be read. One that had not ended is interrupted. */
  async read(runId: string): Promise<ArchivedRun | undefined> {
    const reading = await readJournal(this.#options.root, runId, this.#options.environment.fs);
    return reading.kind === 'read' ? toArchivedRun(reading, this.#options.origin) : undefined;
  }

  /** Takes a run to go on with it. Rejects with a `UserError` that says why it cannot be. */
  async reopen(runId: string): Promise<ReopenedRun> {
    const opened = await this.#openForWriting(runId);
    if (opened.kind !== 'opened') throw new UserError(whyNotOpened(opened).message);
    const archived = toArchivedRun(opened.reading, this.#options.origin);
    const refusal = whyNotResumed(runId, archived);
    if (archived === undefined || refusal !== undefined) {
      await opened.writer.close();
      throw new UserError(refusal ?? '');
    }
    const { writer } = opened;
    const first = {
      writer,
      recorder: new JournalRecorder(writer, { messages: archived.messages }),
    };
    const reopen = (before?: JournalRecorder) => this.#openAgain(runId, before);
    const { clock } = this.#options.environment;
    return { ...archived, recorder: new RunJournal({ first, reopen, clock }) };
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

  async #openAgain(
    runId: string,
    before: JournalRecorder | undefined,
  ): Promise<OpenJournal | JournalFailure> {
    const opened = await this.#openForWriting(runId);
    if (opened.kind !== 'opened') return whyNotOpened(opened);
    const { writer } = opened;
    return { writer, recorder: new JournalRecorder(writer, { before }) };
  }

  async #openForWriting(runId: string): Promise<OpenResult> {
    const { root, environment } = this.#options;
    const options = this.#journalOptions;
    let opened = await openJournal(root, runId, options);
    // After a reload the old extension host may live on for some seconds.
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

function whyNotOpened(result: Exclude<OpenResult, { kind: 'opened' }>): JournalFailure {
  switch (result.kind) {
    case 'locked':
      return unavailable(heldElsewhere, false);
    case 'newer':
      return unavailable(newerVersion, true);
    case 'foreignRun':
      return unavailable(madeElsewhere, true);
    case 'missing':
      return unavailable('There is no such run any more.', true);
    case 'foreign':
      return unavailable("The run's file is not a journal of Interleave.", true);
    case 'failed':
      return retriedFailure(result.failure);
  }
}

const newerVersion =
  'This run was written by a newer version of Interleave: it can be looked at here. Update Interleave to go on with it.';

/** Why a run that can be read must not go on; undefined when it may. */
function whyNotResumed(runId: string, archived: ArchivedRun | undefined): string | undefined {
  if (archived === undefined) {
    return 'The beginning of this run is damaged, so it cannot go on. Start its prompts as a new run.';
  }
  if (archived.state.started.id !== runId) {
    return 'This file was copied from another run: it can be looked at, but it cannot go on. Start its prompts as a new run.';
  }
  return undefined;
}

const madeElsewhere =
  'This run was not started by this installation of Interleave: it can be looked at, but it cannot go on. Start its prompts as a new run.';

function toArchivedRun(
  reading: JournalReading,
  origin: OriginMark | undefined,
): ArchivedRun | undefined {
  const { state, definition } = reading;
  if (state === undefined) return undefined;
  interruptRun(state);
  const damaged = damageOf(reading);
  const notes = [...state.notes];
  if (damaged > 0) notes.push(damageNote(damaged));
  const fromElsewhere = isForeign(reading, origin);
  if (fromElsewhere) notes.push(madeElsewhere);
  if (reading.version === 'newer') notes.push(newerVersion);
  state.notes = notes;
  const points = resumePoints(state, reading);
  const { overlays, lost } = reading.proposals.overlays(state, points.messages);
  if (lost.length > 0) state.notes = [...state.notes, lostProposalsNote(lost.length)];
  const proposals = () => new Overlays(overlays).proposals(state.conversations);
  return { state, definition, ...points, overlays, proposals, isForeign: fromElsewhere, damaged };
}

/** A run whose first record is damaged is refused for that, and not called one from elsewhere. */
function isForeign(
  { state, definition, mark }: JournalReading,
  origin: OriginMark | undefined,
): boolean {
  if (origin === undefined || state === undefined) return false;
  return !origin.isOurs({ started: state.started, definition, mark });
}

function lostProposalsNote(conversations: number): string {
  return `What ${plural(conversations, 'conversation')} proposed cannot be read any more: none of it can be applied. Run those prompts again.`;
}

/** `2 damaged records skipped`, and what that means. */
function damageNote(records: number): string {
  return `${plural(records, 'damaged record')} skipped: something of what was saved of this run is missing.`;
}
