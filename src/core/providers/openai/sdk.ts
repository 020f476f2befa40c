import { OpenAI } from 'openai/client';
import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import type { Exchange } from '../http/exchange.ts';
import {
  type SdkClient,
  type SdkClientOptions,
  sdkFetch,
  signalOptions,
  withoutEnvironment,
} from '../sdkClient.ts';

/** The body of a Responses API request. */
export type OpenAiRequest = ResponseCreateParamsStreaming;

/** The only way to the OpenAI SDK. */
export function createOpenAiClient({ endpoint, send }: SdkClientOptions): SdkClient<OpenAiRequest> {
  const client = withoutEnvironment(
    () =>
      new OpenAI({
        baseURL: endpoint.baseUrl,
        // The SDK does not start without a key; the header takes it back.
        apiKey: endpoint.apiKey ?? 'none',
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        defaultHeaders: endpoint.apiKey === undefined ? { Authorization: null } : {},
        maxRetries: 0,
        logLevel: 'off',
        fetch: sdkFetch(send),
      }),
  );
  return {
    create: async (body, signal) => {
      const response = await client.responses.create(body, signalOptions(signal)).asResponse();
      return response as unknown as Exchange;
    },
    get: async (path, query, signal) => {
      const response = await client.get(path, { query, ...signalOptions(signal) }).asResponse();
      return response as unknown as Exchange;
    },
  };
}
