import type { Endpoint } from '../endpoint.ts';
import {
  type Exchange,
  exchangeOf,
  type SendBody,
  type SendHeaders,
  type SendOutcome,
  type SendRequest,
} from './exchange.ts';

/** The body of a turn's request, in the SDK's form and in the form that is sent. */
export interface TurnBody<Body> {
  /** For the SDK. */
  whole(): Body;
  /** The same as JSON. */
  readonly json: SendBody;
}

/** An SDK that builds and authorises requests; the transport sends them. Rejects only when building fails. */
export interface SdkClient<Body> {
  /** Requests a streamed turn. */
  create(body: TurnBody<Body>, signal: AbortSignal): Promise<SendOutcome>;
  /** GET of a path below the base URL. */
  get(path: string, query: Query, signal: AbortSignal): Promise<SendOutcome>;
}

/** The parameters of a query. */
export type Query = { readonly [name: string]: string };

/** Options of an SDK client. */
export interface SdkClientOptions {
  readonly endpoint: Endpoint;
  readonly send: SendRequest;
}

/**
 * Creates an SDK's client with an empty environment. The SDKs read base URLs, keys, headers and log
 * levels from environment variables, some even when options are given, and the extension host inherits
 * the variables of the user's shell.
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

/** Our own fetch options, which an SDK passes through to its `fetch`. */
interface OwnOptions {
  /** Bypasses the SDK, which would keep a listener on its signal until the response is collected. */
  readonly ownSignal?: AbortSignal;
  /** Receives the built request instead of the transport: nothing is sent. */
  readonly onBuilt?: (request: BuiltRequest) => void;
}

/** Options of a request through an SDK. */
interface RequestOptions {
  readonly fetchOptions: object;
}

/** A request that an SDK has built, without its body. */
interface BuiltRequest {
  readonly url: string;
  readonly headers: SendHeaders;
}

/** The transport as a `fetch` for the SDKs. */
export function sdkFetch(send: SendRequest): typeof fetch {
  const minimal = async (url: string, init: RequestInit & OwnOptions): Promise<Exchange> => {
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
  // The SDKs use nothing of `Response` that an `Exchange` lacks.
  return minimal as unknown as typeof fetch;
}

/** Drops the headers in which the SDKs describe the machine: system, processor, runtime. */
function sendHeaders(headers: Headers): SendHeaders {
  const own = [...headers].filter(([name]) => !name.startsWith('x-stainless-'));
  return { ...Object.fromEntries(own), 'accept-encoding': 'identity' };
}

/**
 * Sends the turns of one client. They differ in their bodies only, so the SDK builds the first one and
 * its URL and headers are reused: building each would cost as much as sending it. `build` calls the SDK.
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
      // Another body may succeed.
      built = undefined;
      throw error;
    });
    const { url, headers } = await built;
    return send(url, { method: 'POST', headers, body: body.json, signal });
  };
}

/** Sends the GET requests of one client. `build` calls the SDK. */
export function getSender(
  build: (path: string, options: RequestOptions & { query: Query }) => Promise<unknown>,
): SdkClient<never>['get'] {
  return async (path, query, ownSignal) => {
    const fetchOptions = { ownSignal } satisfies OwnOptions;
    const response = (await build(path, { query, fetchOptions })) as Exchange;
    return response.outcome;
  };
}
