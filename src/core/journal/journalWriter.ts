import type { Event } from '../base/emitter.ts';
import type { JournalFailure } from './journalFailure.ts';
import type { JournalRecord, OutputRecord } from './journalRecord.ts';

/** The journal of one run, open for writing. */
export interface JournalWriter {
  readonly runId: string;
  /** Why records are not being saved now; undefined while they are. */
  readonly failure: JournalFailure | undefined;
  /** Bytes of the journal, with what is still to be written. */
  readonly bytes: number;
  /**
   * Adds a record. It is taken as it is now and written soon, whether anyone waits for it or not. Throws
   * a `UserError` for one that cannot be written down, and goes on as if it had not been given. After a
   * final failure and after `close` nothing is taken, and `commit` says so.
   */
  append(record: JournalRecord): void;
  /**
   * The same for a record that others hear of next, such as a finished turn: the system has it, and
   * everything before it, when this returns, so that it survives the end of the process; it is on the
   * disk some milliseconds later without anyone waiting for that. Where the disk is slow or fails, or
   * the record is long, it is no more than `append`.
   */
  appendNow(record: JournalRecord): void;
  /** Adds a tool's result, which goes to a file of its own as it is. */
  appendOutput(call: Omit<OutputRecord, 'kind' | 'content'>, text: string): void;
  /**
   * Resolves when everything that was appended so far is on the disk. While the disk fails it waits;
   * rejects with a `UserError` when it is certain that it will not be saved.
   */
  commit(): Promise<void>;
  /**
   * Writes what is left and frees the run. Rejects with a `UserError` when something could not be
   * saved; everything is freed all the same.
   */
  close(): Promise<void>;
  /** Tries at once whether the disk works again. Resolves when that is known; never rejects. */
  retry(): Promise<void>;
  /** Saving has failed: once, until it works again. A `final` failure is the last one. */
  readonly onDidFail: Event<JournalFailure>;
  /** Saving works again, and everything that waited is on the disk. */
  readonly onDidRecover: Event<void>;
  /** The journal has grown large; once. The value is its size in bytes. */
  readonly onDidGrowLarge: Event<number>;
}
