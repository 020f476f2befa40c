import type { Clock } from '../../base/clock.ts';
import type { EncodedRecord } from '../record/encodeRecord.ts';
import { encodeLine, maxHeadBytes } from '../record/recordLine.ts';
import type { JournalFiles } from './journalFiles.ts';
import { SlowWrites } from './slowWrites.ts';

/** Max bytes of a blocking write. */
const maxBlocking = 1024 * 1024;
/** Max bytes that are written and not synced. */
const maxUnsynced = 4 * 1024 * 1024;

/** What the records are written to. */
type RecordFiles = Pick<JournalFiles, 'file' | 'blobs'>;

interface Pending extends EncodedRecord {
  /** Its line, from the first attempt to write it. */
  line?: string;
}

interface Waiter {
  /** Number of records that were added before it. */
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The pending records, which may not be on disk yet, in their order, and who waits for them. */
export class RecordQueue {
  readonly #clock: Clock;
  readonly #slowWrites = new SlowWrites();
  /** The first `#written` of them were written and not synced. */
  #records: Pending[] = [];
  #written = 0;
  #bytes = 0;
  #unsyncedBytes = 0;
  /** Number of records that are on disk or were dropped. */
  #settled = 0;
  /** The number of the last record that has a line. */
  #lastSeq = 0;
  #waiters: Waiter[] = [];
  /** Whether a background write is in progress. */
  #isWriting = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#records.length;
  }

  /** Memory that the records take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether to sync now: something waits for it, or much was written since the last sync. */
  get isSyncDue(): boolean {
    return this.isAwaited || this.#unsyncedBytes > maxUnsynced;
  }

  get hasUnwritten(): boolean {
    return this.#written < this.#records.length;
  }

  /** Whether anything waits for a record to be on disk. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Numbers the records that are written from now on. */
  numberAfter(lastSeq: number): void {
    this.#lastSeq = lastSeq;
  }

  add(record: EncodedRecord): void {
    this.#records.push({ ...record });
    this.#bytes += sizeOf(record);
  }

  /** Resolves when all records that are pending now are on disk. */
  wait(): Promise<void> {
    const upTo = this.#settled + this.#records.length;
    return new Promise((resolve, reject) => this.#waiters.push({ upTo, resolve, reject }));
  }

  /** Rejects all who wait. */
  reject(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  /** Drops all records. */
  clear(): void {
    this.#settled += this.#records.length;
    this.#records = [];
    this.#unwrite();
    this.#bytes = 0;
  }

  /** Writes pending records before it returns, unless a write is in progress or this may take long. */
  writeNow(files: RecordFiles): void {
    if (this.#isWriting) return;
    const records = this.#records.slice(this.#written);
    if (this.#isQuick(records, files)) this.#writeBlocking(records, files);
  }

  /** Writes pending records, the files of long records first. Rejects when one could not be written. */
  async write(files: RecordFiles): Promise<void> {
    this.#isWriting = true;
    try {
      const records = this.#records.slice(this.#written);
      if (records.length === 0) return;
      await files.blobs.write(records.flatMap(({ blob }) => blob ?? []));
      const { lines, error } = this.#isQuick(records, files)
        ? this.#writeBlocking(records, files)
        : this.#wrote(await files.file.append(this.#linesOf(records)));
      if (lines < records.length) throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /**
   * After a failed sync it is unknown what is on disk, and a second sync may wrongly succeed: all records are
   * written again. Records that are written during a sync count as not synced.
   */
  async sync({ file }: RecordFiles): Promise<void> {
    const count = this.#written;
    try {
      await file.sync();
    } catch (error) {
      this.#unwrite();
      throw error;
    }
    const done = this.#records.splice(0, count);
    this.#written = Math.max(0, this.#written - done.length);
    for (const record of done) {
      this.#bytes -= sizeOf(record);
      this.#unsyncedBytes -= lineSizeOf(record);
    }
    this.#settled += done.length;
    for (const { upTo, resolve } of this.#waiters) if (upTo <= this.#settled) resolve();
    this.#waiters = this.#waiters.filter(({ upTo }) => upTo > this.#settled);
  }

  #linesOf(records: readonly Pending[]): readonly string[] {
    return records.map((record) => {
      record.line ??= encodeLine(++this.#lastSeq, record.payload);
      return record.line;
    });
  }

  /** Whether writing these takes microseconds only. */
  #isQuick(records: readonly Pending[], { blobs }: RecordFiles): boolean {
    if (this.#slowWrites.isSlow(this.#clock.now())) return false;
    if (records.some(({ blob }) => blob !== undefined && !blobs.has(blob.ref))) return false;
    return records.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0) <= maxBlocking;
  }

  #writeBlocking(
    records: readonly Pending[],
    { file }: RecordFiles,
  ): { lines: number; error?: unknown } {
    const startMs = this.#clock.now();
    const written = file.appendNow(this.#linesOf(records));
    this.#slowWrites.note(startMs, this.#clock.now());
    return this.#wrote(written);
  }

  #wrote<T extends { readonly lines: number }>(written: T): T {
    const end = Math.min(this.#written + written.lines, this.#records.length);
    for (const record of this.#records.slice(this.#written, end)) {
      this.#unsyncedBytes += lineSizeOf(record);
    }
    this.#written = end;
    return written;
  }

  #unwrite(): void {
    this.#written = 0;
    this.#unsyncedBytes = 0;
  }
}

/** The bytes of a record, at most, on disk and, while it is pending, in memory. */
export function sizeOf(record: EncodedRecord): number {
  return lineSizeOf(record) + (record.blob?.content.length ?? 0);
}

/** The bytes of the line of a record, at most. */
export function lineSizeOf({ payloadBytes }: EncodedRecord): number {
  return maxHeadBytes + payloadBytes;
}
