import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { WorkSlices } from '../../base/workSlices.ts';
import { ProviderError } from '../providerError.ts';
import type { OpenResponse, SendBody, SendInit, SendOutcome } from './exchange.ts';
import { startIdleTimer } from './idleTimer.ts';
import { describeNetworkError } from './networkError.ts';
import { proxyFailure } from './proxy.ts';
import { headersTimeoutError } from './timeoutErrors.ts';

/** Where a request goes, as Node's request options. */
export type Target = Pick<http.RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'>;

/** A request to send, and how. */
export interface Sending {
  /** `host:port`, for messages. */
  readonly host: string;
  readonly headersTimeoutMs: number;
  readonly clock: Clock;
  readonly slices: WorkSlices;
  readonly agent: http.Agent;
  /** Undefined for a URL outside the transport's origin: sending fails then. */
  readonly target: Target | undefined;
  readonly init: SendInit;
  readonly proxy: URL | undefined;
  /** A request with an open connection on which nothing was sent yet. */
  readonly preconnected?: http.ClientRequest | undefined;
  /** Called right before the body is written. */
  readonly onRequest?: (request: http.ClientRequest) => void;
}

/** A failed connection. `isReused` tells whether an earlier request had used its socket. */
export interface SendFailure {
  readonly error: unknown;
  readonly isReused: boolean;
}

/** Sends a request once and settles when the head of its response has arrived. Never rejects. */
export async function sendOnce(sending: Sending): Promise<SendOutcome | SendFailure> {
  const { signal } = sending.init;
  if (signal.aborted) {
    sending.preconnected?.destroy();
    return { error: signal.reason };
  }
  try {
    const request = sending.preconnected ?? openRequest({ ...sending, ...sending.init });
    return await new Attempt(sending, request).outcome;
  } catch (error) {
    return { error };
  }
}

/** One request on its way. It settles once; after that only its end matters. */
class Attempt {
  readonly #sending: Sending;
  readonly #request: http.ClientRequest;
  readonly #outcome = Promise.withResolvers<SendOutcome | SendFailure>();
  readonly #released = Promise.withResolvers<void>();
  readonly #timer: ReturnType<typeof startIdleTimer>;
  #isSettled = false;

  constructor(sending: Sending, request: http.ClientRequest) {
    this.#sending = sending;
    this.#request = request;
    const { clock, headersTimeoutMs, host, init } = sending;
    this.#timer = startIdleTimer(clock, headersTimeoutMs, () =>
      this.#abort(headersTimeoutError(host, headersTimeoutMs)),
    );
    init.signal.addEventListener('abort', this.#onAbort, { once: true });
    const { slices } = sending;
    // In slices all of them, so that they keep their order.
    request.on('response', (response) => slices.run(() => this.#onResponse(response)));
    request.on('upgrade', (response, socket) => slices.run(() => this.#onSwitch(response, socket)));
    request.on('connect', (response, socket) => slices.run(() => this.#onSwitch(response, socket)));
    request.on('error', (error) => slices.run(() => this.#onError(error)));
    request.on('close', () => slices.run(() => this.#onClose()));
    try {
      sending.onRequest?.(request);
      sendBody(request, init.body);
    } catch (error) {
      this.#abort(error);
    }
  }

  get outcome(): Promise<SendOutcome | SendFailure> {
    return this.#outcome.promise;
  }

  readonly #onAbort = (): void => this.#abort(this.#sending.init.signal.reason);

  #settle(outcome: OpenResponse | { readonly error: unknown } | SendFailure): void {
    this.#isSettled = true;
    this.#timer.stop();
    this.#outcome.resolve(outcome);
  }

  #abort(error: unknown): void {
    this.#settle({ error });
    this.#request.destroy();
  }

  #onResponse(response: http.IncomingMessage): void {
    // Informational responses have events of their own; one that arrives here is a protocol switch.
    const isFinal = (response.statusCode ?? 0) >= 200;
    const { slices } = this.#sending;
    if (isFinal) this.#settle({ response, released: this.#released.promise, slices });
    else this.#abort(protocolSwitchError(response, this.#sending));
  }

  /** Node hands the socket over to the listener, so it has to be closed here. */
  #onSwitch(response: http.IncomingMessage, socket: Duplex): void {
    this.#abort(protocolSwitchError(response, this.#sending));
    socket.destroy();
  }

  #onError(failure: Error): void {
    const { proxy, host } = this.#sending;
    const error = (proxy && proxyFailure(failure, proxy, host)) ?? failure;
    this.#settle({ error, isReused: this.#request.reusedSocket });
  }

  #onClose(): void {
    if (!this.#isSettled) this.#settle({ error: describeNetworkError(undefined, this.#sending) });
    this.#sending.init.signal.removeEventListener('abort', this.#onAbort);
    this.#released.resolve();
  }
}

interface Opening extends Pick<SendInit, 'method' | 'headers'> {
  readonly target: Target | undefined;
  readonly agent: http.Agent;
}

/** Opens the connection of a request. Nothing is sent on it yet. */
export function openRequest({ target, agent, method, headers }: Opening): http.ClientRequest {
  if (target === undefined) throw new Error('A request was about to leave its origin.');
  // Looked up at each call: VS Code patches these functions to support proxies and certificates.
  const open = target.protocol === 'https:' ? https.request : http.request;
  return open({ ...target, method, headers, agent });
}

function sendBody(request: http.ClientRequest, body: SendBody | undefined): void {
  if (body === undefined || typeof body === 'string') {
    request.end(body);
    return;
  }
  const { head, rest } = body;
  request.setHeader('content-length', head.length + Buffer.byteLength(rest));
  request.write(head);
  request.end(rest);
}

/** The server switched protocols, as for a web socket, though no request asks for that. */
function protocolSwitchError(
  { statusCode }: http.IncomingMessage,
  { host }: Sending,
): ProviderError {
  return new ProviderError(
    `${host} switched to another protocol instead of answering (HTTP ${statusCode}). ` +
      'Check the base URL, and whether a proxy stands in between.',
    { kind: 'protocol', httpStatus: statusCode },
  );
}
