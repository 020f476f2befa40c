/**
 * What stands between two texts of one response: an empty line, for they are not one sentence; nothing
 * where one of them has a blank at that place, for then they are.
 */
export function gapBetween(before: string, next: string): string {
  if (before === '' || next === '') return '';
  return isBlank(before.at(-1)) || isBlank(next[0]) ? '' : '\n\n';
}

/** Texts of one response as one. */
export function joinTexts(texts: readonly string[]): string {
  return texts.reduce((whole, text) => whole + gapBetween(whole, text) + text, '');
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

/** Passes a response's text on as it comes, its parts set apart. */
export class TextFeed {
  readonly #onText: (piece: string) => void;
  #part: unknown;
  #isOpen = false;
  #text = '';

  constructor(onText: (piece: string) => void) {
    this.#onText = onText;
  }

  /** All that was passed on. */
  get text(): string {
    return this.#text;
  }

  /** Takes the next piece of a part; `joins` says that the part goes on with the one before. */
  push(part: unknown, piece: string, joins = false): void {
    if (piece === '') return;
    const isSame = this.#isOpen && part === this.#part;
    const told = isSame || joins ? piece : gapBetween(this.#text, piece) + piece;
    this.#part = part;
    this.#isOpen = true;
    this.#text += told;
    this.#onText(told);
  }
}
