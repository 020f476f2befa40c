import type { ProviderId } from '../provider.ts';

/** Providers whose default model is known before they are asked. */
type DefaultedProvider = Exclude<ProviderId, 'vscode'>;

/**
 * The model that is asked when none is chosen: each provider's general-purpose one, by the model lists
 * of the official SDKs of November 2026.
 */
export const defaultModels: { readonly [P in DefaultedProvider]: string } = {
  anthropic: 'claude-sonnet-5-5',
  openai: 'gpt-6.1-sol',
  demo: 'demo',
};
