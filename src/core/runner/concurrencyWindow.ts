/** Model requests under way at one endpoint, to begin with. */
export const initialWindow = 32;
/** More than this are never under way at once, however well it goes. */
export const maxWindow = 512;

/**
 * How many requests may be under way at once where no number is set. It starts low, because servers
 * refuse clients that grow too fast, doubles with each round of successes until the server first says
 * that it is too much, and grows slowly after that.
 */
export class ConcurrencyWindow {
  #size = initialWindow;
  #hasBeenCut = false;
  #cutAtSequence = 0;

  get size(): number {
    return Math.max(1, Math.floor(this.#size));
  }

  /** The server tells how much it takes: it is kept to that, and the window need not find out. */
  open(): void {
    if (!this.#hasBeenCut) this.#size = maxWindow;
  }

  /** A request succeeded while `active` were under way. A window that is not used does not grow. */
  grow(active: number): void {
    if (active < this.#size * 0.8) return;
    const step = this.#hasBeenCut ? 4 / this.#size : 0.5;
    this.#size = Math.min(maxWindow, this.#size + step);
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
