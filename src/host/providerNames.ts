import type { ProviderId } from '../core/providers/provider.ts';

/** What people call the providers. */
export const providerNames: { readonly [P in ProviderId]: string } = {
  vscode: 'VS Code',
  anthropic: 'Anthropic',
  openai: 'OpenAI',
  demo: 'Demo Model',
};

/** All providers, in the order in which they are offered. */
export const offeredProviders: readonly ProviderId[] = ['vscode', 'anthropic', 'openai', 'demo'];
