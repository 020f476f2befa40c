import type { Dirent } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '../../base/errors.ts';
import { isSameFile } from '../../base/fileAccess.ts';
import { openRegularFile, pathChecks, realPathOf } from '../../base/openRegularFile.ts';
import type { PathCheck, ResolvedPath } from './pathCheck.ts';
import { isOpenTo } from './pathCheck.ts';
import { fileError, movedError } from './workspaceErrors.ts';

/**
 * Opens a resolved file for reading and verifies that the open file is the one that was checked. Its path, or a
 * folder above it, may have been replaced by a link for a moment. Never blocks on a pipe. The caller closes the
 * handle.
 */
export async function openResolved(file: ResolvedPath, check: PathCheck): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegularFile(file.realPath, { links: 'refuse' }, check.access);
    await assertUnmoved(handle, file, check);
    return handle;
  } catch (error) {
    await handle?.close();
    throw fileError(error, file.path);
  }
}

/** The entries of a resolved folder. Throws a `ToolError` when the folder was replaced. */
export async function readResolved(
  folder: ResolvedPath,
  check: PathCheck,
): Promise<readonly Dirent[]> {
  try {
    return await (check.access.descriptors === undefined
      ? readByPath(folder, check)
      : readByDescriptor(folder, check, check.access.descriptors));
  } catch (error) {
    throw fileError(error, folder.path);
  }
}

/** Opens the folder, checks it and reads it by its descriptor, so that it cannot be replaced in between. */
async function readByDescriptor(
  folder: ResolvedPath,
  check: PathCheck,
  descriptors: string,
): Promise<readonly Dirent[]> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  const handle = await check.access.open(folder.realPath, flags).catch((error: unknown) => {
    // It was a folder when it was checked.
    if (codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP') throw movedError(folder.path);
    throw error;
  });
  try {
    await assertUnmoved(handle, folder, check);
    // Containers may come without `/proc`.
    return await check.access
      .readdir(`${descriptors}/${handle.fd}`)
      .catch(() => readByPath(folder, check));
  } finally {
    await handle.close();
  }
}

/** Reads the folder by path where descriptors have no path. Checks the path before and after reading. */
async function readByPath(folder: ResolvedPath, check: PathCheck): Promise<readonly Dirent[]> {
  await assertStillThere(folder, check);
  const found = await check.access.readdir(folder.realPath);
  await assertStillThere(folder, check);
  return found;
}

async function assertStillThere(folder: ResolvedPath, { access }: PathCheck): Promise<void> {
  for (let round = 0; round < pathChecks; round++) {
    const isUnmoved = (await access.realpath(folder.realPath)) === folder.realPath;
    const isSame = isSameFile(await access.lstat(folder.realPath), folder);
    if (!isUnmoved || !isSame) throw movedError(folder.path);
  }
}

/** Checks by the descriptor that the open file is the one that was checked, and that tools may read it. */
async function assertUnmoved(
  handle: FileHandle,
  checked: ResolvedPath,
  check: PathCheck,
): Promise<void> {
  const isSame = isSameFile(await handle.stat({ bigint: true }), checked);
  const realPath = await realPathOf(handle, checked.realPath, check.access);
  if (!isSame || !(await isOpenTo(realPath, checked, check))) throw movedError(checked.path);
}
