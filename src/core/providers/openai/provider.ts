import { type ApiProviderOptions, createApiProvider } from '../api/apiProvider.ts';
import type { ApiProtocol } from '../api/protocol.ts';
import { defaultBaseUrls } from '../baseUrl.ts';
import { type Endpoint, resolveEndpoint } from '../endpoint.ts';
import { nearestEffort } from '../models/fitRequest.ts';
import type { Provider } from '../provider.ts';
import { OpenAiAssembler } from './assembler.ts';
import { reasoningFields } from './reasoningItems.ts';
import { openAiBody } from './request.ts';
import type { OpenAiRequest } from './sdk.ts';

const protocol: ApiProtocol<OpenAiRequest> = {
  id: 'openai',
  loadClient: async (options) => {
    const { createOpenAiClient } = await import('./sdk.ts');
    return createOpenAiClient(options);
  },
  ...openAiBody,
  fitEffort: (request, info) => nearestEffort(request, info?.efforts),
  createAssembler: (options) => new OpenAiAssembler(options),
  models: {
    path: '/models',
    query: (afterId): { readonly [name: string]: string } =>
      afterId === undefined ? {} : { after: afterId },
    describes: false,
  },
  optionalFields: [
    { name: 'prompt_cache_key', inMessage: /\bprompt_cache_key\b/ },
    // Only organisations verified by OpenAI get summaries.
    { name: 'reasoning.summary', inMessage: /\breasoning[. ]summar/i },
    { name: 'include', inMessage: /^(?!.*(verif|decrypt|invalid)).*\bencrypted[_ ]content\b/i },
    {
      name: 'tool_choice',
      inMessage: /\btool_choice\b/,
      isUsed: ({ toolChoice }) => toolChoice !== undefined,
    },
    {
      name: 'prompt_cache_options',
      inMessage: /\b(prompt_cache_options|comparison_response_id)\b/,
      isUsed: (_, { isVendor }) => isVendor,
    },
    ...reasoningFields,
  ],
};

/**
 * The OpenAI Responses API, or a compatible server. `/v1` is added to a base URL without a path. Throws a
 * `UserError` for an invalid base URL or key.
 */
export function createOpenAiProvider(options: ApiProviderOptions): Provider {
  const endpoint = resolveEndpoint(options.baseUrl ?? defaultBaseUrls.openai, options.apiKey);
  return createApiProvider(protocol, withVersion(endpoint), options);
}

function withVersion(endpoint: Endpoint): Endpoint {
  const hasPath = endpoint.baseUrl !== endpoint.origin;
  return hasPath ? endpoint : { ...endpoint, baseUrl: `${endpoint.origin}/v1` };
}
