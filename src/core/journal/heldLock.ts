import type { Disposable, Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import { codeOf } from '../base/errors.ts';
import type { JournalEnvironment } from './environment.ts';
import { createLock } from './lockFile.ts';
import type { LockHolder } from './lockHolder.ts';
import { heartbeatMs, maxLockBytes, parseHolder, staleMs } from './lockHolder.ts';

/** Another process has the lock now. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

/** A lock that this process holds; it gives a sign of life until it is released. */
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

  /** Fires once, when another process has taken the lock. */
  get onDidLose(): Event<void> {
    return this.#didLose.event;
  }

  /** Whether the lock is held for certain, so that nothing need be looked at before writing. */
  get isCertain(): boolean {
    const silentMs = this.#environment.clock.now() - this.#beatAtMs;
    return this.#state === 'held' && silentMs <= staleMs / 2;
  }

  /** Looks whether the lock is held; false when another process was faster. */
  async verify(): Promise<boolean> {
    await this.#beat();
    return this.#state === 'held';
  }

  /**
   * Resolves when the lock is certainly held: at once, unless this process has slept so long that
   * another one may have given it up. Rejects with a `LockLostError`.
   */
  async confirm(): Promise<void> {
    if (this.#state === 'held' && !this.isCertain) await this.#beat();
    if (this.#state === 'lost') throw new LockLostError('Another process has the lock.');
  }

  /** Frees the lock, if it is still this one. Never rejects: a lock that stays is given up later. */
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
      // Whoever finds it sees that this process is gone, or waits until it is stale.
    }
  }

  #schedule(): void {
    this.#timer = this.#environment.clock.after(heartbeatMs, () => void this.#beatAndGoOn());
  }

  async #beatAndGoOn(): Promise<void> {
    try {
      await this.#beat();
    } catch {
      // A disk that fails says so when something is to be written.
    }
    if (this.#state === 'held') this.#schedule();
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#giveSign().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  async #giveSign(): Promise<void> {
    const isOwn = ((await this.#isOwn()) && (await this.#touch())) || (await this.#restore());
    if (this.#state !== 'held') return;
    if (isOwn) {
      this.#beatAtMs = this.#environment.clock.now();
      return;
    }
    this.#state = 'lost';
    this.#timer?.dispose();
    this.#didLose.fire();
  }

  /** False when it has just been moved away. */
  async #touch(): Promise<boolean> {
    try {
      await this.#environment.fs.touch(this.#path, this.#environment.wallTime());
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** A lock that someone has removed, or has moved away for a moment, is made again. */
  async #restore(): Promise<boolean> {
    if (this.#state !== 'held') return false;
    try {
      return (await createLock(this.#path, this.#own, this.#environment)) || (await this.#isOwn());
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async #isOwn(): Promise<boolean> {
    try {
      const holder = parseHolder(await this.#environment.fs.readFile(this.#path, maxLockBytes));
      return holder?.token === this.#own.token;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}
