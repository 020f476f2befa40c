import { messageOf } from '../../shared/thrown.ts';
import type { DiskErrorKind } from '../base/diskError.ts';
import { diskErrorKind, diskErrorText } from '../base/diskError.ts';
import { codeOf, UserError } from '../base/errors.ts';
import { formatSize } from '../base/limitValues.ts';
import { RefusedFileError } from '../base/refusedFile.ts';

/** Why a journal cannot be written. `message` is fit for a person and names a remedy. */
export interface JournalFailure {
  readonly kind:
    | DiskErrorKind
    | 'journal_full'
    | 'buffer_full'
    | 'lock_lost'
    | 'unavailable'
    | 'unwritable';
  readonly message: string;
  /** True when nothing more will be written; otherwise it is tried again until it works. */
  readonly final: boolean;
  /** The system's code, when it was the system that refused. */
  readonly code?: string;
}

const goesOn = ' The run goes on by itself when that is mended.';

/** A disk that fails while a run is written. `path` is where; the message names it. */
export function diskFailure(error: unknown, path: string): JournalFailure {
  const failure = describe(error, 'This run cannot be saved', path, goesOn);
  return { ...failure, final: failure.kind === 'unavailable' };
}

/** A journal that could not be made or opened. */
export function openFailure(error: unknown, path: string): JournalFailure {
  return describe(error, 'This run cannot be saved', path);
}

/** A journal that is there but cannot be read. */
export function readFailure(error: unknown, path: string): JournalFailure {
  return describe(error, 'This run cannot be read', path);
}

function describe(error: unknown, start: string, path: string, end = ''): JournalFailure {
  if (error instanceof RefusedFileError) {
    return unavailable(`${start}: a file of it ${error.message}. (${path})`, true);
  }
  const code = codeOf(error);
  const message = `${start}: ${diskErrorText(error)}${end} (${path})`;
  return { kind: diskErrorKind(error), message, final: true, ...(code && { code }) };
}

/** The same failure, when it is tried again until it works. */
export function retriedFailure(failure: JournalFailure): JournalFailure {
  return { ...failure, message: failure.message + goesOn, final: false };
}

/** A journal that is there but that this process may not write; `message` says why. */
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

/** More has happened, while the disk did not work, than is kept in memory. */
export function bufferFull(limitBytes: number): JournalFailure {
  const size = formatSize(limitBytes);
  return lost(
    'buffer_full',
    `the disk has failed for so long that more than ${size} are waiting to be written. Export the results now.`,
  );
}

/** Another process writes this run now, or its folder is gone. */
export function lockLost(): JournalFailure {
  return lost(
    'lock_lost',
    'another window or process has taken it over, or its folder was removed. Export the results now, or go on in the other window.',
  );
}

/** A run whose first record cannot be written: it could never go on. */
export function unwritable(error: unknown): JournalFailure {
  return lost(
    'unwritable',
    `something in it cannot be written down (${messageOf(error)}). Export the results now.`,
  );
}

/** One record that cannot be written: for whoever made it, and nobody else. */
export function unwritableRecord(error: unknown): UserError {
  return new UserError(
    `something in this conversation cannot be written down (${messageOf(error)}). Run it again.`,
    { cause: error },
  );
}
