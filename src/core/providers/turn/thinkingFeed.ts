/** Passes a turn's thinking on, with an empty line between parts that are not one text. */
export class ThinkingFeed {
  readonly #onThinking: ((delta: string) => void) | undefined;
  #part: unknown;
  #begun = false;

  constructor(onThinking: ((delta: string) => void) | undefined) {
    this.#onThinking = onThinking;
  }

  /** Takes the next piece of a part; parts are told apart by identity. */
  push(part: unknown, text: string): void {
    if (text === '') return;
    const isNext = this.#begun && part !== this.#part;
    this.#part = part;
    this.#begun = true;
    this.#onThinking?.(isNext ? `\n\n${text}` : text);
  }
}
