import type { ProviderId } from '../provider.ts';

/** VS Code chooses its own default model. */
type DefaultedProvider = Exclude<ProviderId, 'vscode'>;

/**
 * The model to use when none is chosen: each provider's general-purpose one, by the model lists of the
 * official SDKs of November 2026.
 */
export const defaultModels: { readonly [P in DefaultedProvider]: string } = {
  anthropic: 'claude-sonnet-5-5',
  openai: 'gpt-6.1-sol',
  demo: 'demo',
};
