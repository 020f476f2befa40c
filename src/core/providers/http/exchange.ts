import type { IncomingMessage } from 'node:http';

/** Asks for one request; `signal` ends it early. */
export interface SendInit {
  readonly method: 'GET' | 'POST';
  readonly headers: Iterable<readonly [string, string]>;
  /** Undefined for a GET. */
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * What a request came to. An SDK takes it for a fetch `Response` and hands it back untouched; all
 * reading and judging is done outside, where bytes and time are limited.
 */
export interface Exchange {
  /** True whatever the status, for an SDK that sees an error reads the body without a limit. */
  readonly ok: true;
  /** 0 when there was no response. */
  readonly status: number;
  readonly url: string;
  readonly headers: {
    get(name: string): string | null;
    entries(): Iterable<[string, string]>;
  };
  readonly body: object;
  /**
   * The response, or why there is none. A failure is passed as a value, because the SDKs wrap what
   * their fetch throws and lose its cause.
   */
  readonly outcome: Answered | { readonly error: unknown };
}

/** A response whose head has arrived. */
export interface Answered {
  readonly response: IncomingMessage;
  /** Resolves when the response is over and its socket can serve the next request. */
  readonly released: Promise<void>;
}

/** Sends one request and settles when the head of its response has arrived. Never rejects. */
export type SendRequest = (url: string, init: SendInit) => Promise<Exchange>;

export function exchangeOf(url: string, outcome: Exchange['outcome']): Exchange {
  const response = 'response' in outcome ? outcome.response : undefined;
  return {
    ok: true,
    status: response?.statusCode ?? 0,
    url,
    headers: {
      get: (name) => (response && headerOf(response, name)) ?? null,
      entries: () => (response ? headerEntries(response) : []),
    },
    body: response ?? outcome,
    outcome,
  };
}

/** A header of a response by its lower-case name; several of one name are joined. */
export function headerOf(response: IncomingMessage, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function* headerEntries(response: IncomingMessage): Generator<[string, string]> {
  for (const name of Object.keys(response.headers)) yield [name, headerOf(response, name) ?? ''];
}
