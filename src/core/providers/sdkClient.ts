import type { Endpoint } from './endpoint.ts';
import type { Exchange, SendRequest } from './http/exchange.ts';

/** Has an SDK build and authorise requests, and sends them. Rejects only when one cannot be built. */
export interface SdkClient<Body> {
  /** Asks for a streamed turn. */
  create(body: Body, signal: AbortSignal): Promise<Exchange>;
  /** Asks for what is at a path below the base URL. */
  get(path: string, query: Query, signal: AbortSignal): Promise<Exchange>;
}

export type Query = { readonly [name: string]: string };

export interface SdkClientOptions {
  readonly endpoint: Endpoint;
  readonly send: SendRequest;
}

/**
 * Makes an SDK's client as if no environment variable were set. The SDKs read base URLs, keys,
 * headers and log levels from there, some of them whatever they are given, and an extension host
 * inherits whatever the person's shell has.
 */
export function withoutEnvironment<T>(create: () => T): T {
  const { env } = process;
  process.env = {};
  try {
    return create();
  } finally {
    process.env = env;
  }
}

/** A request's signal, on its way through an SDK that hands such options on to its `fetch`. */
interface SignalOptions {
  readonly ownSignal: AbortSignal;
}

/**
 * Request options that bring the signal to the transport past the SDK, which would leave a listener
 * on it until the garbage collector finds the response.
 */
export function signalOptions(ownSignal: AbortSignal): { readonly fetchOptions: object } {
  return { fetchOptions: { ownSignal } satisfies SignalOptions };
}

/** The transport in the form of the `fetch` that the SDKs take. */
export function sdkFetch(send: SendRequest): typeof fetch {
  const lean = (url: string, init: RequestInit & SignalOptions): Promise<Exchange> =>
    send(url, {
      method: init.method?.toUpperCase() === 'GET' ? 'GET' : 'POST',
      headers: init.headers as Headers,
      body: init.body as string | undefined,
      signal: init.ownSignal,
    });
  // Of `Response`, the SDKs touch nothing but what an `Exchange` has.
  return lean as unknown as typeof fetch;
}
