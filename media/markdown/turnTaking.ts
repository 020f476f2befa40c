/**
 * Does one piece of costly work in each task of the page, in the order in which it was asked for: whatever
 * else the page has to do comes between. What is asked for again replaces what still waits.
 */
export class TurnTaking {
  readonly #waiting = new Map<object, () => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  request(owner: object, work: () => void): void {
    this.#waiting.set(owner, work);
    this.#timer ??= setTimeout(this.#next);
  }

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
