import type { ConversationState } from '../../src/shared/conversationState.ts';
import { hasOtherAgents } from '../../src/shared/conversationState.ts';
import { formatCost } from '../../src/shared/cost.ts';
import type { ModelPrice } from '../../src/shared/modelPrice.ts';
import type { Usage } from '../../src/shared/usage.ts';
import { visibleLine } from './visibleText.ts';

/** Cost of a conversation so far, in US dollars; null if unknown. */
export function conversationCost(conversation: ConversationState): number | null {
  const { cost, price } = conversation;
  return mayCost(price) || hasOtherAgents(conversation) ? cost.costUsd : 0;
}

/** A cost; `–` if unknown, and empty if it is zero. */
export function costText(dollars: number | null): string {
  return dollars === 0 ? '' : formatCost(dollars);
}

/** How the cost of these conversations is calculated, or why it is unknown. */
export function costTitle(conversations: readonly ConversationState[]): string {
  const unknown = conversations.filter((one) => conversationCost(one) === null);
  if (unknown.length === 0) return 'Cost at the known prices. The provider’s bill may differ.';
  const unpriced = unknown.filter(({ usage }) => usage.incomplete === undefined);
  if (unpriced.length === 0)
    return 'The cost is unknown because the provider did not report all tokens.';
  const models = [...new Set(unpriced.map(({ model }) => visibleLine(model, 100)))].join(', ');
  return `The cost is unknown because there is no price for ${models}. Add it to the setting interleave.prices.`;
}

/**
 * The share of the input that was read from the prompt cache: `71 %`. Rounded, but 0 % and 100 % are exact;
 * undefined if the provider reported no cache.
 */
export function cachedShare(usage: Usage): string | undefined {
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  if (inputTokens === 0 || cacheReadTokens + cacheWriteTokens === 0) return undefined;
  if (cacheReadTokens === 0) return '0 %';
  if (cacheReadTokens >= inputTokens) return '100 %';
  const percent = Math.round((cacheReadTokens / inputTokens) * 100);
  return percent === 0 ? '<1 %' : `${Math.min(99, percent)} %`;
}

/** Whether this price can lead to a cost. An unknown price can. */
export function mayCost(price: ModelPrice | undefined): boolean {
  return price === undefined || Object.values(price).some((dollars) => dollars > 0);
}

/** A price in words: `$4 in, $20 out, $0.20 from the cache, $5 into the cache per million tokens`. */
export function priceText({ input, output, cacheRead, cacheWrite }: ModelPrice): string {
  const parts = [
    `${amount(input)} in`,
    `${amount(output)} out`,
    `${amount(cacheRead)} from the cache`,
    `${amount(cacheWrite)} into the cache`,
  ];
  return `${parts.join(', ')} per million tokens`;
}

function amount(dollars: number): string {
  const cents = Math.abs(dollars * 100 - Math.round(dollars * 100)) < 1e-9;
  return `$${Number.isInteger(dollars) || !cents ? dollars : dollars.toFixed(2)}`;
}
