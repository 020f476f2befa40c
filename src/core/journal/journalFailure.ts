import { messageOf } from '../../shared/thrown.ts';
import type { DiskErrorKind } from '../base/diskError.ts';
import { diskErrorKind, diskErrorText } from '../base/diskError.ts';
import { codeOf, UserError } from '../base/errors.ts';
import { formatSize } from '../base/limitValues.ts';
import { UnusableFileError } from '../base/unusableFile.ts';
import type { JournalLimits } from './journalLimits.ts';

/** What keeps a journal from being used. */
type FailureKind =
  | DiskErrorKind
  /** A run with this id exists. */
  | 'exists'
  | 'missing'
  /** The file is something else. */
  | 'foreign'
  /** Another process holds the run. */
  | 'locked'
  /** Written by a newer version, or by another installation: read-only. */
  | 'newer'
  | 'elsewhere'
  | 'journal_full'
  | 'buffer_full'
  | 'lock_lost'
  | 'unavailable'
  | 'unwritable';

/** Why a journal cannot be opened, read or written. The message is for people and names a remedy. */
export class JournalFailure extends UserError {
  readonly kind: FailureKind;
  /** False when writing is retried until it works. */
  readonly final: boolean;
  /** The code of a system error. */
  readonly code?: string;

  constructor(kind: FailureKind, message: string, { final = true, code = '' } = {}) {
    super(message);
    this.kind = kind;
    this.final = final;
    if (code !== '') this.code = code;
  }
}

/** A failing disk while a run is written, which is retried. The message names `path`. */
export function writeFailure(error: unknown, path: string): JournalFailure {
  const end = ' The run continues as soon as that is fixed.';
  return diskFailure(error, 'This run cannot be saved', { path, end, final: false });
}

/** A journal that could not be created or opened. */
export function openFailure(error: unknown, path: string): JournalFailure {
  return diskFailure(error, 'This run cannot be saved', { path });
}

/** A journal that exists but cannot be read. */
export function readFailure(error: unknown, path: string): JournalFailure {
  return diskFailure(error, 'This run cannot be read', { path });
}

/** Takes a failure that is known already as it is. */
function diskFailure(
  error: unknown,
  start: string,
  { path, end = '', final = true }: { path: string; end?: string; final?: boolean },
): JournalFailure {
  if (error instanceof JournalFailure) return error;
  if (error instanceof UnusableFileError) {
    return new JournalFailure('unavailable', `${start}: a file of it ${error.message}. (${path})`);
  }
  const message = `${start}: ${diskErrorText(error)}${end} (${path})`;
  return new JournalFailure(diskErrorKind(error), message, { final, code: codeOf(error) ?? '' });
}

function lost(kind: FailureKind, why: string): JournalFailure {
  return new JournalFailure(kind, `This run is no longer saved: ${why}`);
}

/** What the user reads once when a journal has grown to this size. */
export function journalLarge(bytes: number): string {
  const megabytes = Math.round(bytes / 1_000_000);
  return `What is saved of this run has grown to ${megabytes} MB. At the limit nothing more is sent: finish it soon, and start further prompts as a new run.`;
}

/**
 * The failure when a journal is longer than its max size, or more waits for a failing disk than is kept in memory.
 * Undefined below both limits.
 */
export function limitFailure(
  { stopBytes, bufferBytes }: JournalLimits,
  { bytes, waiting }: { readonly bytes: number; readonly waiting: number },
): JournalFailure | undefined {
  if (bytes > stopBytes) {
    return lost(
      'journal_full',
      `its record has reached the limit of ${formatSize(stopBytes)}. Start the prompts that are left as a new run.`,
    );
  }
  if (waiting <= bufferBytes) return undefined;
  return lost(
    'buffer_full',
    `the disk has failed for so long that more than ${formatSize(bufferBytes)} are waiting to be written. Export the results now.`,
  );
}

/** Another process has the run, or its folder was removed. */
export function lockLost(): JournalFailure {
  return lost(
    'lock_lost',
    'another window or process has taken it over, or its folder was removed. Export the results now, or go on in the other window.',
  );
}

/** The first record cannot be encoded: the run could never go on. */
export function unwritable(error: unknown): JournalFailure {
  return lost(
    'unwritable',
    `something in it cannot be written down (${messageOf(error)}). Export the results now.`,
  );
}

/** One record cannot be encoded: an error for its conversation only. */
export function unwritableRecord(error: unknown): UserError {
  return new UserError(
    `something in this conversation cannot be written down (${messageOf(error)}). Run it again.`,
    { cause: error },
  );
}
