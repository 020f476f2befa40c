import { codeOf } from '../core/base/errors.ts';
import { UnusableFileError } from '../core/base/unusableFile.ts';
import { messageOf } from '../shared/thrown.ts';

/** Why a file or folder could not be used; completes `<path> …`. */
export function fileProblem(error: unknown): string {
  if (error instanceof UnusableFileError) return error.message;
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be used: permission denied';
    case 'EISDIR':
      return 'is a folder';
    case 'ENOTDIR':
      return 'does not exist: a part of this path is not a folder';
    case 'EPIPE':
      return 'was closed before anything was read';
    case 'ENOSPC':
      return 'cannot be written: the disk is full';
    default:
      return `cannot be used: ${messageOf(error)}`;
  }
}
