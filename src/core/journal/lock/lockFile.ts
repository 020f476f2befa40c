import { codeOf } from '../../base/errors.ts';
import { writeAll } from '../../base/fileSystem.ts';
import { parseJson } from '../../base/jsonDepth.ts';
import { renameFile } from '../../base/renameFile.ts';
import type { JournalEnvironment, ProcessIdentity } from '../environment.ts';

/** Interval of the heartbeats of a lock, in ms. */
export const heartbeatMs = 2_000;
/** A lock is stale when its last heartbeat is older than this, in ms. */
export const staleMs = 10_000;

const maxLockBytes = 64 * 1024;

/** The process that holds the lock of a run. */
export interface LockHolder extends ProcessIdentity {
  /** Random; distinguishes two locks of one process. */
  readonly token: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

/**
 * Whether a lock is held. `live`: yes. `gone`: no, its holder has ended. `silent`: probably not; the holder may
 * have slept together with the machine, so the lock is watched before it is taken.
 */
export type LockVerdict = 'live' | 'gone' | 'silent';

/** A lock as found. */
export interface FoundLock {
  readonly content: Buffer;
  readonly modifiedMs: number;
  readonly verdict: LockVerdict;
}

/**
 * Judges a lock by its holder and the age of its last heartbeat. The holder is undefined when the file does not
 * name a process.
 */
export function judgeLock(
  holder: LockHolder | undefined,
  ageMs: number,
  self: ProcessIdentity,
  isAlive: (pid: number) => boolean,
): LockVerdict {
  // A process writes into its new lock at once, unless it is killed in between.
  if (holder === undefined) return ageMs > heartbeatMs ? 'silent' : 'live';
  const isStale = ageMs > staleMs;
  const sameHost = holder.hostName === self.hostName;
  if (sameHost && holder.boot === self.boot && holder.pidSpace === self.pidSpace) {
    if (!isAlive(holder.pid)) return 'gone';
  } else if (sameHost && holder.boot !== self.boot && isStale) {
    return 'gone';
  }
  return isStale ? 'silent' : 'live';
}

/** Reads a lock; undefined when there is none. */
export async function lookAtLock(
  path: string,
  { fs, wallTime, identity, isAlive }: JournalEnvironment,
): Promise<FoundLock | undefined> {
  return orMissing(undefined, async () => {
    const { modifiedMs } = await fs.stat(path);
    const content = await fs.readFile(path, maxLockBytes);
    const ageMs = wallTime() - modifiedMs;
    const verdict = judgeLock(parseHolder(content), ageMs, identity, isAlive);
    return { content, modifiedMs, verdict };
  });
}

/** Whether the lock at this path has this token. */
export function isLockOf(
  path: string,
  token: string,
  { fs }: JournalEnvironment,
): Promise<boolean> {
  return orMissing(
    false,
    async () => parseHolder(await fs.readFile(path, maxLockBytes))?.token === token,
  );
}

/** Writes a heartbeat. False when the lock does not exist. */
export function touchLock(path: string, { fs, wallTime }: JournalEnvironment): Promise<boolean> {
  return orMissing(false, async () => {
    await fs.touch(path, wallTime());
    return true;
  });
}

/**
 * Creates a lock. False when one exists. Removes a lock whose content it cannot write: it would name no
 * process.
 */
export async function createLock(
  path: string,
  content: LockHolder | Buffer,
  environment: JournalEnvironment,
): Promise<boolean> {
  const { fs } = environment;
  let file: Awaited<ReturnType<typeof fs.open>>;
  try {
    file = await fs.open(path, 'create');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    await writeAll(file, bytes).finally(() => file.close());
  } catch (error) {
    await fs.remove(path).catch(() => undefined);
    throw error;
  }
  // A process that takes it for the earlier, stale lock may have moved it already: then this does nothing.
  await touchLock(path, environment);
  return true;
}

/**
 * Renames a stale lock, then removes it. When that turns out to be the new lock of a faster process, puts it
 * back. `token` makes the new name unique.
 */
export async function removeStaleLock(
  path: string,
  { content }: FoundLock,
  token: string,
  environment: JournalEnvironment,
): Promise<void> {
  const { fs } = environment;
  const aside = `${path}.${token}`;
  const isMoved = await orMissing(false, async () => {
    if (!(await fs.readFile(path, maxLockBytes)).equals(content)) return false;
    await renameFile(environment, path, aside);
    return true;
  });
  if (!isMoved) return;
  const moved = await fs.readFile(aside, maxLockBytes);
  if (!moved.equals(content)) await createLock(path, moved, environment);
  await fs.remove(aside);
}

/** The holder that a lock names; undefined when the lock is empty or damaged. */
function parseHolder(bytes: Buffer): LockHolder | undefined {
  const value = parseJson(bytes);
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, hostName, boot, pidSpace, token, since } = value as Partial<LockHolder>;
  const isPid = Number.isSafeInteger(pid) && Number(pid) > 0;
  const areTexts = [hostName, boot, pidSpace, token, since].every((one) => typeof one === 'string');
  return isPid && areTexts ? (value as LockHolder) : undefined;
}

async function orMissing<T>(missing: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return missing;
    throw error;
  }
}
