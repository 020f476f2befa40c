import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A lock without a heartbeat for this long is stale: its process died. */
const STALE_LOCK_MS = 30_000;
const LOCK_HEARTBEAT_MS = 5_000;
const LOCK_POLL_MS = 500;

/**
 * The folder for downloads that all clones share: `$INTERLEAVE_CACHE`, else `interleave` in
 * `$XDG_CACHE_HOME` or `~/.cache`.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.INTERLEAVE_CACHE) {
    return path.resolve(env.INTERLEAVE_CACHE);
  }
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'interleave');
}

/**
 * Runs `work` while holding a lock in the cache folder. Waits for another holder as long as it is
 * alive, for max `timeoutMs`.
 */
export async function withCacheLock<T>(
  name: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const lock = path.join(cacheFolder(), `${name}.lock`);
  await mkdir(cacheFolder(), { recursive: true });
  await acquire(lock, timeoutMs);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // Without the heartbeat, work goes on. At worst a second process does the same work.
    utimes(lock, now, now).catch(() => {});
  }, LOCK_HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(lock, { force: true });
  }
}

async function acquire(lock: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await tryCreate(lock))) {
    if (Date.now() > deadline) {
      throw new Error(`Another process holds ${lock}. Delete the file if none is running.`);
    }
    if (await isStale(lock)) {
      await rm(lock, { force: true });
    } else {
      await delay(LOCK_POLL_MS);
    }
  }
}

async function tryCreate(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function isStale(lock: string): Promise<boolean> {
  const status = await stat(lock).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > STALE_LOCK_MS;
}
