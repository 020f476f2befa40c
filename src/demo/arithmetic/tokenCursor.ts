import type { MathSymbol, Token } from './token.ts';

/** The text is not arithmetic the parser understands. Never leaves the parser. */
export class NotArithmetic extends Error {
  override readonly name = 'NotArithmetic';
}

/** The text nests too deeply or takes too long to parse. Stops all parsing. */
export class TooComplex extends Error {
  override readonly name = 'TooComplex';
}

const maxNesting = 60;
const maxSteps = 20_000;

/**
 * A position in a list of tokens. `take…` methods advance if the tokens match, and return whether
 * they did.
 */
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

  /** Takes the first matching phrase; the words of a phrase are separated by one space. */
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

  /** Parses a part of the grammar that may contain itself; throws when it nests too deeply. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    this.#steps += 1;
    if (this.#depth > maxNesting || this.#steps > maxSteps) throw new TooComplex();
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** Parses an optional part of the grammar; resets the position when it is missing. */
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
