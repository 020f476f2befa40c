import type { ModelPrice } from './modelPrice.ts';
import type { RunEstimate } from './plannedRun.ts';
import { formatCount } from './quantities.ts';
import type { Usage } from './usage.ts';

/** What something has cost, in US dollars. */
export interface Cost {
  /** Null if a part of it is unknown. */
  readonly costUsd: number | null;
  /** The known part, a lower bound. */
  readonly knownCostUsd: number;
}

export const noCost: Cost = { costUsd: 0, knownCostUsd: 0 };

/** Whether a request costs more than its tokens at the model's list price. */
export function isDearer({ inputTokens, tier }: Usage, { dearerAbove }: ModelPrice): boolean {
  const isLong = dearerAbove !== undefined && inputTokens > dearerAbove;
  return isLong || (tier !== undefined && !cheaperTiers.has(tier));
}

/** Service tiers at half the standard price. */
const cheaperTiers: ReadonlySet<string> = new Set(['flex', 'batch']);

/** Cost of one request. An unknown cost is null, never 0. */
export function costOfRequest(usage: Usage, price: ModelPrice | undefined): Cost {
  if (price === undefined) return { costUsd: null, knownCostUsd: 0 };
  const share = usage.tier !== undefined && cheaperTiers.has(usage.tier) ? 0.5 : 1;
  const knownCostUsd = costOf(usage, price) * share;
  const isKnown = !usage.incomplete && !isDearer(usage, price) && share === 1;
  return { costUsd: isKnown || isFree(price) ? knownCostUsd : null, knownCostUsd };
}

function isFree({ input, output, cacheRead, cacheWrite }: ModelPrice): boolean {
  return input + output + cacheRead + cacheWrite === 0;
}

export function sumOfCosts(a: Cost, b: Cost): Cost {
  return {
    costUsd: addCosts(a.costUsd, b.costUsd),
    knownCostUsd: a.knownCostUsd + b.knownCostUsd,
  };
}

/** `$0.31`; `at least $0.31` if only a part is known; `–` if nothing is. */
export function costWords({ costUsd, knownCostUsd }: Cost): string {
  if (costUsd !== null || knownCostUsd === 0) return formatCost(costUsd);
  return `at least ${formatCost(knownCostUsd)}`;
}

/** Cost of the tokens in US dollars. Additive: the cost of a sum is the sum of the costs. */
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

/** Cost at the model's price; null if price or usage is unknown. */
export function costOrUnknown(usage: Usage, price: ModelPrice | undefined): number | null {
  if (usage.incomplete) return null;
  if (price !== undefined) return costOf(usage, price);
  return usage.inputTokens + usage.outputTokens === 0 ? 0 : null;
}

/** The sum; null if one of the parts is null. */
export function addCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** The minimum that a run will send: `at least 1.2k tokens in, $0.004`; empty for a model that is free. */
export function formatEstimate({ inputTokens, costUsd }: RunEstimate): string {
  if (costUsd === 0) return '';
  const cost = costUsd === null ? 'cost unknown' : formatCost(costUsd);
  return `at least ${formatCount(inputTokens)} tokens in, ${cost}`;
}

/** `$0.31`, `$0.004`, `$0`; an unknown cost is `–`, never 0. */
export function formatCost(dollars: number | null): string {
  if (dollars === null) return '–';
  if (dollars === 0) return '$0';
  if (dollars < 0.0005) return '<$0.001';
  return dollars < 0.1 ? `$${dollars.toFixed(3)}` : `$${dollars.toFixed(2)}`;
}
