import { messageOf } from '../../shared/thrown.ts';
import type { DiskErrorKind } from '../base/diskError.ts';
import { diskErrorKind, diskErrorText } from '../base/diskError.ts';
import { codeOf, UserError } from '../base/errors.ts';
import { formatSize } from '../base/limitValues.ts';
import { UnusableFileError } from '../base/unusableFile.ts';

/** Why a journal cannot be written. `message` is for people and names a remedy. */
export interface JournalFailure {
  readonly kind:
    | DiskErrorKind
    | 'journal_full'
    | 'buffer_full'
    | 'lock_lost'
    | 'unavailable'
    | 'unwritable';
  readonly message: string;
  /** True when nothing more will be written; otherwise writing is retried until it works. */
  readonly final: boolean;
  /** The code of a system error. */
  readonly code?: string;
}

const goesOn = ' The run continues as soon as that is fixed.';

/** A failing disk while a run is written. The message names `path`. */
export function diskFailure(error: unknown, path: string): JournalFailure {
  const failure = describe(error, 'This run cannot be saved', path, goesOn);
  return { ...failure, final: failure.kind === 'unavailable' };
}

/** A journal that could not be created or opened. */
export function openFailure(error: unknown, path: string): JournalFailure {
  return describe(error, 'This run cannot be saved', path);
}

/** A journal that exists but cannot be read. */
export function readFailure(error: unknown, path: string): JournalFailure {
  return describe(error, 'This run cannot be read', path);
}

function describe(error: unknown, start: string, path: string, end = ''): JournalFailure {
  if (error instanceof UnusableFileError) {
    return unavailable(`${start}: a file of it ${error.message}. (${path})`, true);
  }
  const code = codeOf(error);
  const message = `${start}: ${diskErrorText(error)}${end} (${path})`;
  return { kind: diskErrorKind(error), message, final: true, ...(code && { code }) };
}

/** The same failure, with retries until it works. */
export function retriedFailure(failure: JournalFailure): JournalFailure {
  return { ...failure, message: failure.message + goesOn, final: false };
}

/** A journal that this process may not write; `message` says why. */
export function unavailable(message: string, final: boolean): JournalFailure {
  return { kind: 'unavailable', message, final };
}

function lost(kind: JournalFailure['kind'], why: string): JournalFailure {
  return { kind, message: `This run is no longer saved: ${why}`, final: true };
}

/** The journal has reached its max size. */
export function journalFull(limitBytes: number): JournalFailure {
  const size = formatSize(limitBytes);
  return lost(
    'journal_full',
    `its record has reached the limit of ${size}. Start the prompts that are left as a new run.`,
  );
}

/** More records wait for a failing disk than are kept in memory. */
export function bufferFull(limitBytes: number): JournalFailure {
  const size = formatSize(limitBytes);
  return lost(
    'buffer_full',
    `the disk has failed for so long that more than ${size} are waiting to be written. Export the results now.`,
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
