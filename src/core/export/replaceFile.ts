import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, ignoreMissing } from '../base/errors.ts';

/**
 * A text, or its pieces in order, so that a large text is never in memory as a whole. The pieces may be
 * iterated twice.
 */
export type FileContent = string | Iterable<string>;

/**
 * Replaces the content of a file atomically: it writes a temporary file and renames it, so that a crash
 * leaves either the old or the new content. A link stays a link and its target is replaced. The file keeps
 * its mode. A target that cannot be replaced is overwritten instead: a device, a pipe, or a file in a
 * read-only folder.
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

/** The target of a path with all links followed. The file need not exist. */
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
    await handle.writeFile(typeof content === 'string' ? content : inBatches(content));
    if (before !== undefined) {
      // Only a privileged process may set another owner.
      await handle.chown(before.uid, before.gid).catch(() => undefined);
      await handle.chmod(before.mode & 0o7777);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** UTF-16 units. Each write costs far more than to join short pieces. */
const minBatch = 256 * 1024;

function* inBatches(pieces: Iterable<string>): Generator<string> {
  let batch: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    batch.push(piece);
    length += piece.length;
    if (length < minBatch) continue;
    yield batch.join('');
    batch = [];
    length = 0;
  }
  yield batch.join('');
}

/** Errors of a read-only folder, of a mounted file, and of a file that a program on Windows has open. */
const cannotReplace: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EBUSY',
  'EXDEV',
]);
