import { joinLines } from './joinLines.ts';
import { readNumberWords } from './numberWords.ts';
import type { MathSymbol, Token } from './token.ts';

/**
 * Thousands separators need groups of exactly three digits and no space after the separator:
 * `1,234` is one number, `1, 234` are two. Dates, versions, times of day and numbers with attached
 * letters are words.
 */
const pattern = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<odd>\d{4}-\d{2}-\d{2}(?!\d)|\d+(?:\.\d+){2,}|\d{1,2}:\d{2})`,
    String.raw`(?<number>(?:(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)|\d[\d_]*)(?:\.\d+)?|\.\d+)` +
      String.raw`(?:e[+-]?\d+)?(?![\p{L}_]))`,
    String.raw`(?<mixed>[\d.]+[\p{L}_][\p{L}\p{N}_.-]*)`,
    String.raw`(?<word>\p{L}+(?:['’._/\\-]+[\p{L}\p{N}]+)*)`,
    String.raw`(?<equals>=\s*(?=[?.;]|$))`,
    String.raw`(?<power>\*\*)`,
    '(?<mark>[^])',
  ].join('|'),
  'giu',
);

const symbols: ReadonlyMap<string, MathSymbol> = new Map([
  ['+', '+'],
  ['-', '-'],
  ['−', '-'],
  ['–', '-'],
  ['*', '*'],
  ['×', '*'],
  ['⋅', '*'],
  ['·', '*'],
  ['/', '/'],
  ['÷', '/'],
  ['∕', '/'],
  ['^', '^'],
  ['(', '('],
  [')', ')'],
  ['%', '%'],
]);

const superscripts: ReadonlyMap<string, number> = new Map([
  ['²', 2],
  ['³', 3],
]);

/** Quotation, emphasis, code, currency and list marks that mean nothing for a sum. */
const ignoredMarks = '`"\'“”‘’_#$€£[]:';
const stopMarks = '.?!;…—';

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const line = joinLines(text);
  for (const match of line.matchAll(pattern)) {
    const rest = line.slice(match.index + match[0].length, match.index + match[0].length + 8);
    tokens.push(...tokensOf(match, tokens.at(-1), rest));
  }
  tokens.push({ kind: 'stop' });
  return readNumberWords(tokens);
}

function tokensOf(
  match: RegExpMatchArray,
  before: Token | undefined,
  rest: string,
): readonly Token[] {
  const groups = match.groups ?? {};
  if (groups.space !== undefined) return groups.space.includes('\n') ? [{ kind: 'stop' }] : [];
  if (groups.equals !== undefined) return [];
  if (groups.number !== undefined) return [numberToken(groups.number)];
  if (groups.power !== undefined) {
    return isBetweenOperands(before, rest) ? [{ kind: 'symbol', symbol: '^' }] : [];
  }
  if (groups.mark !== undefined) return markTokens(groups.mark, before, rest);
  return [{ kind: 'word', word: match[0].toLowerCase().replaceAll('’', "'") }];
}

function markTokens(mark: string, before: Token | undefined, rest: string): readonly Token[] {
  if (mark === ',') return [{ kind: 'comma' }];
  if (stopMarks.includes(mark)) return [{ kind: 'stop' }];
  if (ignoredMarks.includes(mark)) return [];
  const exponent = superscripts.get(mark);
  if (exponent !== undefined) {
    return [
      { kind: 'symbol', symbol: '^' },
      { kind: 'number', value: exponent },
    ];
  }
  const symbol = symbols.get(mark);
  if (symbol === undefined) return [{ kind: 'word', word: mark }];
  // An asterisk outside operands is emphasis.
  if (mark === '*' && !isBetweenOperands(before, rest)) return [];
  return [{ kind: 'symbol', symbol }];
}

function isBetweenOperands(before: Token | undefined, rest: string): boolean {
  const endsOperand =
    before?.kind === 'number' || (before?.kind === 'symbol' && before.symbol === ')');
  return endsOperand && /^\s*[\d(.$−+-]/.test(rest);
}

function numberToken(text: string): Token {
  const value = Number(text.replace(/[,_\u00a0\u2009\u202f]/g, ''));
  return Number.isFinite(value) ? { kind: 'number', value } : { kind: 'word', word: text };
}
