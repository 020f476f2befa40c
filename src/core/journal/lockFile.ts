import { codeOf } from '../base/errors.ts';
import type { JournalEnvironment } from './environment.ts';
import { writeAll } from './journalFs.ts';
import type { LockHolder, LockVerdict } from './lockHolder.ts';
import { judgeLock, maxLockBytes, parseHolder } from './lockHolder.ts';
import { renameFile } from './renameFile.ts';

/** A lock as it was found. */
export interface FoundLock {
  readonly content: Buffer;
  /** Undefined when the file does not say. */
  readonly holder: LockHolder | undefined;
  readonly modifiedMs: number;
  readonly verdict: LockVerdict;
}

/** Looks at a lock without touching it; undefined when there is none. */
export async function lookAtLock(
  path: string,
  { fs, wallTime, identity, isAlive }: JournalEnvironment,
): Promise<FoundLock | undefined> {
  try {
    const { modifiedMs } = await fs.stat(path);
    const content = await fs.readFile(path, maxLockBytes);
    const holder = parseHolder(content);
    const verdict = judgeLock(holder, wallTime() - modifiedMs, identity, isAlive);
    return { content, holder, modifiedMs, verdict };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a lock; false when there is one. */
export async function createLock(
  path: string,
  holder: LockHolder,
  environment: JournalEnvironment,
): Promise<boolean> {
  return createLockFile(path, Buffer.from(JSON.stringify(holder)), environment);
}

/** A lock whose content could not be written is removed again: nobody could tell whose it is. */
async function createLockFile(
  path: string,
  content: Buffer,
  { fs, wallTime }: JournalEnvironment,
): Promise<boolean> {
  let file: Awaited<ReturnType<typeof fs.open>>;
  try {
    file = await fs.open(path, 'create');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await writeAll(file, content).finally(() => file.close());
  } catch (error) {
    await fs.remove(path).catch(() => undefined);
    throw error;
  }
  // Someone who took it for the one before may just have moved it: then there is nothing to touch.
  await fs.touch(path, wallTime()).catch(ignoreMissing);
  return true;
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

/**
 * Moves a lock out of the way. What was moved may be another one, of a process that was faster: then
 * it is put back. `token` makes the name it is moved to unique.
 */
export async function removeStaleLock(
  path: string,
  found: FoundLock,
  token: string,
  environment: JournalEnvironment,
): Promise<void> {
  const { fs } = environment;
  const aside = `${path}.${token}`;
  try {
    if (!(await fs.readFile(path, maxLockBytes)).equals(found.content)) return;
    await renameFile(environment, path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await fs.readFile(aside, maxLockBytes);
  if (!moved.equals(found.content)) await createLockFile(path, moved, environment);
  await fs.remove(aside);
}
