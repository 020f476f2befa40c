import type { Clock } from '../base/clock.ts';
import type { Appended, AppendFile } from './appendFile.ts';
import type { BlobStore } from './blobStore.ts';
import type { EncodedRecord } from './encodeRecord.ts';
import type { PendingRecords } from './pendingRecords.ts';

/** A write that takes longer than this, in ms, has everyone else in the process wait. */
const slowWriteMs = 50;
/**
 * How long, in ms, everyone may wait for slow writes within `slowForMs`. A single one may be slow on a
 * machine that has much else to do, however quick its disk is.
 */
const mostSlowMs = 200;
/** How long, in ms, nobody is made to wait for a disk that was slow. */
const slowForMs = 60_000;
/** Most bytes that are written while everyone waits. */
const mostAtOnce = 1024 * 1024;

/** What pending records are written with. */
export interface PendingWritesParts {
  readonly pending: PendingRecords;
  readonly file: AppendFile;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

/** Brings pending records to the disk, in their order: at once where that is a matter of microseconds. */
export class PendingWrites {
  readonly #parts: PendingWritesParts;
  #unsynced = 0;
  /** Whether lines are being written by a call that has not returned. */
  #isWriting = false;
  /** Slow writes of late: when they ended and how long they took, in ms. */
  #slowWrites: readonly { readonly endedMs: number; readonly tookMs: number }[] = [];
  #slowUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: PendingWritesParts) {
    this.#parts = parts;
  }

  /** Bytes that are written and not synced. */
  get unsyncedBytes(): number {
    return this.#unsynced;
  }

  /** Writes what is queued while everyone waits, if nothing else is being written and that is quick. */
  writeNow(): void {
    if (this.#isWriting) return;
    const queued = this.#parts.pending.queued();
    if (this.#isQuick(queued)) this.#writeQuickly(queued);
  }

  /**
   * Writes what is queued, the files that it names first. `confirm` rejects when nothing may be written.
   * Rejects when not all could be.
   */
  async write(confirm: () => Promise<void>): Promise<void> {
    const { pending, blobs, file } = this.#parts;
    this.#isWriting = true;
    try {
      const queued = pending.queued();
      await confirm();
      if (queued.length === 0) return;
      await blobs.write(queued.flatMap(({ blob }) => (blob === undefined ? [] : [blob])));
      const { error } = this.#isQuick(queued)
        ? this.#writeQuickly(queued)
        : this.#wrote(queued, await file.append(linesOf(queued)));
      if (error !== undefined) throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /**
   * After a failed sync nobody knows what is on the disk, and a second one may say that all is. What is
   * written while the system syncs counts as not synced.
   */
  async sync(): Promise<void> {
    const { pending, file } = this.#parts;
    const count = pending.writtenCount;
    const bytes = this.#unsynced;
    try {
      await file.sync();
      pending.synced(count);
      this.#unsynced -= bytes;
    } catch (error) {
      pending.unwrite();
      this.#unsynced = 0;
      throw error;
    }
  }

  /** Whether writing these is a matter of microseconds. */
  #isQuick(queued: readonly EncodedRecord[]): boolean {
    const { blobs, clock } = this.#parts;
    if (clock.now() < this.#slowUntilMs) return false;
    if (queued.some(({ blob }) => blob !== undefined && !blobs.has(blob.ref))) return false;
    return queued.reduce((sum, { line }) => sum + line.length, 0) <= mostAtOnce;
  }

  #writeQuickly(queued: readonly EncodedRecord[]): Appended {
    const { file, clock } = this.#parts;
    const startedMs = clock.now();
    const appended = file.appendNow(linesOf(queued));
    const endedMs = clock.now();
    if (endedMs - startedMs > slowWriteMs) this.#noteSlow(endedMs, endedMs - startedMs);
    return this.#wrote(queued, appended);
  }

  #noteSlow(endedMs: number, tookMs: number): void {
    const recent = this.#slowWrites.filter((write) => endedMs - write.endedMs < slowForMs);
    this.#slowWrites = [...recent, { endedMs, tookMs }];
    const inAllMs = this.#slowWrites.reduce((sum, write) => sum + write.tookMs, 0);
    if (inAllMs <= mostSlowMs) return;
    this.#slowWrites = [];
    this.#slowUntilMs = endedMs + slowForMs;
  }

  #wrote(queued: readonly EncodedRecord[], appended: Appended): Appended {
    this.#parts.pending.wrote(appended.lines);
    for (const { line } of queued.slice(0, appended.lines)) this.#unsynced += line.length;
    return appended;
  }
}

function linesOf(records: readonly EncodedRecord[]): readonly Buffer[] {
  return records.map(({ line }) => line);
}
