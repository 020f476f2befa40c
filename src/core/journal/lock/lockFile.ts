import { codeOf } from '../../base/errors.ts';
import { writeAll } from '../../base/fileSystem.ts';
import { parseJson } from '../../base/jsonDepth.ts';
import { renameFile } from '../../base/renameFile.ts';
import type { JournalEnvironment, ProcessIdentity } from '../environment.ts';

/** Time between two heartbeats of whoever holds a lock, in ms. */
export const heartbeatMs = 2_000;
/** A lock whose last heartbeat is older than this, in ms, is stale. */
export const staleMs = 10_000;

const maxLockBytes = 64 * 1024;

/** Who holds the lock of a run. */
export interface LockHolder extends ProcessIdentity {
  /** Random: tells two locks of the same process apart. */
  readonly token: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

/**
 * Whether a lock is held. `live`: it is. `gone`: it certainly is not. `silent`: it probably is not, but its
 * holder may only have been asleep together with the machine, so it is watched first.
 */
export type LockVerdict = 'live' | 'gone' | 'silent';

/** A lock as it was found. */
export interface FoundLock {
  readonly content: Buffer;
  /** Undefined when the file does not say. */
  readonly holder: LockHolder | undefined;
  readonly modifiedMs: number;
  readonly verdict: LockVerdict;
}

/** Judges a lock whose last heartbeat is `ageMs` old. */
export function judgeLock(
  holder: LockHolder | undefined,
  ageMs: number,
  self: ProcessIdentity,
  isAlive: (pid: number) => boolean,
): LockVerdict {
  // Whoever makes a lock writes into it at once, unless it is killed in between.
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

/** Looks at a lock without touching it; undefined when there is none. */
export async function lookAtLock(
  path: string,
  { fs, wallTime, identity, isAlive }: JournalEnvironment,
): Promise<FoundLock | undefined> {
  return orMissing(undefined, async () => {
    const { modifiedMs } = await fs.stat(path);
    const content = await fs.readFile(path, maxLockBytes);
    const holder = parseHolder(content);
    const verdict = judgeLock(holder, wallTime() - modifiedMs, identity, isAlive);
    return { content, holder, modifiedMs, verdict };
  });
}

/** Whether the lock at a path is the one with this token. */
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

/** Writes a heartbeat; false when the lock is not there. */
export function touchLock(path: string, { fs, wallTime }: JournalEnvironment): Promise<boolean> {
  return orMissing(false, async () => {
    await fs.touch(path, wallTime());
    return true;
  });
}

/**
 * Creates a lock; false when there is one. A lock whose content cannot be written is removed again: nobody
 * could tell whose it is.
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
  // Another process that took it for the stale lock before it may just have moved it.
  await touchLock(path, environment);
  return true;
}

/**
 * Moves a stale lock away. What was moved may be the lock of a process that was faster: then it is put
 * back. `token` makes the name it is moved to unique.
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

/** Reads a lock; undefined for one that is empty or damaged. */
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
