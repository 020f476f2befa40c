export type MathSymbol = '+' | '-' | '*' | '/' | '^' | '(' | ')' | '%';

export type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'symbol'; readonly symbol: MathSymbol }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'comma' }
  /** The end of a sentence, of a list item or of the text. */
  | { readonly kind: 'stop' };
