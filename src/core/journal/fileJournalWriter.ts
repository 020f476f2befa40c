import type { Clock } from '../base/clock.ts';
import type { Disposable, Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import { UserError } from '../base/errors.ts';
import type { AppendFile } from './appendFile.ts';
import type { Blob, BlobStore } from './blobStore.ts';
import { toBlob } from './blobStore.ts';
import { CommitQueue } from './commitQueue.ts';
import type { EncodedRecord, Redact } from './encodeRecord.ts';
import { encodeRecord, redactText } from './encodeRecord.ts';
import type { HeldLock } from './heldLock.ts';
import { LockLostError } from './heldLock.ts';
import type { JournalFailure } from './journalFailure.ts';
import {
  bufferFull,
  diskFailure,
  journalFull,
  lockLost,
  unwritable,
  unwritableRecord,
} from './journalFailure.ts';
import type { JournalLimits } from './journalLimits.ts';
import type { JournalRecord, OutputRecord } from './journalRecord.ts';
import type { JournalWriter } from './journalWriter.ts';
import { PendingRecords, sizeOf } from './pendingRecords.ts';
import { PendingWrites } from './pendingWrites.ts';
import type { ProgressSummary } from './progressSummary.ts';

/** How long, in ms, records are gathered before they are written and synced together. */
export const gatherMs = 10;
/** Between two tries to write to a disk that fails, in ms. */
export const probeMs = 5_000;
/** Bytes that are written without being synced at most. */
const mostUnsynced = 4 * 1024 * 1024;

/** What a writer works with. */
export interface WriterParts {
  readonly runId: string;
  /** Where the journal is; named in messages. */
  readonly path: string;
  readonly file: AppendFile;
  readonly blobs: BlobStore;
  readonly lock: HeldLock;
  readonly clock: Clock;
  readonly wallTime: () => number;
  readonly redact: Redact;
  readonly limits: JournalLimits;
  /** Number of the last record that is there, and how many bytes. */
  readonly lastSeq: number;
  readonly bytes: number;
  /** Hears of every record that is saved or waits to be. */
  readonly onRecord: (record: JournalRecord) => void;
  /** What lists know of the run. */
  readonly summary: ProgressSummary;
}

/** Writes a journal: gathers records for some milliseconds, then writes and syncs them together. */
export class FileJournalWriter implements JournalWriter {
  readonly #parts: WriterParts;
  readonly #pending = new PendingRecords();
  readonly #writes: PendingWrites;
  readonly #commits = new CommitQueue();
  readonly #didFail = new Emitter<JournalFailure>();
  readonly #didRecover = new Emitter<void>();
  readonly #didGrowLarge = new Emitter<number>();
  #lastSeq: number;
  #bytes: number;
  #timer: Disposable | undefined;
  /** Set while what was written last is in no summary. */
  #summaryTimer: Disposable | undefined;
  #flushing: Promise<void> | undefined;
  /** Whether there is something that must be synced though nobody waits for it. */
  #syncSoon = false;
  #failing: JournalFailure | undefined;
  #stopped: JournalFailure | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#lastSeq = parts.lastSeq;
    this.#bytes = parts.bytes;
    const { file, blobs, clock } = parts;
    this.#writes = new PendingWrites({ pending: this.#pending, file, blobs, clock });
    parts.lock.onDidLose(() => this.#abandon());
  }

  get runId(): string {
    return this.#parts.runId;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get failure(): JournalFailure | undefined {
    return this.#stopped ?? this.#failing;
  }

  get onDidFail(): Event<JournalFailure> {
    return this.#didFail.event;
  }

  get onDidRecover(): Event<void> {
    return this.#didRecover.event;
  }

  get onDidGrowLarge(): Event<number> {
    return this.#didGrowLarge.event;
  }

  append(record: JournalRecord): void {
    if (this.#add(record)) this.#schedule();
  }

  appendNow(record: JournalRecord): void {
    if (!this.#add(record)) return;
    this.#syncSoon = true;
    // What cannot be written is tried again by the next flush, which says what is wrong.
    if (this.#failing === undefined && this.#parts.lock.isCertain) this.#writes.writeNow();
    this.#schedule();
  }

  appendOutput(call: Omit<OutputRecord, 'kind' | 'content'>, text: string): void {
    const blob = toBlob(Buffer.from(redactText(text, this.#parts.redact)));
    if (this.#add({ kind: 'output', ...call, content: blob.ref }, blob)) this.#schedule();
  }

  async retry(): Promise<void> {
    if (this.#failing === undefined || this.#closing !== undefined) return;
    this.#timer?.dispose();
    this.#timer = undefined;
    await this.#flush(true);
  }

  /** Whether the record was taken, with the file that it names, if it names one. */
  #add(record: JournalRecord, blob?: Blob): boolean {
    if (this.#closing !== undefined || this.#stopped !== undefined) return false;
    const line = this.#encode(record);
    const encoded = line && blob ? { ...line, blob } : line;
    if (encoded === undefined || !this.#hasRoomFor(encoded)) return false;
    this.#lastSeq = encoded.seq;
    this.#pending.add(encoded);
    this.#parts.onRecord(record);
    return true;
  }

  commit(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(new UserError(this.#stopped.message));
    if (this.#closing !== undefined) return Promise.reject(new Error('The journal is closed.'));
    if (this.#pending.count === 0) return Promise.resolve();
    const saved = this.#commits.wait(this.#lastSeq);
    this.#schedule();
    return saved;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.dispose();
    this.#summaryTimer?.dispose();
    await this.#flushing;
    if (this.#pending.count > 0) await this.#flush(true);
    const lost = this.#pending.count;
    const failure = this.failure;
    await this.#free();
    if (failure === undefined) return;
    const error = new UserError(failure.message);
    this.#commits.rejectAll(error);
    if (lost > 0 || failure.final) throw error;
  }

  /** Encodes the next record. One that cannot be encoded is the fault of whoever gave it. */
  #encode(record: JournalRecord): EncodedRecord | undefined {
    const { wallTime, redact, limits } = this.#parts;
    try {
      return encodeRecord(record, {
        seq: this.#lastSeq + 1,
        at: new Date(wallTime()).toISOString(),
        redact,
        blobBytes: limits.blobBytes,
      });
    } catch (error) {
      if (record.kind !== 'run.start') throw unwritableRecord(error);
      this.#stop(unwritable(error));
      return undefined;
    }
  }

  #hasRoomFor(record: EncodedRecord): boolean {
    const { limits, blobs } = this.#parts;
    const size = sizeOf(record);
    const isThere = record.blob !== undefined && blobs.has(record.blob.ref);
    const bytes = this.#bytes + (isThere ? record.line.length : size);
    if (bytes > limits.stopBytes) this.#stop(journalFull(limits.stopBytes));
    else if (this.#failing && this.#pending.bytes + size > limits.bufferBytes) {
      this.#stop(bufferFull(limits.bufferBytes));
    }
    if (this.#stopped !== undefined) return false;
    const grewLarge = this.#bytes < limits.warnBytes && bytes >= limits.warnBytes;
    this.#bytes = bytes;
    if (grewLarge) this.#didGrowLarge.fire(bytes);
    return true;
  }

  /** Sees to it that what is pending is written soon; while the disk fails, the next probe does. */
  #schedule(): void {
    const isBusy = this.#timer !== undefined || this.#flushing !== undefined;
    if (isBusy || this.#closing !== undefined) return;
    const isNeeded = this.#failing || this.#pending.hasQueued || this.#commits.isWaiting;
    if (!isNeeded && !this.#syncSoon) return;
    this.#timer = this.#parts.clock.after(this.#failing ? probeMs : gatherMs, () => {
      this.#timer = undefined;
      void this.#flush(false);
    });
  }

  /** Writes what is pending, and syncs it when someone waits for that. Never rejects. */
  #flush(always: boolean): Promise<void> {
    this.#flushing ??= this.#writeOut(always).finally(() => {
      this.#flushing = undefined;
      this.#schedule();
    });
    return this.#flushing;
  }

  async #writeOut(always: boolean): Promise<void> {
    try {
      if (this.#failing !== undefined) await this.#parts.file.reopen();
      const upTo = this.#lastSeq;
      await this.#writes.write(() => this.#parts.lock.confirm());
      const mustSync = always || this.#syncSoon || this.#writes.unsyncedBytes > mostUnsynced;
      if (!mustSync && this.#failing === undefined && !this.#commits.isWaiting) return;
      this.#syncSoon = false;
      const { summary, file } = this.#parts;
      const draft = this.#pending.hasQueued ? undefined : summary.draft(file.bytes);
      await this.#writes.sync();
      if (draft === undefined) this.#summarizeLater();
      else void summary.save(draft);
      this.#commits.resolveUpTo(upTo);
      this.#recover();
    } catch (error) {
      if (error instanceof LockLostError) this.#abandon();
      else this.#fail(error);
    }
  }

  /** Saves the summary when it is due, though nothing more may happen until then. */
  #summarizeLater(): void {
    if (this.#closing !== undefined) return;
    const { clock, summary } = this.#parts;
    this.#summaryTimer ??= clock.after(summary.dueInMs, () => {
      this.#summaryTimer = undefined;
      this.#syncSoon = true;
      this.#schedule();
    });
  }

  #fail(error: unknown): void {
    const isNew = this.#failing === undefined;
    this.#failing = diskFailure(error, this.#parts.path);
    if (isNew && this.#stopped === undefined) this.#didFail.fire(this.#failing);
  }

  #recover(): void {
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    if (this.#stopped === undefined) this.#didRecover.fire();
  }

  /** Takes no more records; those that are pending are still written. */
  #stop(failure: JournalFailure): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = failure;
    this.#didFail.fire(failure);
  }

  /** Writes nothing more: the journal belongs to another process. */
  #abandon(): void {
    this.#stop(lockLost());
    this.#pending.clear();
    this.#commits.rejectAll(new UserError(lockLost().message));
  }

  async #free(): Promise<void> {
    const { file, lock, summary } = this.#parts;
    const isComplete = this.#pending.count === 0 && this.#stopped?.kind !== 'lock_lost';
    if (isComplete) await summary.saveLast(file.bytes);
    await file.close().catch(() => undefined);
    await lock.release();
    for (const emitter of [this.#didFail, this.#didRecover, this.#didGrowLarge]) emitter.dispose();
  }
}
