/** Work that a process has done from its start to its end. */
export interface ProcessCounts {
  /** Calls of `JSON.parse`. */
  readonly parses: number;
  /** Calls of `JSON.stringify`. */
  readonly stringifies: number;
  /** Timers set, by any name of Node for them. */
  readonly timers: number;
  /** Listeners added to abort signals. */
  readonly abortListeners: number;
  /** Writes to a journal. */
  readonly journalWrites: number;
  /** Bytes on the heap at the end: all that was ever allocated, unless garbage was collected. */
  readonly heapBytes: number;
  /** Garbage collections. */
  readonly collections: number;
}

/** Names the file to which a process writes its counts. */
export const countsVariable = 'INTERLEAVE_BENCH_COUNTS';

/** The name of a journal's file. */
export const journalFile = 'journal.jsonl';
