/** What separates the text so far from the next part of it. */
export type Separator = (before: string, next: string) => string;

/** An empty line between two texts, unless whitespace already joins them into one. */
export const lineBetweenTexts: Separator = (before, next) => {
  if (before === '' || next === '') return '';
  return isSpace(before.at(-1)) || isSpace(next[0]) ? '' : '\n\n';
};

/** An empty line between parts, whatever they contain. */
export const lineBetweenParts: Separator = (before) => (before === '' ? '' : '\n\n');

/** The texts of one response as one text. */
export function joinTexts(texts: readonly string[]): string {
  return texts.reduce((whole, text) => whole + lineBetweenTexts(whole, text) + text, '');
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

/** Passes on deltas of several parts as one text, with separators between the parts. */
export class PartFeed {
  readonly #onDelta: (delta: string) => void;
  readonly #separator: Separator;
  #part: unknown;
  #isOpen = false;
  #text = '';

  constructor(onDelta: (delta: string) => void, separator: Separator) {
    this.#onDelta = onDelta;
    this.#separator = separator;
  }

  /** All text so far, with the separators. */
  get text(): string {
    return this.#text;
  }

  /** Takes a delta of a part. Parts are compared by identity; `joins`: the part gets no separator. */
  push(part: unknown, delta: string, joins = false): void {
    if (delta === '') return;
    const isSame = this.#isOpen && part === this.#part;
    const passed = isSame || joins ? delta : this.#separator(this.#text, delta) + delta;
    this.#part = part;
    this.#isOpen = true;
    this.#text += passed;
    this.#onDelta(passed);
  }
}
