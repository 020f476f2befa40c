import type { Dirent } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '../../base/errors.ts';
import { isSameFile } from '../../base/fileAccess.ts';
import { openRegularFile, pathChecks, realPathOf } from '../../base/openRegularFile.ts';
import { fileError, movedError } from './workspaceErrors.ts';
import type { ResolvedPath, WorkspaceGate } from './workspaceGate.ts';
import { isOpenTo } from './workspaceGate.ts';

/**
 * Opens a resolved file for reading and makes sure that what is open is the file that was checked: its
 * path, or a folder above it, may have become a link in the meantime, and may be none again by now. A
 * pipe can never block it. The caller closes the handle.
 */
export async function openResolved(file: ResolvedPath, gate: WorkspaceGate): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegularFile(file.realPath, { links: 'refuse' }, gate.access);
    await assertUnmoved(handle, file, gate);
    return handle;
  } catch (error) {
    await handle?.close();
    throw fileError(error, file.path);
  }
}

/** What is in a folder that was let through. Throws a `ToolError` when it is another one by now. */
export async function readResolved(
  folder: ResolvedPath,
  gate: WorkspaceGate,
): Promise<readonly Dirent[]> {
  try {
    return await (gate.access.descriptors === undefined
      ? readByPath(folder, gate)
      : readByDescriptor(folder, gate, gate.access.descriptors));
  } catch (error) {
    throw fileError(error, folder.path);
  }
}

/** Opens the folder and reads what is open, so that nothing can come between the check and the reading. */
async function readByDescriptor(
  folder: ResolvedPath,
  gate: WorkspaceGate,
  descriptors: string,
): Promise<readonly Dirent[]> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  const handle = await gate.access.open(folder.realPath, flags).catch((error: unknown) => {
    // It was a folder when it was looked at.
    if (codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP') throw movedError(folder.path);
    throw error;
  });
  try {
    await assertUnmoved(handle, folder, gate);
    return await gate.access.readdir(`${descriptors}/${handle.fd}`).catch((error: unknown) => {
      // Containers may come without `/proc`.
      if (codeOf(error) === 'ENOENT') return readByPath(folder, gate);
      throw error;
    });
  } finally {
    await handle.close();
  }
}

/** Where folders cannot be read by descriptor, the path has to lead to the same folder before and after. */
async function readByPath(folder: ResolvedPath, gate: WorkspaceGate): Promise<readonly Dirent[]> {
  await assertStillThere(folder, gate);
  const found = await gate.access.readdir(folder.realPath);
  await assertStillThere(folder, gate);
  return found;
}

async function assertStillThere(folder: ResolvedPath, { access }: WorkspaceGate): Promise<void> {
  for (let check = 0; check < pathChecks; check++) {
    const isUnmoved = (await access.realpath(folder.realPath)) === folder.realPath;
    const isSame = isSameFile(await access.lstat(folder.realPath), folder);
    if (!isUnmoved || !isSame) throw movedError(folder.path);
  }
}

/** Judges by the descriptor: the file that was checked, in a place that may be looked at. */
async function assertUnmoved(
  handle: FileHandle,
  checked: ResolvedPath,
  gate: WorkspaceGate,
): Promise<void> {
  const isSame = isSameFile(await handle.stat({ bigint: true }), checked);
  const realPath = await realPathOf(handle, checked.realPath, gate.access);
  if (!isSame || !(await isOpenTo(realPath, checked, gate))) throw movedError(checked.path);
}
