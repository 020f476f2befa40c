import type { WindowedRequest } from './localPace.ts';
import { LocalPace } from './localPace.ts';

/** Model requests under way at one endpoint, to begin with. */
const initialWindow = 32;
/** The same for a server on this machine or network, which may answer one after another. */
const initialLocalWindow = 4;
/** More than this are never under way at once, however well it goes. */
const maxWindow = 512;

/**
 * How many requests may be under way at once where no number is set. It starts low, because servers
 * refuse clients that grow too fast, doubles with each round of successes until the server first says
 * that it is too much, and grows slowly after that. At a local server, which takes as many requests as it
 * gets and has them wait, it starts with few and grows only while more at once get more done.
 */
export class ConcurrencyWindow {
  #size: number;
  #hasBeenCut = false;
  #cutAtSequence = 0;
  #isTold = false;
  readonly #local: LocalPace | undefined;

  constructor(isLocal = false) {
    this.#size = isLocal ? initialLocalWindow : initialWindow;
    this.#local = isLocal ? new LocalPace() : undefined;
  }

  get size(): number {
    return Math.max(1, Math.floor(this.#size));
  }

  /**
   * The server tells its limits, and requests keep to them: what it refuses besides is soon forgotten, but
   * the window still grows step by step.
   */
  told(): void {
    this.#isTold = true;
  }

  /** A request succeeded while `active` were under way. A window that is not used does not grow. */
  grow(active: number, request: WindowedRequest): void {
    const isUsed = active >= this.#size * 0.8;
    if (this.#local !== undefined) {
      const size = this.#local.ended(request, this.size, isUsed);
      if (size <= this.#size || !this.#hasBeenCut) this.#size = Math.min(maxWindow, size);
      return;
    }
    if (!isUsed) return;
    this.#size = Math.min(maxWindow, this.#size + this.#step);
  }

  /** By how much it grows with each success: twice as many a round at most. */
  get #step(): number {
    if (this.#isTold) return 1;
    return this.#hasBeenCut ? 4 / this.#size : 0.5;
  }

  /**
   * The server refused request number `sequence`. Requests that were under way at the last cut fail
   * for the same reason, so they do not count again. `newest` is the last number given out.
   */
  cut(kind: 'rate_limit' | 'overloaded', sequence: number, newest: number): void {
    if (sequence <= this.#cutAtSequence) return;
    this.#size = Math.max(1, this.#size * (kind === 'rate_limit' ? 0.7 : 0.85));
    this.#hasBeenCut = true;
    this.#cutAtSequence = newest;
  }
}
