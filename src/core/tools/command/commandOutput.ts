import { middleNote, visibleText } from '../../base/text.ts';

/** Max length of the output that is kept of a command, in UTF-16 units. */
export const maxCommandOutput = 1_000_000;

/** What a command prints: its beginning and its end, whatever comes between. Memory stays within the limit. */
export class CommandOutput {
  readonly #half: number;
  #head = '';
  #tail = '';
  #dropped = 0;

  /** `maxLength` in UTF-16 units. */
  constructor(maxLength: number) {
    this.#half = Math.floor(maxLength / 2);
  }

  /** Returns what of it belongs to the beginning. */
  add(text: string): string {
    const begin = text.slice(0, Math.max(0, this.#half - this.#head.length));
    this.#head += begin;
    const rest = text.slice(begin.length);
    if (rest === '') return begin;
    this.#tail += rest;
    // Cut now and then, not with every piece.
    if (this.#tail.length > this.#half * 2) this.#cut();
    return begin;
  }

  /** What comes after the beginning: the end, and before it a note on what is left out. */
  end(): string {
    this.#cut();
    return this.#dropped === 0 ? this.#tail : `${middleNote(this.#dropped)}${this.#tail}`;
  }

  /** Without colours and whatever else steers a terminal. */
  text(): string {
    return visibleText(withoutOverwritten(`${this.#head}${this.end()}`), {
      keepNewlines: true,
    }).trimEnd();
  }

  #cut(): void {
    const excess = this.#tail.length - this.#half;
    if (excess <= 0) return;
    this.#dropped += excess;
    this.#tail = this.#tail.slice(excess);
  }
}

/** Of a line that a progress bar writes over and over, what is left at its end. */
function withoutOverwritten(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.slice(line.trimEnd().lastIndexOf('\r') + 1))
    .join('\n');
}
