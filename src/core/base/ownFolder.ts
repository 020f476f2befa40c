import { codeOf } from './errors.ts';
import type { FileSystem, PathStat } from './fileSystem.ts';
import { UnusableFileError } from './unusableFile.ts';

/** Whether a path is a folder and no link to one. Rejects when the disk does not work. */
export async function isOwnFolder(fs: FileSystem, path: string): Promise<boolean> {
  return (await kindOf(fs, path)) === 'folder';
}

/** Whether there is a link at a path. Rejects when the disk does not work. */
export async function isLink(fs: FileSystem, path: string): Promise<boolean> {
  return (await kindOf(fs, path)) === 'link';
}

async function kindOf(fs: FileSystem, path: string): Promise<PathStat['kind'] | undefined> {
  try {
    return (await fs.stat(path)).kind;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What is said of a folder that is a link: nothing behind it is read, written or deleted. */
export function linkedFolderError(): UnusableFileError {
  return new UnusableFileError('link', 'is in a folder that is a link; it was not followed');
}
