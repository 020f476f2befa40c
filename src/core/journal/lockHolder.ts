import type { ProcessIdentity } from './environment.ts';
import { parseJson } from './recordLine.ts';

/** Between two signs of life of who holds a lock, in ms. */
export const heartbeatMs = 2_000;
/** A lock without a sign of life for longer than this, in ms, is given up. */
export const staleMs = 10_000;

/** Largest lock that is read. */
export const maxLockBytes = 64 * 1024;

/** Who holds the lock of a run. */
export interface LockHolder extends ProcessIdentity {
  /** Random: tells two locks of the same process apart. */
  readonly token: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

/** Reads a lock; undefined for one that is empty or damaged. */
export function parseHolder(bytes: Buffer): LockHolder | undefined {
  const value = parseJson(bytes);
  return isHolder(value) ? value : undefined;
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, ...texts } = value as { readonly [key: string]: unknown };
  const fields = [texts.hostName, texts.boot, texts.pidSpace, texts.token, texts.since];
  const isPid = Number.isSafeInteger(pid) && Number(pid) > 0;
  return isPid && fields.every((field) => typeof field === 'string');
}

/**
 * Whether a lock is held: `live` it is, `gone` it is certain that it is not, `silent` it probably is
 * not, but its holder may only have been asleep together with the machine, so it is watched first.
 */
export type LockVerdict = 'live' | 'gone' | 'silent';

/** Judges a lock that gave its last sign of life `ageMs` ago. */
export function judgeLock(
  holder: LockHolder | undefined,
  ageMs: number,
  self: ProcessIdentity,
  isAlive: (pid: number) => boolean,
): LockVerdict {
  // Whoever made a lock writes into it at once, unless it is killed in between.
  if (holder === undefined) return ageMs > heartbeatMs ? 'silent' : 'live';
  const isOld = ageMs > staleMs;
  const sameHost = holder.hostName === self.hostName;
  if (sameHost && holder.boot === self.boot && holder.pidSpace === self.pidSpace) {
    if (!isAlive(holder.pid)) return 'gone';
  } else if (sameHost && holder.boot !== self.boot && isOld) {
    return 'gone';
  }
  return isOld ? 'silent' : 'live';
}
