import { codeOf } from '../base/errors.ts';
import { RefusedFileError } from '../base/refusedFile.ts';
import type { JournalFs } from './journalFs.ts';

/**
 * Whether a path is a folder and no link to one: in what a link leads to, nothing is looked at, written or
 * deleted. Rejects when the disk does not work.
 */
export async function isOwnFolder(fs: JournalFs, path: string): Promise<boolean> {
  try {
    return (await fs.stat(path)).kind === 'folder';
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

/** What is said of a folder that is a link. */
export function linkedFolderError(): RefusedFileError {
  return new RefusedFileError('link', 'is in a folder that is a link; it was not followed');
}

/** Rejects when the folder of a run is a link; what is missing is found missing later. */
export async function refuseLinkedFolder(fs: JournalFs, path: string): Promise<void> {
  if (await isLink(fs, path)) throw linkedFolderError();
}

/** Whether there is a link at a path. */
export async function isLink(fs: JournalFs, path: string): Promise<boolean> {
  try {
    return (await fs.stat(path)).kind === 'link';
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}
