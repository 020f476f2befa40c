import type { ModelPrice } from '../../../shared/modelPrice.ts';

/** When the prices below were last checked against their sources. */
export const pricesDate = '2026-11-20';

/** Input tokens above which OpenAI's large models cost more. */
const longOpenAiInput = 272_000;

/**
 * List prices of the standard tier, in US dollars for a million tokens. Some models cost more for long
 * inputs (`dearerAbove`); the cost of such requests is shown as a minimum. Sources: the vendors' price pages
 * (platform.claude.com/docs/en/about-claude/pricing, developers.openai.com/api/docs/pricing).
 * The price of other models is unknown; the setting `interleave.prices` adds and corrects prices.
 */
const listPrices: { readonly [model: string]: ModelPrice } = {
  'claude-fable-5-1': { input: 10, output: 50, cacheRead: 0.25, cacheWrite: 12.5 },
  'claude-fable-5': { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 },
  'claude-opus-5-5': { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 },
  'claude-opus-5': { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  'claude-opus-4-8': { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  'claude-opus-4-7': { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  'claude-opus-4-6': { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  'claude-opus-4-5': { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  'claude-sonnet-5-5': { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
  'claude-sonnet-5': { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 },
  'claude-sonnet-4-6': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  'claude-sonnet-4-5': {
    input: 3,
    output: 15,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    dearerAbove: 200_000,
  },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 },
  'claude-haiku-4-5': { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  'gpt-6.1-sol': {
    input: 2,
    output: 10,
    cacheRead: 0.1,
    cacheWrite: 2.5,
    dearerAbove: longOpenAiInput,
  },
  'gpt-6.1-terra': {
    input: 1,
    output: 5,
    cacheRead: 0.05,
    cacheWrite: 1.25,
    dearerAbove: longOpenAiInput,
  },
  'gpt-6-sol': {
    input: 2,
    output: 10,
    cacheRead: 0.2,
    cacheWrite: 2.5,
    dearerAbove: longOpenAiInput,
  },
  'gpt-6-luna': {
    input: 0.1,
    output: 0.5,
    cacheRead: 0.01,
    cacheWrite: 0.125,
    dearerAbove: longOpenAiInput,
  },
  'gpt-5.6-terra': {
    input: 2,
    output: 12,
    cacheRead: 0.2,
    cacheWrite: 2.5,
    dearerAbove: longOpenAiInput,
  },
};

/** The models with a list price. */
export const pricedModels: readonly string[] = Object.keys(listPrices);

const free: ModelPrice = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** What a price depends on. */
export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  /** False for a compatible server, which has its own prices. */
  readonly isVendor: boolean;
}

/**
 * The price of a model; undefined when it is unknown. Prices from the settings (`own`) come first, by the
 * exact id; then the list prices, for which a date at the end of the id is ignored.
 */
export function priceOf(
  { provider, model, isVendor }: PricedModel,
  own: { readonly [model: string]: ModelPrice } = {},
): ModelPrice | undefined {
  // VS Code reports no usage.
  if (provider === 'vscode') return undefined;
  if (Object.hasOwn(own, model)) return own[model];
  if (provider === 'demo') return free;
  if (!isVendor) return undefined;
  const undated = model.replace(/-\d{8}$|-\d{4}-\d{2}-\d{2}$/, '');
  return Object.hasOwn(listPrices, undated) ? listPrices[undated] : undefined;
}
