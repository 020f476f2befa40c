import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import type { FileAccess } from './fileAccess.ts';
import { isSameFile, nodeFileAccess } from './fileAccess.ts';
import { UnusableFileError } from './unusableFile.ts';

// Windows lacks the last three flags. There `lstat` detects links, and folders hold no pipes.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/**
 * How often a path is checked on systems where descriptors have no path. An attacker who swaps folders would have
 * to win each race.
 */
export const pathChecks = 4;

/** How a file is opened. */
export interface OpenOptions {
  /** `refuse`: the path must not end in a link. Links are followed when absent. */
  readonly links?: 'follow' | 'refuse';
  /** Flags from `node:fs` constants; for reading when absent. */
  readonly flags?: number;
}

/**
 * Opens an existing regular file. It never blocks on a pipe and never opens a device. Throws a
 * `UnusableFileError` for anything but a regular file. The caller closes the handle.
 */
export async function openRegularFile(
  file: string,
  { links = 'follow', flags = O_RDONLY }: OpenOptions = {},
  access: FileAccess = nodeFileAccess,
): Promise<FileHandle> {
  const isFollowed = links === 'follow';
  // Checked before opening, because opening a device can make it act.
  assertRegular(await (isFollowed ? access.stat(file) : access.lstat(file)));
  const handle = await openNow(file, flags | (isFollowed ? 0 : O_NOFOLLOW), access);
  try {
    assertRegular(await handle.stat({ bigint: true }));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openNow(file: string, flags: number, access: FileAccess): Promise<FileHandle> {
  try {
    return await access.open(file, flags | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // It became a link after the check, or a pipe or socket without a reader.
    if (code === 'ELOOP' && (flags & O_NOFOLLOW) !== 0) throw new UnusableFileError('link');
    if (code === 'ENXIO') throw new UnusableFileError('special');
    throw error;
  }
}

function assertRegular(stats: BigIntStats): void {
  if (stats.isFile()) return;
  if (stats.isSymbolicLink()) throw new UnusableFileError('link');
  throw new UnusableFileError(stats.isDirectory() ? 'folder' : 'special');
}

/**
 * The real path of an open file or folder. On Linux it comes from the descriptor. Elsewhere the path is resolved
 * several times and must lead to the same file each time. Throws a `UnusableFileError` when the file was moved or
 * deleted.
 */
export async function realPathOf(
  handle: FileHandle,
  openedBy: string,
  access: FileAccess = nodeFileAccess,
): Promise<string> {
  const stats = await handle.stat({ bigint: true });
  const known = await descriptorPath(handle, access);
  if (known !== undefined) {
    // Linux appends this to the path of a deleted file, but a file can also have such a name.
    if (known.endsWith(' (deleted)')) await assertLeadsTo(stats, known, access);
    return known;
  }
  const real = await access.realpath(openedBy);
  for (let check = 0; check < pathChecks; check++) {
    await assertLeadsTo(stats, real, access);
    if ((await access.realpath(openedBy)) !== real) throw new UnusableFileError('moved');
  }
  return real;
}

/** The path of a descriptor; undefined on systems where descriptors have none. */
async function descriptorPath({ fd }: FileHandle, access: FileAccess): Promise<string | undefined> {
  if (access.descriptors === undefined) return undefined;
  const target = await access.readlink(`${access.descriptors}/${fd}`).catch(() => undefined);
  return target !== undefined && path.isAbsolute(target) ? target : undefined;
}

async function assertLeadsTo(
  stats: BigIntStats,
  realPath: string,
  access: FileAccess,
): Promise<void> {
  const found = await access.lstat(realPath).catch(() => undefined);
  if (found === undefined || !isSameFile(found, stats)) throw new UnusableFileError('moved');
}
