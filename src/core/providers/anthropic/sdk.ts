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

/** The official client with the one resource that is used; the full one is three times as large. */
class MessagesClient extends BaseAnthropic {
  readonly messages = new Messages(this as never);
}

/** The only way to the Anthropic SDK. */
export function createAnthropicClient({
  endpoint,
  send,
}: SdkClientOptions): SdkClient<AnthropicRequest> {
  const client = withoutEnvironment(
    () =>
      new MessagesClient({
        baseURL: endpoint.baseUrl,
        // Without any key the SDK would look for credentials on the disk.
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

/** Gateways and compatible servers often know the older header only, so they get both. */
function authHeaders({
  apiKey,
  origin,
}: SdkClientOptions['endpoint']): Record<string, string | null> {
  if (apiKey === undefined) return { Authorization: null };
  return origin === 'https://api.anthropic.com' ? {} : { 'x-api-key': apiKey };
}
