import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import {
  type MessageCreateParamsStreaming,
  Messages,
} from '@anthropic-ai/sdk/resources/messages/messages';
import {
  getSender,
  type SdkClient,
  type SdkClientOptions,
  sdkFetch,
  turnSender,
  withoutEnvironment,
} from '../transport/sdkClient.ts';

/** The body of a Messages API request. */
export type AnthropicRequest = MessageCreateParamsStreaming;

/** The official client with only the resource that is needed. The full client is three times as large. */
class MessagesClient extends BaseAnthropic {
  readonly messages = new Messages(this as never);
}

/** Creates the client. No other file imports the Anthropic SDK. */
export function createAnthropicClient({
  endpoint,
  send,
}: SdkClientOptions): SdkClient<AnthropicRequest> {
  const client = withoutEnvironment(
    () =>
      new MessagesClient({
        baseURL: endpoint.baseUrl,
        // Without a key the SDK would search the disk for credentials.
        apiKey: endpoint.apiKey ?? 'none',
        webhookKey: null,
        defaultHeaders: authHeaders(endpoint),
        maxRetries: 0,
        logLevel: 'off',
        openTelemetry: false,
        fetch: sdkFetch(send),
      }),
  );
  return {
    create: turnSender(send, (body, options) => client.messages.create(body, options).asResponse()),
    get: getSender((path, options) => client.get(path, options).asResponse()),
  };
}

/** Gateways and compatible servers often support only one of the two key headers, so they get both. */
function authHeaders({
  apiKey,
  origin,
}: SdkClientOptions['endpoint']): Record<string, string | null> {
  if (apiKey === undefined) return { Authorization: null };
  return origin === 'https://api.anthropic.com' ? {} : { 'x-api-key': apiKey };
}
