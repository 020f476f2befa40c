import type { WindowedRequest } from './localPace.ts';
import { LocalPace } from './localPace.ts';

/** Initial max requests in flight at one endpoint. */
const initialWindow = 32;
/** The same for a server on this machine or network, which may answer one request at a time. */
const initialLocalWindow = 4;
/** The window grows to this at once when a server reports its limits: the limits protect the server then. */
const knownLimitsWindow = 64;
/** Upper bound of the window. */
const maxWindow = 512;

/**
 * The max number of requests in flight with the concurrency setting `auto`. It starts low, because servers
 * refuse clients that grow too fast. It doubles with each round of successes until the first refusal, and grows
 * slowly after that. A local server queues all requests it gets, so its window starts smaller and grows only
 * while throughput grows. A local server that reports its limits is a gateway and counts as a remote one.
 */
export class ConcurrencyWindow {
  #size: number;
  #hasBeenCut = false;
  #cutAtSequence = 0;
  #areLimitsKnown = false;
  #local: LocalPace | undefined;

  constructor(isLocal = false) {
    this.#size = isLocal ? initialLocalWindow : initialWindow;
    this.#local = isLocal ? new LocalPace() : undefined;
  }

  /** The current max number of requests in flight. */
  get size(): number {
    return Math.max(1, Math.floor(this.#size));
  }

  /** The server reports its limits. Requests keep to them, so the window grows by one for each success. */
  limitsKnown(): void {
    if (this.#areLimitsKnown) return;
    this.#areLimitsKnown = true;
    this.#local = undefined;
    if (!this.#hasBeenCut) this.#size = Math.max(this.#size, knownLimitsWindow);
  }

  /** A request succeeded while `active` were in flight. A window that is not used does not grow. */
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

  /** Growth for each success: the window at most doubles in a round. */
  get #step(): number {
    if (this.#areLimitsKnown) return 1;
    return this.#hasBeenCut ? 4 / this.#size : 0.5;
  }

  /**
   * Shrinks the window after the server refused request number `sequence`. Requests that were in flight at the
   * last cut fail for the same reason and do not count again. `newest` is the number of the last request sent.
   */
  cut(kind: 'rate_limit' | 'overloaded', sequence: number, newest: number): void {
    if (sequence <= this.#cutAtSequence) return;
    this.#size = Math.max(1, this.#size * (kind === 'rate_limit' ? 0.7 : 0.85));
    this.#hasBeenCut = true;
    this.#cutAtSequence = newest;
  }
}
