import type { RunState } from '../../../shared/runState.ts';
import type { Disposable } from '../../base/emitter.ts';
import { Emitter } from '../../base/emitter.ts';
import type { JournalFailure } from '../journalFailure.ts';
import {
  journalLarge,
  limitFailure,
  lockLost,
  unwritable,
  unwritableRecord,
  writeFailure,
} from '../journalFailure.ts';
import type { EncodedRecord, NewRecord } from '../record/encodeRecord.ts';
import { encodeRecord } from '../record/encodeRecord.ts';
import type { JournalFiles, WriterParts } from './journalFiles.ts';
import { lineSizeOf, RecordQueue, sizeOf } from './recordQueue.ts';
import { TimeOfDay } from './timeOfDay.ts';

/** How long records are gathered before they are written and synced together, in ms. */
const gatherMs = 10;
/** Interval of retries while the disk fails, in ms. */
const retryMs = 5_000;

/**
 * Writes the journal of one run for as long as this process has the run. Gathers records for 10 ms, then writes
 * and syncs them together. Closes the journal when the run has ended and is saved, which frees it for other
 * processes, and opens it again for the next record. Pending records wait while opening or writing fails; both are
 * retried.
 */
export class JournalWriter {
  readonly #parts: WriterParts;
  readonly #queue: RecordQueue;
  readonly #didChange = new Emitter<void>();
  readonly #didNote = new Emitter<string>();
  /** `failure` or `isReady` may have changed. */
  readonly onDidChange = this.#didChange.event;
  /** What the user should know about the saving. */
  readonly onDidNote = this.#didNote.event;
  #files: JournalFiles | undefined;
  #state: RunState | undefined;
  #bytes = 0;
  readonly #timeOfDay = new TimeOfDay();
  #timer: Disposable | undefined;
  #flushing: Promise<void> | undefined;
  /** Whether to sync soon although nothing waits for it. */
  #syncSoon = false;
  #failing: JournalFailure | undefined;
  #stopped: JournalFailure | undefined;
  /** Whether the run has ended, so that the journal closes when everything is saved. */
  #runEnded = false;
  #hasLost = false;
  #disposing: Promise<void> | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#queue = new RecordQueue(parts.environment.clock);
    if (parts.files !== undefined) this.#use(parts.files);
  }

  /** Length of all files, including pending records. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Length of the file when every added record is in it; undefined otherwise. */
  get wholeBytes(): number | undefined {
    const isWhole = !this.#queue.hasUnwritten && this.#stopped === undefined;
    return (isWhole && this.#files?.file.bytes) || undefined;
  }

  /** Why records cannot be saved now; undefined while they can. */
  get failure(): JournalFailure | undefined {
    return this.#stopped ?? this.#failing;
  }

  /** False while the run cannot be saved, and while the journal is being opened. */
  get isReady(): boolean {
    return this.failure === undefined && (this.#files !== undefined || this.#queue.count === 0);
  }

  /** Whether this process holds the journal or is going to. False once the run has ended and is saved. */
  get isOpen(): boolean {
    return this.#files !== undefined || this.#queue.count > 0;
  }

  /** Whether the journal was closed before everything was saved. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** The state into which each event is folded before it is recorded. Summaries are made from it. */
  follow(state: RunState): void {
    this.#state = state;
    this.#files?.summary.follow(state);
  }

  /**
   * Adds a record as it is now, to be written soon. Throws a `UserError` for one that cannot be encoded, and
   * adds nothing then. After a final failure and after `dispose`, nothing is added, and `commit` rejects.
   */
  append(record: NewRecord): void {
    if (this.#add(record)) this.#schedule();
  }

  /**
   * The same for a record that is shown next, such as a finished turn. When this returns, the system has it and
   * all records before it, so that they survive the end of the process. They are synced soon after. When the
   * journal is not open, the disk is slow or fails, or the record is long, this does no more than `append`.
   */
  appendNow(record: NewRecord): void {
    if (!this.#add(record)) return;
    this.#syncSoon = true;
    const files = this.#files;
    // The next flush retries what this cannot write, and reports why.
    if (this.#failing === undefined && files?.lock.isCertain) this.#queue.writeNow(files);
    this.#schedule();
  }

  /**
   * Resolves when every record so far is on disk; waits while the disk fails. Rejects with a `UserError` when
   * one never will be.
   */
  commit(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#disposing !== undefined) return Promise.reject(new Error('The journal is closed.'));
    if (this.#queue.count === 0) return Promise.resolve();
    const saved = this.#queue.wait();
    this.#schedule();
    return saved;
  }

  /** Retries at once. Resolves when the outcome is known; never rejects. */
  async retry(): Promise<void> {
    if (this.#failing === undefined || this.#disposing !== undefined) return;
    this.#timer?.dispose();
    this.#timer = undefined;
    await this.#flush(true);
  }

  /** The run has ended: closes the journal as soon as everything is saved, which may take until the disk works. */
  endRun(): void {
    this.#runEnded = true;
    this.#schedule();
  }

  /** The run goes on after it has ended. */
  reopenRun(): void {
    this.#runEnded = false;
    if (this.#files === undefined) this.#stopped = undefined;
  }

  /** Writes what can be written, and closes the journal for good. Never rejects; see `hasLost`. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async #dispose(): Promise<void> {
    this.#timer?.dispose();
    await this.#flushing;
    if (this.#queue.count > 0 && (this.#files || !this.#failing)) await this.#flush(true);
    await this.#close();
    this.#queue.reject(this.failure ?? new Error('The journal is closed.'));
    this.#didChange.fire();
  }

  /** Closes the file and releases the lock. */
  async #close(): Promise<void> {
    if (this.#queue.count > 0 || this.#stopped !== undefined) this.#hasLost = true;
    const files = this.#files;
    if (files === undefined) return;
    const { wholeBytes } = this;
    this.#files = undefined;
    await files.summary.close({ wholeBytes });
    await files.file.close().catch(() => undefined);
    await files.lock.release();
  }

  /** Adds a record. False when nothing is added any more. */
  #add(record: NewRecord): boolean {
    if (this.#disposing !== undefined || this.#stopped !== undefined) return false;
    const encoded = this.#encode(record);
    if (encoded === undefined || !this.#hasRoomFor(encoded)) return false;
    this.#queue.add(encoded);
    this.#files?.summary.added(this);
    return true;
  }

  /** Encodes a record. Throws a `UserError` when it cannot be encoded, unless the run is then lost. */
  #encode(record: NewRecord): EncodedRecord | undefined {
    const { environment, redact, limits } = this.#parts;
    const at = this.#timeOfDay.text(environment.wallTime());
    try {
      return encodeRecord(record, { at, redact, blobBytes: limits.blobBytes });
    } catch (error) {
      if (record.kind !== 'run.start') throw unwritableRecord(error);
      this.#stop(unwritable(error));
      return undefined;
    }
  }

  #hasRoomFor(record: EncodedRecord): boolean {
    const { limits } = this.#parts;
    const size = sizeOf(record);
    const isThere = record.blob !== undefined && this.#files?.blobs.has(record.blob.ref);
    const bytes = this.#bytes + (isThere ? lineSizeOf(record) : size);
    const waiting = this.#failing ? this.#queue.bytes + size : 0;
    const failure = limitFailure(limits, { bytes, waiting });
    if (failure !== undefined) {
      this.#stop(failure);
      return false;
    }
    const grewLarge = this.#bytes < limits.warnBytes && bytes >= limits.warnBytes;
    this.#bytes = bytes;
    if (grewLarge) this.#didNote.fire(journalLarge(bytes));
    return true;
  }

  /** Whether anything is left to write, to sync or to close. */
  get #isPending(): boolean {
    if (this.#files === undefined) return this.#queue.count > 0;
    const { hasUnwritten, isAwaited } = this.#queue;
    const isDue = hasUnwritten || isAwaited || this.#syncSoon || this.#runEnded;
    return isDue || this.#failing !== undefined;
  }

  /** Schedules the next flush; while the disk fails, the next retry. */
  #schedule(): void {
    const isBusy = this.#timer !== undefined || this.#flushing !== undefined;
    if (isBusy || this.#disposing !== undefined || !this.#isPending) return;
    this.#timer = this.#parts.environment.clock.after(this.#failing ? retryMs : gatherMs, () => {
      this.#timer = undefined;
      void this.#flush(false);
    });
  }

  /** Writes pending records, and syncs them when something waits for that. Never rejects. */
  #flush(mustSync: boolean): Promise<void> {
    this.#flushing ??= this.#writeOut(mustSync).finally(() => {
      this.#flushing = undefined;
      this.#schedule();
    });
    return this.#flushing;
  }

  async #writeOut(mustSync: boolean): Promise<void> {
    const queue = this.#queue;
    const isRetry = this.#failing !== undefined;
    try {
      if (isRetry) await this.#files?.file.reopen();
      const files = this.#files ?? this.#use(await this.#parts.open());
      await files.lock.confirm();
      await queue.write(files);
      if (mustSync || isRetry || this.#syncSoon || this.#runEnded || queue.isSyncDue) {
        this.#syncSoon = false;
        await queue.sync(files);
        this.#failing = undefined;
        if (isRetry && this.#stopped === undefined) this.#didChange.fire();
      }
    } catch (error) {
      this.#fail(error);
    }
    if (this.#runEnded && this.#failing === undefined && queue.count === 0) await this.#close();
  }

  #use(files: JournalFiles): JournalFiles {
    this.#files = files;
    this.#queue.numberAfter(files.lastSeq);
    this.#bytes = files.bytes + this.#queue.bytes;
    files.lock.onDidLose(() => this.#abandon(lockLost()));
    if (this.#state !== undefined) files.summary.follow(this.#state);
    if (this.#queue.count > 0) files.summary.added(this);
    if (this.#failing === undefined) this.#didChange.fire();
    return files;
  }

  #fail(error: unknown): void {
    const failure = writeFailure(error, this.#parts.path);
    if (failure.kind === 'lock_lost' || (failure.final && this.#files === undefined)) {
      this.#abandon(failure);
      return;
    }
    const isNew = this.#failing === undefined;
    this.#failing = failure;
    if (isNew && this.#stopped === undefined) this.#didChange.fire();
  }

  /** Adds no more records. Pending ones are still written. */
  #stop(failure: JournalFailure): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = failure;
    this.#didChange.fire();
  }

  /** Writes nothing more: another process has the journal, or it can never be opened. */
  #abandon(failure: JournalFailure): void {
    this.#failing = undefined;
    this.#stop(failure);
    this.#queue.clear();
    this.#queue.reject(failure);
  }
}
