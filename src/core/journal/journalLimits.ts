/** Sizes in bytes at which a journal does something about it. */
export interface JournalLimits {
  /** A journal of this size is reported as large. */
  readonly warnBytes: number;
  /** A journal never gets larger than this. */
  readonly stopBytes: number;
  /** What is kept in memory while the disk fails. */
  readonly bufferBytes: number;
  /** A record with more than this goes to a file of its own; at most half of `maxLineBytes`. */
  readonly blobBytes: number;
}

const megabyte = 1024 * 1024;

export const defaultJournalLimits: JournalLimits = {
  warnBytes: 256 * megabyte,
  stopBytes: 1024 * megabyte,
  bufferBytes: 64 * megabyte,
  blobBytes: megabyte / 4,
};
