import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf } from '../base/errors.ts';

/**
 * A text, or its pieces in order, so that a large one need not be in memory as a whole. The pieces may be
 * asked for twice.
 */
export type FileContent = string | Iterable<string>;

/**
 * Writes a file so that it holds either all of the new content or what it held before, whatever happens
 * in between: the content is written beside it and takes its place. A link keeps leading to the file it
 * leads to, and the file keeps its mode. What cannot be replaced is written to directly: a device, a
 * pipe, a file in a folder that takes no new files.
 */
export async function replaceFile(file: string, content: FileContent): Promise<void> {
  const target = await targetOf(file);
  const before = await stat(target).catch(ignoreMissing);
  if (before !== undefined && !before.isFile()) {
    await writeFile(target, content);
    return;
  }
  const beside = path.join(
    path.dirname(target),
    `.interleave-${randomBytes(8).toString('hex')}.tmp`,
  );
  try {
    await writeWhole(beside, content, before);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    if (before === undefined || !cannotReplace.has(codeOf(error))) throw error;
    await writeFile(target, content);
  }
}

/** Where a path leads to, links followed, whether there is a file or not. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    ignoreMissing(error);
  }
  const link = await readlink(file).catch(() => undefined);
  return link === undefined ? file : path.resolve(path.dirname(file), link);
}

async function writeWhole(
  file: string,
  content: FileContent,
  before: Stats | undefined,
): Promise<void> {
  const handle = await open(file, 'wx', 0o666);
  try {
    await handle.writeFile(content);
    if (before !== undefined) {
      // Only who may give files away can keep another owner.
      await handle.chown(before.uid, before.gid).catch(() => undefined);
      await handle.chmod(before.mode & 0o7777);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** No new file may be made there, or the file is a mount or is held open by a program on Windows. */
const cannotReplace: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EBUSY',
  'EXDEV',
]);

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
