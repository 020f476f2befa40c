import type { AppendFile } from '../../base/appendFile.ts';
import type { Disposable } from '../../base/emitter.ts';
import { Emitter } from '../../base/emitter.ts';
import { UserError } from '../../base/errors.ts';
import type { JournalEnvironment } from '../environment.ts';
import type { JournalFailure } from '../journalFailure.ts';
import {
  bufferFull,
  diskFailure,
  journalFull,
  lockLost,
  unwritable,
  unwritableRecord,
} from '../journalFailure.ts';
import type { JournalLimits } from '../journalLimits.ts';
import type { HeldLock } from '../lock/runLock.ts';
import { LockLostError } from '../lock/runLock.ts';
import type { Blob } from '../record/blob.ts';
import { toBlob } from '../record/blob.ts';
import type { EncodedRecord, Redact } from '../record/encodeRecord.ts';
import { encodeRecord, redactText } from '../record/encodeRecord.ts';
import type { JournalRecord, OutputRecord } from '../record/journalRecord.ts';
import type { BlobStore } from './blobStore.ts';
import { RecordQueue, sizeOf } from './recordQueue.ts';

/** How long records are gathered before they are written and synced together, in ms. */
const gatherMs = 10;
/** Interval of retries while the disk fails, in ms. */
export const retryMs = 5_000;
/** Max bytes that are written and not synced. */
const maxUnsynced = 4 * 1024 * 1024;

/** What a writer works with. */
export interface WriterParts {
  /** Where the journal is; named in messages. */
  readonly path: string;
  readonly file: AppendFile;
  readonly blobs: BlobStore;
  readonly lock: HeldLock;
  readonly environment: JournalEnvironment;
  readonly redact: Redact;
  readonly limits: JournalLimits;
  /** The number of the last record in the journal, and the length of all its files. */
  readonly lastSeq: number;
  readonly bytes: number;
  /** Called for each record that was added. */
  onAdded(): void;
  /** Called once, right before the file is closed. */
  onClose(): Promise<void>;
}

/** The journal of one run, open for writing. Gathers records for 10 ms, then writes and syncs them together. */
export class JournalWriter {
  readonly #parts: WriterParts;
  readonly #queue: RecordQueue;
  readonly #didFail = new Emitter<JournalFailure>();
  readonly #didRecover = new Emitter<void>();
  readonly #didGrowLarge = new Emitter<number>();
  /** Fires once when writing begins to fail, and once more for a `final` failure. */
  readonly onDidFail = this.#didFail.event;
  /** Fires when writing works again and everything that waited is on disk. */
  readonly onDidRecover = this.#didRecover.event;
  /** Fires once when the journal has grown large, with its size in bytes. */
  readonly onDidGrowLarge = this.#didGrowLarge.event;
  #lastSeq: number;
  #bytes: number;
  #timer: Disposable | undefined;
  #flushing: Promise<void> | undefined;
  /** Whether to sync soon although nothing waits for it. */
  #syncSoon = false;
  #failing: JournalFailure | undefined;
  #stopped: JournalFailure | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#lastSeq = parts.lastSeq;
    this.#bytes = parts.bytes;
    const { file, blobs, environment } = parts;
    this.#queue = new RecordQueue({ file, blobs, clock: environment.clock });
    parts.lock.onDidLose(() => this.#abandon());
  }

  /** Length of all files, including pending records. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Length of the file when every added record is in it; undefined otherwise. */
  get wholeBytes(): number | undefined {
    const isWhole = !this.#queue.hasUnwritten && this.#stopped === undefined;
    return isWhole && this.#lastSeq > 0 ? this.#parts.file.bytes : undefined;
  }

  /** Why records cannot be saved now; undefined while they can. */
  get failure(): JournalFailure | undefined {
    return this.#stopped ?? this.#failing;
  }

