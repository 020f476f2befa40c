import { createHttpProvider, type HttpProviderOptions } from '../api/apiProvider.ts';
import type { HttpProtocol } from '../api/protocol.ts';
import { defaultBaseUrls } from '../baseUrl.ts';
import { resolveEndpoint } from '../endpoint.ts';
import type { Provider } from '../provider.ts';
import { AnthropicAssembler } from './assembler.ts';
import {
  anthropicEffort,
  anthropicHead,
  anthropicMessages,
  anthropicTail,
  sendsThinkingBack,
  thinkingSentBack,
} from './request.ts';
import type { AnthropicRequest } from './sdk.ts';

const protocol: HttpProtocol<AnthropicRequest> = {
  id: 'anthropic',
  loadClient: async (options) => {
    const { createAnthropicClient } = await import('./sdk.ts');
    return createAnthropicClient(options);
  },
  fitEffort: anthropicEffort,
  buildHead: anthropicHead,
  buildMessages: anthropicMessages,
  buildTail: anthropicTail,
  messagesField: 'messages',
  createAssembler: (options) => new AnthropicAssembler(options),
  models: {
    path: '/v1/models',
    query: (afterId) => ({
      limit: '1000',
      ...(afterId === undefined ? {} : { after_id: afterId }),
    }),
    describes: true,
  },
  ownFields: [
    { name: 'thinking.adaptive.display', inMessage: /\bthinking\.(adaptive\.)?display\b/ },
    {
      name: 'tool_choice',
      inMessage: /\btool_choice\b/,
      isIn: ({ toolChoice }) => toolChoice !== undefined,
    },
    {
      name: thinkingSentBack,
      inMessage: /\b(redacted_)?thinking\b|\bsignature\b/i,
      // Once it may be the fault of one history; the vendor takes back what is valid.
      times: 2,
      isIn: (request, { isVendor }) => !isVendor && sendsThinkingBack(request),
    },
    { name: 'diagnostics', inMessage: /\bdiagnostics\b/, isIn: (_, { isVendor }) => isVendor },
  ],
};

/**
 * The Anthropic Messages API, or a server compatible with it. The base URL stands without `/v1`, but
 * may have it. Throws a `UserError` when base URL or key cannot be used.
 */
export function createAnthropicProvider(options: HttpProviderOptions): Provider {
  const baseUrl = (options.baseUrl ?? defaultBaseUrls.anthropic).trim().replace(/\/+(v1\/*)?$/, '');
  return createHttpProvider(protocol, resolveEndpoint(baseUrl, options.apiKey), options);
}
