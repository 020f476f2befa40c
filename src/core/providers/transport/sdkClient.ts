import type { Endpoint } from '../endpoint.ts';
import {
  type Exchange,
  exchangeOf,
  type SendBody,
  type SendHeaders,
  type SendOutcome,
  type SendRequest,
} from './exchange.ts';

/** The body of a turn's request. */
export interface TurnBody<Body> {
  /** As the SDK takes it. */
  whole(): Body;
  /** As it is sent: the same as JSON. */
  readonly json: SendBody;
}

/** Has an SDK build and authorise requests, and sends them. Rejects only when one cannot be built. */
export interface SdkClient<Body> {
  /** Asks for a streamed turn. */
  create(body: TurnBody<Body>, signal: AbortSignal): Promise<SendOutcome>;
  /** Asks for what is at a path below the base URL. */
  get(path: string, query: Query, signal: AbortSignal): Promise<SendOutcome>;
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

/** What a request carries through an SDK, which hands such options on to its `fetch`. */
interface OwnOptions {
  /**
   * Brings the signal to the transport past the SDK, which would leave a listener on it until the
   * garbage collector finds the response.
   */
  readonly ownSignal?: AbortSignal;
  /** Takes the request in place of the transport: nothing is sent. */
  readonly onBuilt?: (request: BuiltRequest) => void;
}

/** Options of a request through an SDK. */
interface RequestOptions {
  readonly fetchOptions: object;
}

/** A request as an SDK has built it, without its body. */
interface BuiltRequest {
  readonly url: string;
  readonly headers: SendHeaders;
}

/** The transport in the form of the `fetch` that the SDKs take. */
export function sdkFetch(send: SendRequest): typeof fetch {
  const lean = async (url: string, init: RequestInit & OwnOptions): Promise<Exchange> => {
    const headers = sendHeaders(init.headers as Headers);
    if (init.onBuilt !== undefined) {
      init.onBuilt({ url, headers });
      return exchangeOf(url, { error: new Error('The request was built only.') });
    }
    const method = init.method?.toUpperCase() === 'GET' ? 'GET' : 'POST';
    const body = init.body as string | undefined;
    const signal = init.ownSignal as AbortSignal;
    return exchangeOf(url, await send(url, { method, headers, body, signal }));
  };
  // Of `Response`, the SDKs touch nothing but what an `Exchange` has.
  return lean as unknown as typeof fetch;
}

/** Without those in which the SDKs tell of the machine: its system, its processor, its runtime. */
function sendHeaders(headers: Headers): SendHeaders {
  const own = [...headers].filter(([name]) => !name.startsWith('x-stainless-'));
  return { ...Object.fromEntries(own), 'accept-encoding': 'identity' };
}

/**
 * Sends the turns of one client. Its requests differ in nothing but their bodies, so that the SDK
 * builds the first of them, and address and headers of that one serve them all: building them each
 * time would cost as much as sending them. `build` has the SDK make a request.
 */
export function turnSender<Body>(
  send: SendRequest,
  build: (body: Body, options: RequestOptions) => Promise<unknown>,
): SdkClient<Body>['create'] {
  let built: Promise<BuiltRequest> | undefined;
  const buildFor = async (body: Body): Promise<BuiltRequest> => {
    const { promise, resolve } = Promise.withResolvers<BuiltRequest>();
    await build(body, { fetchOptions: { onBuilt: resolve } satisfies OwnOptions });
    return promise;
  };
  return async (body, signal) => {
    built ??= buildFor(body.whole()).catch((error: unknown) => {
      // What cannot be built for one body may be for another.
      built = undefined;
      throw error;
    });
    const { url, headers } = await built;
    return send(url, { method: 'POST', headers, body: body.json, signal });
  };
}

/** Sends the other requests of one client. `build` has the SDK make a request. */
export function getSender(
  build: (path: string, options: RequestOptions & { query: Query }) => Promise<unknown>,
): SdkClient<never>['get'] {
  return async (path, query, ownSignal) => {
    const fetchOptions = { ownSignal } satisfies OwnOptions;
    const response = (await build(path, { query, fetchOptions })) as Exchange;
    return response.outcome;
  };
}
