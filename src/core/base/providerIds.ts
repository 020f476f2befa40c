/** The ids of the providers. */
export const providerIds = ['anthropic', 'openai', 'vscode', 'demo'] as const;
