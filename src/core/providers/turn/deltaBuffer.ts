import type { TurnObserver } from '../provider.ts';

/**
 * Joins the deltas of one chunk of bytes into one, because an observer's call costs far more than
 * parsing a delta. Content and order of what the observer gets stay the same.
 */
export class DeltaBuffer {
  readonly #observer: TurnObserver;
  #text = '';
  #thinking = '';

  constructor(observer: TurnObserver) {
    this.#observer = observer;
  }

  readonly onText = (delta: string): void => {
    if (this.#thinking !== '') this.flush();
    this.#text += delta;
  };

  /** Needs no flush: `flush` passes on text before thinking. */
  readonly onThinking = (delta: string): void => {
    this.#thinking += delta;
  };

  /** Not joined with deltas: only the first one says something new. */
  readonly onToolCall = (): void => this.#observer.onToolCall?.();

  flush(): void {
    const text = this.#text;
    const thinking = this.#thinking;
    this.#text = '';
    this.#thinking = '';
    if (text !== '') this.#observer.onText?.(text);
    if (thinking !== '') this.#observer.onThinking?.(thinking);
  }
}
