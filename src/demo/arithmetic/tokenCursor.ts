import type { MathSymbol, Token } from './token.ts';

/** Thrown inside the parser where the text is not arithmetic it understands; never leaves it. */
export class NotArithmetic extends Error {
  override readonly name = 'NotArithmetic';
}

/** Thrown when a text nests too deeply or takes too long to read; no other reading is tried. */
export class TooComplex extends Error {
  override readonly name = 'TooComplex';
}

const deepestNesting = 60;
const mostSteps = 20_000;

/** A position in a list of tokens. `take…` moves on when the tokens match, and says whether it did. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  #steps = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#tokens.length;
  }

  peek(offset = 0): Token | undefined {
    return this.#tokens[this.#position + offset];
  }

  peekWord(offset = 0): string {
    const token = this.peek(offset);
    return token?.kind === 'word' ? token.word : '';
  }

  peekSymbol(offset = 0): MathSymbol | '' {
    const token = this.peek(offset);
    return token?.kind === 'symbol' ? token.symbol : '';
  }

  advance(): void {
    this.#position += 1;
  }

  rewind(position: number): void {
    this.#position = position;
  }

  takeSymbol(symbol: MathSymbol): boolean {
    if (this.peekSymbol() !== symbol) return false;
    this.advance();
    return true;
  }

  takeNumber(): number | undefined {
    const token = this.peek();
    if (token?.kind !== 'number') return undefined;
    this.advance();
    return token.value;
  }

  /** Takes the first of the phrases that stands here; phrases are words with one space between. */
  takePhrase<Phrase extends string>(...phrases: readonly Phrase[]): Phrase | undefined {
    for (const phrase of phrases) {
      const words = phrase.split(' ');
      if (!words.every((word, offset) => this.peekWord(offset) === word)) continue;
      this.#position += words.length;
      return phrase;
    }
    return undefined;
  }

  expectPhrase(...phrases: readonly string[]): void {
    if (this.takePhrase(...phrases) === undefined) throw new NotArithmetic(phrases.join(' or '));
  }

  /** Runs a part of the grammar that may contain itself, and stops where that goes too far. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    this.#steps += 1;
    if (this.#depth > deepestNesting || this.#steps > mostSteps) throw new TooComplex();
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** Runs a part of the grammar that may not be here; goes back when it is not. */
  attempt<T>(parse: () => T | undefined): T | undefined {
    const start = this.#position;
    const depth = this.#depth;
    try {
      const result = parse();
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof NotArithmetic)) throw error;
    }
    this.#position = start;
    this.#depth = depth;
    return undefined;
  }
}
