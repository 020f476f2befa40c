import type { IncomingMessage } from 'node:http';
import type { WorkSlices } from '../../base/workSlices.ts';
import type { IdleTimer } from './idleTimer.ts';

/** Request headers by their lower-case names. */
export type SendHeaders = { readonly [name: string]: string };

/** A text, or a text whose first part is already encoded. */
export type SendBody = string | { readonly head: Buffer; readonly rest: string };

/** One request. `signal` aborts it and its response. */
export interface SendInit {
  readonly method: 'GET' | 'POST';
  readonly headers: SendHeaders;
  /** Undefined for a GET. */
  readonly body: SendBody | undefined;
  readonly signal: AbortSignal;
}

/** A response whose head has arrived. */
export interface OpenResponse {
  readonly response: IncomingMessage;
  /** Resolves when the response has ended and its socket is free for the next request. */
  readonly released: Promise<void>;
  /** In which its body is read. */
  readonly slices: WorkSlices;
  /** For the reader of its body. It was paused when the head arrived, and stops when the socket is free. */
  readonly timer: IdleTimer;
}

/** The response, or why there is none. A failure is data: SDKs wrap what their `fetch` throws. */
export type SendOutcome = OpenResponse | { readonly error: unknown };

/** Sends one request and resolves when the head of its response has arrived. Never rejects. */
export type SendRequest = (url: string, init: SendInit) => Promise<SendOutcome>;

/**
 * A stand-in for a fetch `Response`, which the SDKs return unchanged. The body is read and checked outside of the
 * SDK, with limits on size and time.
 */
export interface Exchange {
  /** Always true: an SDK that sees an error reads the body without a limit. */
  readonly ok: true;
  /** 0 when there was no response. */
  readonly status: number;
  readonly url: string;
  readonly headers: {
    get(name: string): string | null;
    entries(): Iterable<[string, string]>;
  };
  readonly body: object;
  readonly outcome: SendOutcome;
}

/** Wraps an outcome for an SDK. */
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

/** A header of a response by its lower-case name. Repeated headers are joined. */
export function headerOf(response: IncomingMessage, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function* headerEntries(response: IncomingMessage): Generator<[string, string]> {
  for (const name of Object.keys(response.headers)) yield [name, headerOf(response, name) ?? ''];
}
