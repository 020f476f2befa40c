/**
 * Runs one piece of costly work per task of the event loop, first in, first out, so that the page stays responsive.
 * New work of the same owner replaces its work in the queue.
 */
export class RenderQueue {
  readonly #waiting = new Map<object, () => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Queues work, or replaces the queued work of the same owner. */
  request(owner: object, work: () => void): void {
    this.#waiting.set(owner, work);
    this.#timer ??= setTimeout(this.#next);
  }

  /** Drops the queued work of an owner. */
  cancel(owner: object): void {
    this.#waiting.delete(owner);
  }

  readonly #next = (): void => {
    this.#timer = undefined;
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [owner, work] = first;
    this.#waiting.delete(owner);
    if (this.#waiting.size > 0) this.#timer = setTimeout(this.#next);
    work();
  };
}