  /**
   * Adds a record as it is now, to be written soon. Throws a `UserError` for one that cannot be encoded, and
   * adds nothing then. After a final failure and after `close`, nothing is added, and `commit` rejects.
   */
  append(record: JournalRecord): void {
    if (this.#add(record)) this.#schedule();
  }

  /**
   * The same for a record that is shown next, such as a finished turn. When this returns, the system has it and
   * all records before it, so that they survive the end of the process. They are synced soon after. When the
   * disk is slow or fails, or the record is long, this does no more than `append`.
   */
  appendNow(record: JournalRecord): void {
    if (!this.#add(record)) return;
    this.#syncSoon = true;
    // The next flush retries what this cannot write, and reports why.
    if (this.#failing === undefined && this.#parts.lock.isCertain) this.#queue.writeNow();
    this.#schedule();
  }

  /** Adds the whole result of a tool call, which goes to a file of its own. */
  appendOutput(call: Omit<OutputRecord, 'kind' | 'content'>, text: string): void {
    const blob = toBlob(Buffer.from(redactText(text, this.#parts.redact)));
    if (this.#add({ kind: 'output', ...call, content: blob.ref }, blob)) this.#schedule();
  }

  /**
   * Resolves when every record so far is on disk; waits while the disk fails. Rejects with a `UserError` when
   * one never will be.
   */
  commit(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(new UserError(this.#stopped.message));
    if (this.#closing !== undefined) return Promise.reject(new Error('The journal is closed.'));
    if (this.#queue.count === 0) return Promise.resolve();
    const saved = this.#queue.wait();
    this.#schedule();
    return saved;
  }

  /** Retries at once. Resolves when the outcome is known; never rejects. */
  async retry(): Promise<void> {
    if (this.#failing === undefined || this.#closing !== undefined) return;
    this.#timer?.dispose();
    this.#timer = undefined;
    await this.#flush(true);
  }

  /**
   * Writes what is left, closes the file and releases the lock. Rejects with a `UserError` when something could
   * not be saved.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.dispose();
    await this.#flushing;
    if (this.#queue.count > 0) await this.#flush(true);
    const lost = this.#queue.count;
    const { failure } = this;
    const { file, lock } = this.#parts;
    await this.#parts.onClose();
    await file.close().catch(() => undefined);
    await lock.release();
    for (const emitter of [this.#didFail, this.#didRecover, this.#didGrowLarge]) emitter.dispose();
    if (failure === undefined) return;
    const error = new UserError(failure.message);
    this.#queue.reject(error);
    if (lost > 0 || failure.final) throw error;
  }

  /** Adds a record, and the file that it names. False when nothing is added any more. */
  #add(record: JournalRecord, blob?: Blob): boolean {
    if (this.#closing !== undefined || this.#stopped !== undefined) return false;
    const line = this.#encode(record);
    const encoded = line && blob ? { ...line, blob } : line;
    if (encoded === undefined || !this.#hasRoomFor(encoded)) return false;
    this.#lastSeq = encoded.seq;
    this.#queue.add(encoded);
    this.#parts.onAdded();
    return true;
  }

  /** Encodes the next record. Throws a `UserError` when it cannot be, unless the run is then lost. */
  #encode(record: JournalRecord): EncodedRecord | undefined {
    const { environment, redact, limits } = this.#parts;
    const at = new Date(environment.wallTime()).toISOString();
    try {
      const seq = this.#lastSeq + 1;
      return encodeRecord(record, { seq, at, redact, blobBytes: limits.blobBytes });
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
    else if (this.#failing && this.#queue.bytes + size > limits.bufferBytes) {
      this.#stop(bufferFull(limits.bufferBytes));
    }
    if (this.#stopped !== undefined) return false;
    const grewLarge = this.#bytes < limits.warnBytes && bytes >= limits.warnBytes;
    this.#bytes = bytes;
    if (grewLarge) this.#didGrowLarge.fire(bytes);
    return true;
  }

  /** Schedules the next flush; while the disk fails, the next retry. */
  #schedule(): void {
    const isBusy = this.#timer !== undefined || this.#flushing !== undefined;
    if (isBusy || this.#closing !== undefined) return;
    const isNeeded = this.#failing || this.#queue.hasUnwritten || this.#queue.isAwaited;
    if (!isNeeded && !this.#syncSoon) return;
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
    const { file, lock } = this.#parts;
    try {
      if (this.#failing !== undefined) await file.reopen();
      await queue.write(() => lock.confirm());
      const isDue = this.#syncSoon || queue.isAwaited || queue.unsyncedBytes > maxUnsynced;
      if (!mustSync && !isDue && this.#failing === undefined) return;
      this.#syncSoon = false;
      await queue.sync();
      this.#recover();
    } catch (error) {
      if (error instanceof LockLostError) this.#abandon();
      else this.#fail(error);
    }
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

  /** Adds no more records. Pending ones are still written. */
  #stop(failure: JournalFailure): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = failure;
    this.#didFail.fire(failure);
  }

  /** Writes nothing more: another process has the journal. */
  #abandon(): void {
    this.#stop(lockLost());
    this.#queue.clear();
    this.#queue.reject(new UserError(lockLost().message));
  }
}
