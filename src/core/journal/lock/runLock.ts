import type { Disposable, Event } from '../../base/emitter.ts';
import { Emitter } from '../../base/emitter.ts';
import { codeOf } from '../../base/errors.ts';
import { createUlid } from '../../base/ulid.ts';
import type { JournalEnvironment } from '../environment.ts';
import { lockLost } from '../journalFailure.ts';
import type { FoundLock, LockHolder } from './lockFile.ts';
import {
  createLock,
  heartbeatMs,
  isLockOf,
  lookAtLock,
  removeStaleLock,
  staleMs,
  touchLock,
} from './lockFile.ts';

/** How long a silent lock is watched for a heartbeat, in ms. */
const watchMs = heartbeatMs * 1.5;
/** Max attempts while other processes take and release the lock. */
const maxTries = 5;

/**
 * Takes the lock at `path`, also a stale one. Waits three seconds when it is uncertain whether the holder has
 * ended. Undefined when another process has it. Rejects when the disk fails.
 */
export async function acquireLock(
  path: string,
  environment: JournalEnvironment,
): Promise<HeldLock | undefined> {
  const { identity, wallTime } = environment;
  const since = new Date(wallTime()).toISOString();
  const own: LockHolder = { ...identity, token: createUlid(), since };
  for (let tries = 0; tries < maxTries; tries++) {
    if (await createLock(path, own, environment)) {
      const lock = new HeldLock(path, own, environment);
      if (await lock.verify()) return lock;
    }
    const found = await lookAtLock(path, environment);
    if (found === undefined) continue;
    if (found.verdict === 'live' || !(await staysSilent(path, found, environment))) break;
    await removeStaleLock(path, found, own.token, environment);
  }
  return undefined;
}

/** Whether there is no heartbeat for longer than the interval of heartbeats. */
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

/** A lock that this process holds. Renews its heartbeat until it is released. */
export class HeldLock {
  readonly #path: string;
  readonly #own: LockHolder;
  readonly #environment: JournalEnvironment;
  readonly #didLose = new Emitter<void>();
  #timer: Disposable | undefined;
  #beating: Promise<void> | undefined;
  #beatAtMs: number;
  #state: 'held' | 'lost' | 'released' = 'held';

  constructor(path: string, own: LockHolder, environment: JournalEnvironment) {
    this.#path = path;
    this.#own = own;
    this.#environment = environment;
    this.#beatAtMs = environment.clock.now();
    this.#schedule();
  }

  /** Fires once when another process has taken the lock. */
  get onDidLose(): Event<void> {
    return this.#didLose.event;
  }

  /** Whether the last heartbeat is so recent that no process can have taken the lock since. */
  get isCertain(): boolean {
    const ageMs = this.#environment.clock.now() - this.#beatAtMs;
    return this.#state === 'held' && ageMs <= staleMs / 2;
  }

  /** Whether the lock is held after all. False when another process was faster. Releases it when it rejects. */
  async verify(): Promise<boolean> {
    try {
      await this.#beat();
    } catch (error) {
      await this.release();
      throw error;
    }
    return this.#state === 'held';
  }

  /**
   * Resolves when the lock is certainly held. Reads it only when this process has slept so long that another
   * one may have taken it. Rejects with a `JournalFailure` when it has.
   */
  async confirm(): Promise<void> {
    if (this.#state === 'held' && !this.isCertain) await this.#beat();
    if (this.#state === 'lost') throw lockLost();
  }

  /** Removes the lock if it is still this one. Never rejects: a lock that remains becomes stale. */
  async release(): Promise<void> {
    this.#timer?.dispose();
    this.#didLose.dispose();
    const wasHeld = this.#state === 'held';
    this.#state = 'released';
    await this.#beating?.catch(() => undefined);
    if (!wasHeld) return;
    try {
      if (await this.#isOwn()) await this.#environment.fs.remove(this.#path);
    } catch {
      // Other processes see that this one has ended, or wait until the lock is stale.
    }
  }

  #schedule(): void {
    const goOn = (): void => {
      if (this.#state === 'held') this.#schedule();
    };
    // Writing reports a failing disk; a heartbeat does not.
    const beat = (): void => void this.#beat().then(goOn, goOn);
    this.#timer = this.#environment.clock.after(heartbeatMs, beat);
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#tryBeat().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  async #tryBeat(): Promise<void> {
    const isBeating = (await this.#isOwn()) && (await touchLock(this.#path, this.#environment));
    const isOwn = isBeating || (await this.#restore());
    if (this.#state !== 'held') return;
    if (isOwn) {
      this.#beatAtMs = this.#environment.clock.now();
      return;
    }
    this.#state = 'lost';
    this.#timer?.dispose();
    this.#didLose.fire();
  }

  /** Creates the lock again after another process has removed or renamed it. */
  async #restore(): Promise<boolean> {
    if (this.#state !== 'held') return false;
    try {
      return (await createLock(this.#path, this.#own, this.#environment)) || (await this.#isOwn());
    } catch (error) {
      // The folder of the run was removed.
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  #isOwn(): Promise<boolean> {
    return isLockOf(this.#path, this.#own.token, this.#environment);
  }
}
