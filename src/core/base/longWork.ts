import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long long work may keep the event loop busy in one turn of it, in ms. */
const budgetMs = 5;

/** One long piece of work that stops now and then, so that whatever else the process does is served in between. */
export class LongWork {
  #beganMs = performance.now();

  /** Call it between the parts. Undefined while there is time; else resolves in a later turn of the event loop. */
  pause(): Promise<void> | undefined {
    if (performance.now() - this.#beganMs < budgetMs) return undefined;
    return this.#pause();
  }

  async #pause(): Promise<void> {
    await nextTurn();
    this.#beganMs = performance.now();
  }
}
