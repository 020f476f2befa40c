import { type ApiProviderOptions, createApiProvider } from '../api/apiProvider.ts';
import type { ApiProtocol } from '../api/protocol.ts';
import { defaultBaseUrls } from '../baseUrl.ts';
import { resolveEndpoint } from '../endpoint.ts';
import type { Provider } from '../provider.ts';
import { AnthropicAssembler } from './assembler.ts';
import { anthropicBody, anthropicEffort, sendsThinkingBack, thinkingSentBack } from './request.ts';
import type { AnthropicRequest } from './sdk.ts';

const protocol: ApiProtocol<AnthropicRequest> = {
  id: 'anthropic',
  loadClient: async (options) => {
    const { createAnthropicClient } = await import('./sdk.ts');
    return createAnthropicClient(options);
  },
  ...anthropicBody,
  fitEffort: anthropicEffort,
  createAssembler: (options) => new AnthropicAssembler(options),
  models: {
    path: '/v1/models',
    query: (afterId) => ({
      limit: '1000',
      ...(afterId === undefined ? {} : { after_id: afterId }),
    }),
    describes: true,
  },
  optionalFields: [
    { name: 'thinking.adaptive.display', inMessage: /\bthinking\.(adaptive\.)?display\b/ },
    {
      name: 'tool_choice',
      inMessage: /\btool_choice\b/,
      isUsed: ({ toolChoice }) => toolChoice !== undefined,
    },
    {
      name: thinkingSentBack,
      inMessage: /\b(redacted_)?thinking\b|\bsignature\b/i,
      // A single refusal may be due to one conversation. The vendor accepts valid thinking.
      minRefusals: 2,
      isUsed: (request, { isVendor }) => !isVendor && sendsThinkingBack(request),
    },
    { name: 'diagnostics', inMessage: /\bdiagnostics\b/, isUsed: (_, { isVendor }) => isVendor },
  ],
};

/**
 * The Anthropic Messages API, or a compatible server. The base URL may end with `/v1` or not. Throws a
 * `UserError` for an invalid base URL or key.
 */
export function createAnthropicProvider(options: ApiProviderOptions): Provider {
  const baseUrl = (options.baseUrl ?? defaultBaseUrls.anthropic).trim().replace(/\/+(v1\/*)?$/, '');
  return createApiProvider(protocol, resolveEndpoint(baseUrl, options.apiKey), options);
}
