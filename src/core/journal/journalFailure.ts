import { messageOf } from '../../shared/thrown.ts';
import { codeOf, UserError } from '../base/errors.ts';
import { formatSize } from '../base/limitValues.ts';
import { RefusedFileError } from '../base/refusedFile.ts';

/** What keeps records from being saved. */
export type JournalFailureKind =
  | 'disk_full'
  | 'read_only'
  | 'denied'
  | 'io'
  | 'journal_full'
  | 'buffer_full'
  | 'lock_lost'
  | 'unavailable'
  | 'unwritable';

/** Why a journal cannot be written. `message` is fit for a person and names a remedy. */
export interface JournalFailure {
  readonly kind: JournalFailureKind;
  readonly message: string;
  /** True when nothing more will be written; otherwise it is tried again until it works. */
  readonly final: boolean;
  /** The system's code, when it was the system that refused. */
  readonly code?: string;
}

/** A disk that does not take what it is given. `path` is where; the message names it. */
export function diskFailure(error: unknown, path: string): JournalFailure {
  return describe(error, {
    path,
    start: 'This run cannot be saved',
    end: ' The run goes on by itself when that is mended.',
    final: false,
  });
}

/** A journal that could not be made or opened. */
export function openFailure(error: unknown, path: string): JournalFailure {
  return describe(error, { path, start: 'This run cannot be saved', end: '', final: true });
}

/** The same, when it is tried again until it works. */
export function retriedFailure(failure: JournalFailure): JournalFailure {
  const message = `${failure.message} The run goes on by itself when that is mended.`;
  return { ...failure, message, final: false };
}

/** A journal that is there but that this process may not write; `message` says why. */
export function unavailable(message: string, final: boolean): JournalFailure {
  return { kind: 'unavailable', message, final };
}

/** A journal that is there but cannot be read. */
export function readFailure(error: unknown, path: string): JournalFailure {
  return describe(error, { path, start: 'This run cannot be read', end: '', final: true });
}

function describe(
  error: unknown,
  { path, start, end, final }: { path: string; start: string; end: string; final: boolean },
): JournalFailure {
  if (error instanceof RefusedFileError) {
    const message = `${start}: a file of it ${error.message}. (${path})`;
    return { kind: 'unavailable', message, final: true };
  }
  const code = codeOf(error);
  const kind = kindOfCode(code);
  const message = `${start}: ${diskReason(kind, messageOf(error))}${end} (${path})`;
  return { kind, message, final, ...(code === undefined ? {} : { code }) };
}

type DiskFailureKind = 'disk_full' | 'read_only' | 'denied' | 'io';

function kindOfCode(code: string | undefined): DiskFailureKind {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'disk_full';
    case 'EROFS':
      return 'read_only';
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    default:
      return 'io';
  }
}

function diskReason(kind: DiskFailureKind, detail: string): string {
  switch (kind) {
    case 'disk_full':
      return 'the disk is full. Free some space.';
    case 'read_only':
      return 'the disk is read-only. Make it writable.';
    case 'denied':
      return 'permission was refused. Check who may write there.';
    case 'io':
      return `${detail.replace(/\.$/, '')}. Check the disk.`;
  }
}

/** The run has written all it may. */
export function journalFull(limitBytes: number): JournalFailure {
  const size = formatSize(limitBytes);
  const message = `This run is no longer saved: its record has reached the limit of ${size}. Start the prompts that are left as a new run.`;
  return { kind: 'journal_full', message, final: true };
}

/** More has happened, while the disk did not work, than is kept in memory. */
export function bufferFull(limitBytes: number): JournalFailure {
  const size = formatSize(limitBytes);
  const message = `This run is no longer saved: the disk has failed for so long that more than ${size} are waiting to be written. Export the results now.`;
  return { kind: 'buffer_full', message, final: true };
}

/** Another process writes this run now, or its folder is gone. */
export function lockLost(): JournalFailure {
  const message =
    'This run is no longer saved: another window or process has taken it over, or its folder was removed. Export the results now, or go on in the other window.';
  return { kind: 'lock_lost', message, final: true };
}

/** A run whose beginning cannot be written: nothing that follows could be read without it. */
export function unwritable(error: unknown): JournalFailure {
  const message = `This run is no longer saved: something in it cannot be written down (${messageOf(error)}). Export the results now.`;
  return { kind: 'unwritable', message, final: true };
}

/** One record that cannot be written: for whoever made it, and nobody else. */
export function unwritableRecord(error: unknown): UserError {
  return new UserError(
    `something in this conversation cannot be written down (${messageOf(error)}). Run it again.`,
    { cause: error },
  );
}
