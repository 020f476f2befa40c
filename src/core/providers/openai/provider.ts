import { createHttpProvider, type HttpProviderOptions } from '../api/apiProvider.ts';
import type { HttpProtocol } from '../api/protocol.ts';
import { defaultBaseUrls } from '../baseUrl.ts';
import { type Endpoint, resolveEndpoint } from '../endpoint.ts';
import { nearestEffort } from '../models/fitRequest.ts';
import type { Provider } from '../provider.ts';
import { OpenAiAssembler } from './assembler.ts';
import { reasoningQuirks } from './reasoningItems.ts';
import { openAiHead, openAiInput, openAiTail } from './request.ts';
import type { OpenAiRequest } from './sdk.ts';

const protocol: HttpProtocol<OpenAiRequest> = {
  id: 'openai',
  loadClient: async (options) => {
    const { createOpenAiClient } = await import('./sdk.ts');
    return createOpenAiClient(options);
  },
  fitEffort: (request, info) => nearestEffort(request, info?.efforts),
  buildHead: openAiHead,
  buildMessages: openAiInput,
  buildTail: openAiTail,
  messagesField: 'input',
  createAssembler: (options) => new OpenAiAssembler(options),
  models: {
    path: '/models',
    query: (afterId): { readonly [name: string]: string } =>
      afterId === undefined ? {} : { after: afterId },
    describes: false,
  },
  ownFields: [
    { name: 'prompt_cache_key', inMessage: /\bprompt_cache_key\b/ },
    // Summaries are for organisations that OpenAI has verified.
    { name: 'reasoning.summary', inMessage: /\breasoning[. ]summar/i },
    { name: 'include', inMessage: /^(?!.*(verif|decrypt|invalid)).*\bencrypted[_ ]content\b/i },
    {
      name: 'tool_choice',
      inMessage: /\btool_choice\b/,
      isIn: ({ toolChoice }) => toolChoice !== undefined,
    },
    {
      name: 'prompt_cache_options',
      inMessage: /\b(prompt_cache_options|comparison_response_id)\b/,
      isIn: (_, { isVendor }) => isVendor,
    },
    ...reasoningQuirks,
  ],
};

/**
 * The OpenAI Responses API, or a server compatible with it. The base URL ends with `/v1`, which is
 * added when there is no path at all. Throws a `UserError` when base URL or key cannot be used.
 */
export function createOpenAiProvider(options: HttpProviderOptions): Provider {
  const endpoint = resolveEndpoint(options.baseUrl ?? defaultBaseUrls.openai, options.apiKey);
  return createHttpProvider(protocol, withVersion(endpoint), options);
}

function withVersion(endpoint: Endpoint): Endpoint {
  const hasPath = endpoint.baseUrl !== endpoint.origin;
  return hasPath ? endpoint : { ...endpoint, baseUrl: `${endpoint.origin}/v1` };
}
