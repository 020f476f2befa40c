import type { ProviderId } from '../core/providers/provider.ts';

/** Display names of the providers. */
export const providerNames: { readonly [P in ProviderId]: string } = {
  vscode: 'VS Code',
  anthropic: 'Anthropic',
  openai: 'OpenAI',
  demo: 'Demo Model',
};

/** All providers, in display order. */
export const offeredProviders: readonly ProviderId[] = ['vscode', 'anthropic', 'openai', 'demo'];
