import { createUlid } from '../base/ulid.ts';
import type { JournalEnvironment } from './environment.ts';
import { HeldLock } from './heldLock.ts';
import type { FoundLock } from './lockFile.ts';
import { createLock, lookAtLock, removeStaleLock } from './lockFile.ts';
import type { LockHolder } from './lockHolder.ts';
import { heartbeatMs } from './lockHolder.ts';

/** The lock, or who has it; `holder` is undefined when the lock does not say. */
export type LockResult =
  | { readonly kind: 'acquired'; readonly lock: HeldLock }
  | { readonly kind: 'locked'; readonly holder: LockHolder | undefined };

/** How long, in ms, a lock that is probably given up is watched for a sign of life. */
const watchMs = heartbeatMs * 1.5;
/** Others may take and free a lock while this one tries; after so many times it is theirs. */
const mostTries = 5;

/**
 * Takes the lock at `path`, from a holder that is gone too. Waits three seconds when it is not
 * certain that the holder is gone; rejects when the disk does not work.
 */
export async function acquireLock(
  path: string,
  environment: JournalEnvironment,
): Promise<LockResult> {
  const own = newHolder(environment);
  let holder: LockHolder | undefined;
  for (let tries = 0; tries < mostTries; tries++) {
    if (await createLock(path, own, environment)) {
      const lock = new HeldLock(path, own, environment);
      if (await isHeld(lock)) return { kind: 'acquired', lock };
    }
    const found = await lookAtLock(path, environment);
    if (found === undefined) continue;
    holder = found.holder;
    if (found.verdict === 'live' || !(await staysSilent(path, found, environment))) break;
    await removeStaleLock(path, found, own.token, environment);
  }
  return { kind: 'locked', holder };
}

async function isHeld(lock: HeldLock): Promise<boolean> {
  try {
    return await lock.verify();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function newHolder({ identity, wallTime }: JournalEnvironment): LockHolder {
  return { ...identity, token: createUlid(), since: new Date(wallTime()).toISOString() };
}

/** Whether there is no sign of life for longer than there is between two of them. */
async function staysSilent(
  path: string,
  found: FoundLock,
  environment: JournalEnvironment,
): Promise<boolean> {
  if (found.verdict === 'gone') return true;
  await new Promise<void>((resolve) => environment.clock.after(watchMs, resolve));
  const later = await lookAtLock(path, environment);
  if (later === undefined) return true;
  return later.modifiedMs === found.modifiedMs && later.content.equals(found.content);
}
