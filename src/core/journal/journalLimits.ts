import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';

/** Sizes in bytes at which a journal does something about it. */
export interface JournalLimits {
  /** A journal of this size is reported as large. */
  readonly warnBytes: number;
  /** A journal never gets larger than this. */
  readonly stopBytes: number;
  /** What is kept in memory while the disk fails. */
  readonly bufferBytes: number;
  /** A record with more than this goes to a file of its own; max half of `maxLineBytes`. */
  readonly blobBytes: number;
}

/** The limits of a journal, from those that people set. */
export function journalLimits(
  values: Pick<LimitValues, 'journalWarnMB' | 'journalStopMB'>,
): JournalLimits {
  return {
    warnBytes: values.journalWarnMB * 1_000_000,
    stopBytes: values.journalStopMB * 1_000_000,
    bufferBytes: 64_000_000,
    blobBytes: 256 * 1024,
  };
}

export const defaultJournalLimits: JournalLimits = journalLimits(defaultLimitValues);
