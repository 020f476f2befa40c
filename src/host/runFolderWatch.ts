import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';

/** Debounce of changes in the folder, in ms. */
const gatherMs = 300;
/**
 * Polling interval, in ms, while another window runs something (it saves the summary as often), and after a
 * change in the folder, because a new run may not have saved its summary yet.
 */
const busyMs = 2_000;
/** Polling interval otherwise, in ms: the watcher does not report that another window resumes a run. */
const idleMs = 15_000;
/** Polling interval, in ms, where the folder cannot be watched. */
const blindMs = 5_000;

/**
 * Decides when to list the saved runs: when a name in their folder changes, and at intervals, because the
 * watcher reports no change inside a run's folder and some file systems report nothing. At most one listing is
 * in progress, and there is none after `stop`.
 */
export class RunFolderWatch {
  readonly #folder: string;
  readonly #look: () => Promise<boolean>;
  #isOn = false;
  #isLooking = false;
  /** Whether the folder changed since the last listing began, or was never listed. */
  #isChanged = true;
  #dueMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;

  /** `look` lists the runs. It resolves with whether another window runs one, and does not reject. */
  constructor(folder: string, look: () => Promise<boolean>) {
    this.#folder = folder;
    this.#look = look;
  }

  /** Lists the runs now and then again and again, until `stop`. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#isChanged = true;
    this.#lookWithin(0);
  }

  /** Stops listing and watching. */
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
    // A listing in progress schedules the next one when it ends.
    if (!this.#isLooking) this.#timer = setTimeout(() => void this.#lookNow(), ms);
  }

  async #lookNow(): Promise<void> {
    this.#forgetTimer();
    this.#isLooking = true;
    // Before the listing, so that no change during it is missed.
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

  /** The folder may not exist yet, or no longer: then the next listing tries again. */
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
      // Polling remains.
    }
  }
}
