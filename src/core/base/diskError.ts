import { messageOf } from '../../shared/thrown.ts';
import { codeOf } from './errors.ts';

/** Why a disk refuses: what the user can do about it differs. */
export type DiskErrorKind = 'disk_full' | 'read_only' | 'denied' | 'io';

const kinds: ReadonlyMap<string | undefined, DiskErrorKind> = new Map([
  ['ENOSPC', 'disk_full'],
  ['EDQUOT', 'disk_full'],
  ['EFBIG', 'disk_full'],
  ['EROFS', 'read_only'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
]);

/** What kind of error a disk gave. */
export function diskErrorKind(error: unknown): DiskErrorKind {
  return kinds.get(codeOf(error)) ?? 'io';
}

/** The reason and a remedy, in words. */
export function diskErrorText(error: unknown): string {
  switch (diskErrorKind(error)) {
    case 'disk_full':
      return 'the disk is full. Free some space.';
    case 'read_only':
      return 'the disk is read-only. Make it writable.';
    case 'denied':
      return 'permission was refused. Check who may write there.';
    case 'io':
      return `${messageOf(error).replace(/\.$/, '')}. Check the disk.`;
  }
}
