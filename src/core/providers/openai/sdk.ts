import { OpenAI } from 'openai/client';
import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import {
  getSender,
  type SdkClient,
  type SdkClientOptions,
  sdkFetch,
  turnSender,
  withoutEnvironment,
} from '../transport/sdkClient.ts';

/** The body of a Responses API request. */
export type OpenAiRequest = ResponseCreateParamsStreaming;

/** Creates the client. No other file imports the OpenAI SDK. */
export function createOpenAiClient({ endpoint, send }: SdkClientOptions): SdkClient<OpenAiRequest> {
  const client = withoutEnvironment(
    () =>
      new OpenAI({
        baseURL: endpoint.baseUrl,
        // The SDK requires a key. Without one, the header is removed below.
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
    create: turnSender(send, (body, options) =>
      client.responses.create(body, options).asResponse(),
    ),
    get: getSender((path, options) => client.get(path, options).asResponse()),
  };
}
