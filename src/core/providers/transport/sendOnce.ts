import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { WorkSlices } from '../../base/workSlices.ts';
import { ProviderError } from '../providerError.ts';
import type { OpenResponse, SendBody, SendInit, SendOutcome } from './exchange.ts';
import { type IdleTimer, startIdleTimer } from './idleTimer.ts';
import { describeNetworkError } from './networkError.ts';
import { proxyFailure } from './proxy.ts';
import { headersTimeoutError } from './timeoutErrors.ts';

/** Where a request goes, as Node's request options. */
export type Target = Pick<http.RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'>;

/** How all requests of a transport are sent. */
export interface SendOptions {
  /** `host:port`, for messages. */
  readonly host: string;
  /** Time until the head of a response must have arrived, in ms. It may change. */
  readonly headersTimeoutMs: number;
  /** Called when the head of a turn's response has not arrived in that time. */
  readonly onHeadersTimeout?: ((waitedMs: number) => void) | undefined;
  readonly clock: Clock;
  readonly slices: WorkSlices;
  readonly agent: http.Agent;
  readonly proxy: URL | undefined;
}

/** A request to send. */
export interface Sending {
  /** Undefined for a URL outside the transport's origin: sending fails then. */
  readonly target: Target | undefined;
  readonly init: SendInit;
  /** Called right before the body is written. */
  readonly onRequest?: (request: http.ClientRequest) => void;
}

/** A failed connection. `isReused` tells whether an earlier request had used its socket. */
export interface SendFailure {
  readonly error: unknown;
  readonly isReused: boolean;
}

/**
 * Sends a request once and settles when the head of its response has arrived. Never rejects. `preconnected` is a
 * request with an open connection on which nothing was sent yet.
 */
export function sendOnce(
  options: SendOptions,
  sending: Sending,
  preconnected: http.ClientRequest | undefined,
): Promise<SendOutcome | SendFailure> {
  const { target, init } = sending;
  if (init.signal.aborted) {
    preconnected?.destroy();
    return Promise.resolve({ error: init.signal.reason });
  }
  try {
    const request = preconnected ?? openRequest({ target, agent: options.agent }, init);
    return new Attempt(options, sending, request).outcome;
  } catch (error) {
    return Promise.resolve({ error });
  }
}

/** One request on its way. It settles once; after that only its end matters. */
class Attempt {
  readonly #options: SendOptions;
  readonly #init: SendInit;
  readonly #request: http.ClientRequest;
  readonly #outcome = Promise.withResolvers<SendOutcome | SendFailure>();
  readonly #released = Promise.withResolvers<void>();
  readonly #timer: IdleTimer;
  #isSettled = false;

  constructor(options: SendOptions, { init, onRequest }: Sending, request: http.ClientRequest) {
    this.#options = options;
    this.#init = init;
    this.#request = request;
    const { clock, headersTimeoutMs, host, slices } = options;
    this.#timer = startIdleTimer(clock, headersTimeoutMs, () => {
      if (init.method === 'POST') options.onHeadersTimeout?.(headersTimeoutMs);
      this.#abort(headersTimeoutError(host, headersTimeoutMs));
    });
    init.signal.addEventListener('abort', this.#onAbort, { once: true });
    // In slices all of them, so that they keep their order.
    request.on('response', (response) => slices.run(() => this.#onResponse(response)));
    request.on('upgrade', (response, socket) => slices.run(() => this.#onSwitch(response, socket)));
    request.on('connect', (response, socket) => slices.run(() => this.#onSwitch(response, socket)));
    request.on('error', (error) => slices.run(() => this.#onError(error)));
    request.on('close', () => slices.run(() => this.#onClose()));
    try {
      onRequest?.(request);
      sendBody(request, init.body);
    } catch (error) {
      this.#abort(error);
    }
  }

  get outcome(): Promise<SendOutcome | SendFailure> {
    return this.#outcome.promise;
  }

  readonly #onAbort = (): void => this.#abort(this.#init.signal.reason);

  #settle(outcome: OpenResponse | { readonly error: unknown } | SendFailure): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if ('response' in outcome) this.#timer.pause();
    else this.#timer.stop();
    this.#outcome.resolve(outcome);
  }

  #abort(error: unknown): void {
    this.#settle({ error });
    this.#request.destroy();
  }

  #onResponse(response: http.IncomingMessage): void {
    // Informational responses have events of their own; one that arrives here is a protocol switch.
    const isFinal = (response.statusCode ?? 0) >= 200;
    const { slices } = this.#options;
    const released = this.#released.promise;
    if (isFinal) this.#settle({ response, released, slices, timer: this.#timer });
    else this.#abort(protocolSwitchError(response, this.#options));
  }

  /** Node hands the socket over to the listener, so it has to be closed here. */
  #onSwitch(response: http.IncomingMessage, socket: Duplex): void {
    this.#abort(protocolSwitchError(response, this.#options));
    socket.destroy();
  }

  #onError(failure: Error): void {
    const { proxy, host } = this.#options;
    const error = (proxy && proxyFailure(failure, proxy, host)) ?? failure;
    this.#settle({ error, isReused: this.#request.reusedSocket });
  }

  #onClose(): void {
    if (!this.#isSettled) this.#settle({ error: describeNetworkError(undefined, this.#options) });
    this.#timer.stop();
    this.#init.signal.removeEventListener('abort', this.#onAbort);
    this.#released.resolve();
  }
}

/** Opens the connection of a request. Nothing is sent on it yet. */
export function openRequest(
  { target, agent }: { readonly target: Target | undefined; readonly agent: http.Agent },
  { method, headers }: Pick<SendInit, 'method' | 'headers'>,
): http.ClientRequest {
  if (target === undefined) throw new Error('A request was about to leave its origin.');
  // Looked up at each call: VS Code patches these functions to support proxies and certificates.
  const open = target.protocol === 'https:' ? https.request : http.request;
  const { protocol, hostname, port, path } = target;
  return open({ protocol, hostname, port, path, method, headers, agent });
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
  { host }: Pick<SendOptions, 'host'>,
): ProviderError {
  return new ProviderError(
    `${host} switched to another protocol instead of answering (HTTP ${statusCode}). ` +
      'Check the base URL, and whether a proxy stands in between.',
    { kind: 'protocol', httpStatus: statusCode },
  );
}
