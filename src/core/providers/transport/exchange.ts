import type { IncomingMessage } from 'node:http';

/** Request headers by their lower-case names. */
export type SendHeaders = { readonly [name: string]: string };

/** A text, or one whose beginning is there as bytes already. */
export type SendBody = string | { readonly head: Buffer; readonly rest: string };

/** Asks for one request; `signal` ends it early, and its response too. */
export interface SendInit {
  readonly method: 'GET' | 'POST';
  readonly headers: SendHeaders;
  /** Undefined for a GET. */
  readonly body: SendBody | undefined;
  readonly signal: AbortSignal;
}

/** A response whose head has arrived. */
export interface Answered {
  readonly response: IncomingMessage;
  /** Resolves when the response is over and its socket can serve the next request. */
  readonly released: Promise<void>;
}

/** The response, or why there is none. */
export type SendOutcome = Answered | { readonly error: unknown };

/** Sends one request and settles when the head of its response has arrived. Never rejects. */
export type SendRequest = (url: string, init: SendInit) => Promise<SendOutcome>;

/**
 * What an SDK takes for a fetch `Response` and hands back untouched; all reading and judging is done
 * outside, where bytes and time are limited.
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
  /** A failure too, for the SDKs wrap what their fetch throws and lose its cause. */
  readonly outcome: SendOutcome;
}

export function exchangeOf(url: string, outcome: SendOutcome): Exchange {
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
