import type { EncodedRecord } from './encodeRecord.ts';

/** Records that are not certainly on the disk: those to be written, and those to be synced. */
export class PendingRecords {
  #queued: readonly EncodedRecord[] = [];
  #written: readonly EncodedRecord[] = [];
  #added: EncodedRecord[] = [];
  #bytes = 0;

  /** How many there are. */
  get count(): number {
    return this.#queued.length + this.#written.length + this.#added.length;
  }

  /** How much memory they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is something to write. */
  get hasQueued(): boolean {
    return this.#queued.length + this.#added.length > 0;
  }

  add(record: EncodedRecord): void {
    this.#added.push(record);
    this.#bytes += sizeOf(record);
  }

  /** What is to be written now, in order. */
  queued(): readonly EncodedRecord[] {
    this.#queued = [...this.#queued, ...this.#added];
    this.#added = [];
    return this.#queued;
  }

  /** The first so many were written. */
  wrote(count: number): void {
    this.#written = [...this.#written, ...this.#queued.slice(0, count)];
    this.#queued = this.#queued.slice(count);
  }

  /** How many were written and are not certainly on the disk. */
  get writtenCount(): number {
    return this.#written.length;
  }

  /** The first so many of those that were written are on the disk. */
  synced(count: number): void {
    for (const record of this.#written.slice(0, count)) this.#bytes -= sizeOf(record);
    this.#written = this.#written.slice(count);
  }

  /** What was written may be lost: all of it is to be written again. */
  unwrite(): void {
    this.#queued = [...this.#written, ...this.#queued];
    this.#written = [];
  }

  /** Gives up what is left. */
  clear(): void {
    this.#queued = [];
    this.#written = [];
    this.#added = [];
    this.#bytes = 0;
  }
}

/** The bytes a record takes on the disk and, until it is there, in memory. */
export function sizeOf({ line, blob }: EncodedRecord): number {
  return line.length + (blob?.content.length ?? 0);
}
