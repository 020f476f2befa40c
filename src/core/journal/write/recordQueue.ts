import type { AppendFile } from '../../base/appendFile.ts';
import type { Clock } from '../../base/clock.ts';
import type { EncodedRecord } from '../record/encodeRecord.ts';
import type { BlobStore } from './blobStore.ts';
import { SlowWrites } from './slowWrites.ts';

/** Max bytes of a blocking write. */
const maxBlocking = 1024 * 1024;

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** What the records are written to. */
export interface RecordQueueParts {
  readonly file: AppendFile;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

/** The pending records, which may not be on disk yet, in their order, and who waits for them. */
export class RecordQueue {
  readonly #parts: RecordQueueParts;
  readonly #slowWrites = new SlowWrites();
  /** The first `#written` of them were written and not synced. */
  #records: EncodedRecord[] = [];
  #written = 0;
  #bytes = 0;
  #unsyncedBytes = 0;
  #waiters: Waiter[] = [];
  /** Whether a background write is in progress. */
  #isWriting = false;

  constructor(parts: RecordQueueParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#records.length;
  }

  /** Memory that the records take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that were written since the last sync. */
  get unsyncedBytes(): number {
    return this.#unsyncedBytes;
  }

  get hasUnwritten(): boolean {
    return this.#written < this.#records.length;
  }

  /** Whether anything waits for a record to be on disk. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  add(record: EncodedRecord): void {
    this.#records.push(record);
    this.#bytes += sizeOf(record);
  }

  /** Resolves when all records that are pending now are on disk. */
  wait(): Promise<void> {
    const upTo = this.#records.at(-1)?.seq ?? 0;
    return new Promise((resolve, reject) => this.#waiters.push({ upTo, resolve, reject }));
  }

  /** Rejects all who wait. */
  reject(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  /** Drops all records. */
  clear(): void {
    this.#records = [];
    this.#unwrite();
    this.#bytes = 0;
  }

  /** Writes pending records before it returns, unless a write is in progress or this may take long. */
  writeNow(): void {
    if (this.#isWriting) return;
    const records = this.#records.slice(this.#written);
    if (this.#isQuick(records)) this.#writeBlocking(records);
  }

  /**
   * Writes pending records, the files of long records first. Calls `confirm` before, which rejects when nothing
   * may be written. Rejects when a record could not be written.
   */
  async write(confirm: () => Promise<void>): Promise<void> {
    const { blobs, file } = this.#parts;
    this.#isWriting = true;
    try {
      const records = this.#records.slice(this.#written);
      await confirm();
      if (records.length === 0) return;
      await blobs.write(records.flatMap(({ blob }) => blob ?? []));
      const { lines, error } = this.#isQuick(records)
        ? this.#writeBlocking(records)
        : this.#wrote(await file.append(records.map(({ line }) => line)));
      if (lines < records.length) throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /**
   * After a failed sync it is unknown what is on disk, and a second sync may wrongly succeed: all records are
   * written again. Records that are written during a sync count as not synced.
   */
  async sync(): Promise<void> {
    const count = this.#written;
    try {
      await this.#parts.file.sync();
    } catch (error) {
      this.#unwrite();
      throw error;
    }
    const done = this.#records.splice(0, count);
    this.#written = Math.max(0, this.#written - done.length);
    for (const record of done) {
      this.#bytes -= sizeOf(record);
      this.#unsyncedBytes -= record.line.length;
    }
    const next = this.#records[0]?.seq ?? Number.POSITIVE_INFINITY;
    for (const { resolve } of this.#waiters.filter(({ upTo }) => upTo < next)) resolve();
    this.#waiters = this.#waiters.filter(({ upTo }) => upTo >= next);
  }

  /** Whether writing these takes microseconds only. */
  #isQuick(records: readonly EncodedRecord[]): boolean {
    const { blobs, clock } = this.#parts;
    if (this.#slowWrites.isSlow(clock.now())) return false;
    if (records.some(({ blob }) => blob !== undefined && !blobs.has(blob.ref))) return false;
    return records.reduce((sum, { line }) => sum + line.length, 0) <= maxBlocking;
  }

  #writeBlocking(records: readonly EncodedRecord[]): { lines: number; error?: unknown } {
    const { file, clock } = this.#parts;
    const startMs = clock.now();
    const written = file.appendNow(records.map(({ line }) => line));
    this.#slowWrites.note(startMs, clock.now());
    return this.#wrote(written);
  }

  #wrote<T extends { readonly lines: number }>(written: T): T {
    const end = Math.min(this.#written + written.lines, this.#records.length);
    for (; this.#written < end; this.#written++) {
      this.#unsyncedBytes += this.#records[this.#written]?.line.length ?? 0;
    }
    return written;
  }

  #unwrite(): void {
    this.#written = 0;
    this.#unsyncedBytes = 0;
  }
}

/** The bytes of a record on disk and, while it is pending, in memory. */
export function sizeOf({ line, blob }: EncodedRecord): number {
  return line.length + (blob?.content.length ?? 0);
}
