import type { ModelPrice } from '../../shared/modelPrice.ts';

/** What requests use: turns, tokens and dollars. */
export interface Amount {
  readonly turns: number;
  readonly tokens: number;
  readonly dollars: number;
}

/** Vendors charge at most this many times the list price for a long request or another tier. */
export const maxPriceFactor = 2;

/** Tolerance for rounding in sums of dollars: a limit that is met exactly is not exceeded. */
export const roundingUsd = 1e-9;

/** Nothing used. */
export const none: Amount = { turns: 0, tokens: 0, dollars: 0 };

/** Both amounts together. */
export function sum(a: Amount, b: Amount): Amount {
  return {
    turns: a.turns + b.turns,
    tokens: a.tokens + b.tokens,
    dollars: a.dollars + b.dollars,
  };
}

/** The smaller of each part. */
export function min(a: Amount, b: Amount): Amount {
  return {
    turns: Math.min(a.turns, b.turns),
    tokens: Math.min(a.tokens, b.tokens),
    dollars: Math.min(a.dollars, b.dollars),
  };
}

/** Whether there is room for anything. */
export function isPositive({ turns, tokens, dollars }: Amount): boolean {
  return turns > 0 && tokens > 0 && dollars > roundingUsd;
}

/** Whether an amount fits into what is left. */
export function fits({ turns, tokens, dollars }: Amount, left: Amount): boolean {
  return turns <= left.turns && tokens <= left.tokens && dollars <= left.dollars + roundingUsd;
}

/** The most that a request with these tokens can use. */
export function amountOf(input: number, output: number, price: ModelPrice | undefined): Amount {
  const tokens = input + output;
  if (price === undefined) return { turns: 1, tokens, dollars: 0 };
  const { inputUsd, outputUsd } = ratesOf(input, price);
  return { turns: 1, tokens, dollars: input * inputUsd + output * outputUsd };
}

/** Output tokens that still fit together with this input; 0 when none do. */
export function outputWithin(room: Amount, input: number, price: ModelPrice | undefined): number {
  if (room.turns < 1) return 0;
  const tokens = room.tokens - input;
  if (price === undefined) return Math.floor(tokens);
  const { inputUsd, outputUsd } = ratesOf(input, price);
  const dollars = room.dollars + roundingUsd - input * inputUsd;
  // Free output, at zero dollars, is unlimited as long as the input can be paid.
  return Math.max(0, Math.floor(Math.min(tokens, dollars / outputUsd)));
}

/** Max dollars for one token. */
function ratesOf(input: number, { dearerAbove, ...price }: ModelPrice) {
  const times = dearerAbove !== undefined && input > dearerAbove ? maxPriceFactor : 1;
  const dearest = Math.max(price.input, price.cacheRead, price.cacheWrite);
  return { inputUsd: (times * dearest) / 1e6, outputUsd: (times * price.output) / 1e6 };
}
