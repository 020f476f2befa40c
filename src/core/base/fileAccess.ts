import type { BigIntStats, Dirent } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';

/** The system calls of opening a file safely, so that tests can intercept them. */
export interface FileAccess {
  /** The folder with a link for each open descriptor; undefined where the system has none. */
  readonly descriptors: string | undefined;
  /** Follows links. */
  stat(path: string): Promise<BigIntStats>;
  /** Does not follow a link at the end of the path. */
  lstat(path: string): Promise<BigIntStats>;
  realpath(path: string): Promise<string>;
  readlink(path: string): Promise<string>;
  open(path: string, flags: number): Promise<FileHandle>;
  readdir(path: string): Promise<readonly Dirent[]>;
}

/** The file system of this machine. */
export const nodeFileAccess: FileAccess = {
  descriptors: process.platform === 'linux' ? '/proc/self/fd' : undefined,
  stat: (path) => stat(path, { bigint: true }),
  lstat: (path) => lstat(path, { bigint: true }),
  realpath: (path) => realpath(path),
  readlink: (path) => readlink(path),
  open: (path, flags) => open(path, flags),
  readdir: (path) => readdir(path, { withFileTypes: true }),
};

/** Whether two results of `stat` are of the same file or folder. */
export function isSameFile(
  one: Pick<BigIntStats, 'dev' | 'ino'>,
  other: Pick<BigIntStats, 'dev' | 'ino'>,
): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
