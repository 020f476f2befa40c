import type { Usage } from '../../src/shared/conversationEvents.ts';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { formatCost } from '../../src/shared/cost.ts';
import type { ModelPrice } from '../../src/shared/modelPrice.ts';

/** What a conversation has cost so far, in US dollars; null when that cannot be said. */
export function conversationCost({ cost, price }: ConversationState): number | null {
  return mayCost(price) ? cost.costUsd : 0;
}

/** A cost, `–` when it is not known, and nothing at all for what costs nothing. */
export function costText(dollars: number | null): string {
  return dollars === 0 ? '' : formatCost(dollars);
}

/** Where the cost of these conversations comes from, or why it is not known. */
export function costTitle(conversations: readonly ConversationState[]): string {
  const unknown = conversations.filter((one) => conversationCost(one) === null);
  if (unknown.length === 0) return 'Cost at the known prices; what counts is the provider’s bill';
  const unpriced = unknown.filter(({ usage }) => usage.incomplete === undefined);
  if (unpriced.length === 0)
    return 'The cost is not known: the provider did not report all tokens.';
  const models = [...new Set(unpriced.map(({ model }) => model))].join(', ');
  return `The cost is not known: there is no price for ${models}. Add it to the setting interleave.prices.`;
}

/**
 * The share of the input that was read from the prompt cache: `71 %`. It is 0 % or 100 % only when
 * it is exactly that; undefined when the provider said nothing of a cache.
 */
export function cachedShare(usage: Usage): string | undefined {
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  if (inputTokens === 0 || cacheReadTokens + cacheWriteTokens === 0) return undefined;
  if (cacheReadTokens === 0) return '0 %';
  if (cacheReadTokens >= inputTokens) return '100 %';
  const percent = Math.round((cacheReadTokens / inputTokens) * 100);
  return percent === 0 ? '<1 %' : `${Math.min(99, percent)} %`;
}

/** Whether anything is paid for with this price; what is not known may cost something. */
export function mayCost(price: ModelPrice | undefined): boolean {
  return price === undefined || Object.values(price).some((dollars) => dollars > 0);
}

/** A price in words: `$4 in, $20 out, $0.20 from the cache, $5 into the cache for a million tokens`. */
export function priceText({ input, output, cacheRead, cacheWrite }: ModelPrice): string {
  const parts = [
    `${amount(input)} in`,
    `${amount(output)} out`,
    `${amount(cacheRead)} from the cache`,
    `${amount(cacheWrite)} into the cache`,
  ];
  return `${parts.join(', ')} for a million tokens`;
}

function amount(dollars: number): string {
  const cents = Math.abs(dollars * 100 - Math.round(dollars * 100)) < 1e-9;
  return `$${Number.isInteger(dollars) || !cents ? dollars : dollars.toFixed(2)}`;
}
