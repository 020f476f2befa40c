import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';

/** How long, in ms, changes of the folder are gathered before it is looked at. */
const gatherMs = 300;
/**
 * Between two looks, in ms, while a run goes on in another window, which saves its summary as often, and
 * after a change of the folder: a run that has just come may have said nothing yet.
 */
const busyMs = 2_000;
/** Between two looks otherwise, in ms: nothing tells that a run that had ended goes on. */
const idleMs = 15_000;
/** The same while nothing tells of runs that come and go either. */
const blindMs = 5_000;

/**
 * Says when to look at the kept runs: when the folder's names change, and from time to time, because a
 * change within a run is not told, and some file systems tell nothing. One look at a time, and none while
 * nobody watches.
 */
export class RunFolderWatch {
  readonly #folder: string;
  readonly #look: () => Promise<boolean>;
  #isOn = false;
  #isLooking = false;
  /** Whether the folder changed since the last look began, or was never looked at. */
  #isChanged = true;
  #dueMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;

  /** `look` resolves with whether a run goes on in another window, and does not reject. */
  constructor(folder: string, look: () => Promise<boolean>) {
    this.#folder = folder;
    this.#look = look;
  }

  /** Looks at once, and goes on to. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#isChanged = true;
    this.#lookWithin(0);
  }

  stop(): void {
    this.#isOn = false;
    this.#forgetTimer();
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #lookWithin(ms: number): void {
    const dueMs = performance.now() + ms;
    if (!this.#isOn || dueMs >= this.#dueMs) return;
    this.#forgetTimer();
    this.#dueMs = dueMs;
    // A look that is under way asks for the next one at its end.
    if (!this.#isLooking) this.#timer = setTimeout(() => void this.#lookNow(), ms);
  }

  async #lookNow(): Promise<void> {
    this.#forgetTimer();
    this.#isLooking = true;
    // First, so that nothing that happens during the look is missed.
    this.#watchFolder();
    const wasChanged = this.#isChanged;
    this.#isChanged = false;
    const isBusy = await this.#look();
    this.#isLooking = false;
    const quietMs = this.#watcher === undefined ? blindMs : idleMs;
    const usualMs = isBusy || wasChanged ? busyMs : quietMs;
    const waitMs = Math.min(this.#dueMs - performance.now(), usualMs);
    this.#forgetTimer();
    this.#lookWithin(Math.max(gatherMs, waitMs));
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** The folder may not be there yet, and may go: then the next look tries again. */
  #watchFolder(): void {
    if (!this.#isOn || this.#watcher !== undefined) return;
    try {
      const watcher = watch(this.#folder, { persistent: false });
      watcher.on('change', () => {
        this.#isChanged = true;
        this.#lookWithin(gatherMs);
      });
      watcher.on('error', () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = undefined;
      });
      this.#watcher = watcher;
    } catch {
      // Looking from time to time has to do.
    }
  }
}
