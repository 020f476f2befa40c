import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import type { FileAccess } from './fileAccess.ts';
import { isSameFile, nodeFileAccess } from './fileAccess.ts';
import { RefusedFileError } from './refusedFile.ts';

// Windows lacks the last three. There a link is told by `lstat`, and pipes have no place in folders.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;

/**
 * How often a path is looked at where descriptors tell nothing: whoever swaps folders would have to be
 * lucky each time.
 */
export const pathLooks = 4;

/** How a file is opened. */
export interface OpenOptions {
  /** `refuse`: the last name of the path must not be a link. They are followed when absent. */
  readonly links?: 'follow' | 'refuse';
  /** Flags as of `node:fs`; for reading when absent. */
  readonly flags?: number;
}

/**
 * Opens a regular file that is there. A pipe cannot hold it up and a device is not touched. Throws a
 * `RefusedFileError` for everything that is no regular file. The caller closes the handle.
 */
export async function openRegularFile(
  file: string,
  { links = 'follow', flags = O_RDONLY }: OpenOptions = {},
  access: FileAccess = nodeFileAccess,
): Promise<FileHandle> {
  const isFollowed = links === 'follow';
  // Looked at before it is opened: to open a device can be enough to make it act.
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
    // It became a link, or a pipe or socket without another end, since it was looked at.
    if (code === 'ELOOP' && (flags & O_NOFOLLOW) !== 0) throw new RefusedFileError('link');
    if (code === 'ENXIO') throw new RefusedFileError('special');
    throw error;
  }
}

function assertRegular(stats: BigIntStats): void {
  if (stats.isFile()) return;
  if (stats.isSymbolicLink()) throw new RefusedFileError('link');
  throw new RefusedFileError(stats.isDirectory() ? 'folder' : 'special');
}

/**
 * Where an open file or folder really is. On Linux the descriptor itself says so. Elsewhere the path it
 * was opened by is resolved again and has to lead to the same file, before and after that is looked at.
 * Throws a `RefusedFileError` when it no longer has a place.
 */
export async function realPathOf(
  handle: FileHandle,
  openedBy: string,
  access: FileAccess = nodeFileAccess,
): Promise<string> {
  const stats = await handle.stat({ bigint: true });
  const told = await descriptorPath(handle, access);
  if (told !== undefined) {
    // What Linux adds to the path of a file that was removed; a file can also be named like that.
    if (told.endsWith(' (deleted)')) await assertLeadsTo(stats, told, access);
    return told;
  }
  const real = await access.realpath(openedBy);
  for (let look = 0; look < pathLooks; look++) {
    await assertLeadsTo(stats, real, access);
    if ((await access.realpath(openedBy)) !== real) throw new RefusedFileError('moved');
  }
  return real;
}

/** What the system says of where a descriptor leads; undefined where it says nothing. */
async function descriptorPath({ fd }: FileHandle, access: FileAccess): Promise<string | undefined> {
  if (access.descriptors === undefined) return undefined;
  const told = await access.readlink(`${access.descriptors}/${fd}`).catch(() => undefined);
  return told !== undefined && path.isAbsolute(told) ? told : undefined;
}

async function assertLeadsTo(
  stats: BigIntStats,
  realPath: string,
  access: FileAccess,
): Promise<void> {
  const found = await access.lstat(realPath).catch(() => undefined);
  if (found === undefined || !isSameFile(found, stats)) throw new RefusedFileError('moved');
}
