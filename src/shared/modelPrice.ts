import type { RunEstimate, Usage } from './conversationEvents.ts';
import { formatCount } from './quantities.ts';

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input that is read from the prompt cache. */
  readonly cacheRead: number;
  /** Input that is written to the prompt cache. */
  readonly cacheWrite: number;
}

/** What the tokens cost, in US dollars. The cost of a sum is the sum of the costs. */
export function costOf(usage: Usage, price: ModelPrice): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const plain = inputTokens - cacheReadTokens - cacheWriteTokens;
  const dollars =
    plain * price.input +
    outputTokens * price.output +
    cacheReadTokens * price.cacheRead +
    cacheWriteTokens * price.cacheWrite;
  return dollars / 1_000_000;
}

/** A cost with the model's price, or null when price or usage is not known and so it cannot be said. */
export function costOrUnknown(usage: Usage, price: ModelPrice | undefined): number | null {
  if (usage.incomplete) return null;
  if (price !== undefined) return costOf(usage, price);
  return usage.inputTokens + usage.outputTokens === 0 ? 0 : null;
}

/** A sum that is unknown as soon as one of its parts is. */
export function addCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** What a run will send at least, in words; empty when that costs nothing: `at least 1.2k tokens in, $0.004`. */
export function formatEstimate({ inputTokens, costUsd }: RunEstimate): string {
  if (costUsd === 0) return '';
  const cost = costUsd === null ? 'cost –' : formatCost(costUsd);
  return `at least ${formatCount(inputTokens)} tokens in, ${cost}`;
}

/** `$0.31`, `$0.004`, `$0`; an unknown cost is `–`, never 0. */
export function formatCost(dollars: number | null): string {
  if (dollars === null) return '–';
  if (dollars === 0) return '$0';
  if (dollars < 0.0005) return '<$0.001';
  return dollars < 0.1 ? `$${dollars.toFixed(3)}` : `$${dollars.toFixed(2)}`;
}
