import type { TurnObserver } from '../provider.ts';

/**
 * Joins the pieces of text that arrive together, in one chunk of bytes, so that they are told together:
 * every piece that is told costs far more than reading it. What `flush` tells, and in which order, is
 * what the observer would have heard singly.
 */
export class PieceGatherer {
  readonly #observer: TurnObserver;
  #text = '';
  #thinking = '';

  constructor(observer: TurnObserver) {
    this.#observer = observer;
  }

  readonly onText = (piece: string): void => {
    if (this.#thinking !== '') this.flush();
    this.#text += piece;
  };

  /** Text that came before is told before, for that is what `flush` begins with. */
  readonly onThinking = (piece: string): void => {
    this.#thinking += piece;
  };

  /** Tells what has come together. */
  flush(): void {
    const text = this.#text;
    const thinking = this.#thinking;
    this.#text = '';
    this.#thinking = '';
    if (text !== '') this.#observer.onText?.(text);
    if (thinking !== '') this.#observer.onThinking?.(thinking);
  }
}
