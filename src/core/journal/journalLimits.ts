import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';

/** Size limits of a journal, in bytes. */
export interface JournalLimits {
  /** A journal of this size is reported as large, once. */
  readonly warnBytes: number;
  /** Max size of a journal. */
  readonly stopBytes: number;
  /** Max bytes in memory while the disk fails. */
  readonly bufferBytes: number;
  /** A longer record goes to a file of its own; at most half of `maxLineBytes`. */
  readonly blobBytes: number;
}

/** The limits of a journal, from the user's settings. */
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
