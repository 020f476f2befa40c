import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import { reachOf } from '../hostReach.ts';
import { ProviderError } from '../providerError.ts';
import type { SendBody, SendInit, SendOutcome, SendRequest } from './exchange.ts';
import { headersTimeout } from './headersTimeout.ts';
import { startIdleWatch } from './idleTimer.ts';
import { describeNetworkError } from './networkError.ts';
import { OpenedAhead } from './preconnect.ts';
import type { ProxyVariables } from './proxy.ts';
import { proxyFailure, proxyOf } from './proxy.ts';

export interface TransportOptions {
  /** The only origin that anything is sent to. */
  readonly origin: string;
  /** How messages name it. */
  readonly host: string;
  /** Milliseconds until the head of the response must have arrived. */
  readonly headersTimeoutMs: number;
  readonly clock: Clock;
  /** The proxies to use, for origins that are not on this machine; none when absent. */
  readonly proxies?: ProxyVariables | undefined;
}

/** Sends requests over sockets that are kept and used again. */
export interface Transport extends Disposable {
  readonly send: SendRequest;
  /** Opens connections for so many requests like the newest that was sent to be answered in a stream. */
  prepare(count: number): void;
}

/**
 * An idle socket is kept so long, in ms, so that a conversation finds one after a slow tool. Probes of
 * the system (TCP keep-alive) keep firewalls on the way from forgetting it, and notice when one has.
 */
const idleSocketMs = 240_000;
/** A used socket that fails within this time, in ms, was closed by the server before the request. */
const staleWithinMs = 2_000;
/** How many such sockets one request passes over. */
const mostStale = 5;

/**
 * A `fetch` without what these APIs do not need: no redirects, no web streams, no
 * decompression, and one socket for each request in flight. `dispose` closes idle sockets at once
 * and the others when their requests end.
 */
export function createTransport(options: TransportOptions): Transport {
  const secure = options.origin.startsWith('https:');
  const isLocal = reachOf(new URL(options.origin).hostname) === 'loopback';
  const proxies = isLocal ? undefined : options.proxies;
  const agentOptions = {
    keepAlive: true,
    maxFreeSockets: Number.POSITIVE_INFINITY,
    timeout: idleSocketMs,
    // Without this, whatever VS Code does to requests holds.
    ...(proxies === undefined ? {} : { proxyEnv: { ...proxies } }),
  };
  const proxy = proxies && proxyOf(options.origin, proxies);
  const agent = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  const targetOf = targetReader(options.origin);
  const ahead = new OpenedAhead(
    ({ url, headers }) => openRequest({ target: targetOf(url), agent, method: 'POST', headers }),
    options.clock,
  );
  return {
    send: (url, init) => {
      const { method, headers } = init;
      const target = targetOf(url);
      if (method === 'GET') return send({ ...options, agent, target, init, proxy });
      const opened = ahead.take({ url, headers });
      const onRequest = (request: http.ClientRequest): void => ahead.sending(request);
      return send({ ...options, agent, target, init, proxy, opened, onRequest });
    },
    prepare: (count) => ahead.prepare(count),
    dispose: () => {
      ahead.dispose();
      agent.maxFreeSockets = 0;
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) socket.destroy();
      }
    },
  };
}

/** Where a request goes, in the form that Node takes; undefined when that is not to be. */
type Target = Pick<http.RequestOptions, 'protocol' | 'hostname' | 'port' | 'path'> | undefined;

/** Takes URLs apart, the same one only once, for most requests go to the same. */
function targetReader(origin: string): (url: string) => Target {
  let last: { readonly url: string; readonly target: Target } | undefined;
  return (url) => {
    if (!url.startsWith(`${origin}/`)) return undefined;
    if (last?.url !== url) {
      const { protocol, hostname, port, path } = urlToHttpOptions(new URL(url));
      last = { url, target: { protocol, hostname, port, path } };
    }
    return last.target;
  };
}

interface Sending extends TransportOptions {
  readonly agent: http.Agent;
  readonly target: Target;
  readonly init: SendInit;
  readonly proxy: URL | undefined;
  /** A request to send it with, whose connection is there. */
  readonly opened?: http.ClientRequest | undefined;
  /** Hears of the request when all that is left to do is to send it. */
  readonly onRequest?: (request: http.ClientRequest) => void;
}

/** Sends a request, again where its socket turns out to have been closed before. */
async function send(sending: Sending): Promise<SendOutcome> {
  for (let stale = 0; ; stale++) {
    const sentMs = sending.clock.now();
    const opened = stale === 0 ? sending.opened : undefined;
    const outcome = await sendOnce({ ...sending, opened });
    if (!('isReused' in outcome)) return outcome;
    const { error, isReused } = outcome;
    const isStale = isReused && sending.clock.now() - sentMs <= staleWithinMs && isReset(error);
    if (!isStale || stale >= mostStale || sending.init.signal.aborted) return { error };
  }
}

/** What Node says when the other side has closed a connection. */
function isReset(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

/** A connection that failed; `isReused` tells whether an earlier request had used it. */
interface SendFailure {
  readonly error: unknown;
  readonly isReused: boolean;
}

function sendOnce(sending: Sending): Promise<SendOutcome | SendFailure> {
  const { init, clock, headersTimeoutMs, proxy, host } = sending;
  const { signal, body } = init;
  if (signal.aborted) {
    sending.opened?.destroy();
    return Promise.resolve({ error: signal.reason });
  }
  return new Promise<SendOutcome | SendFailure>((resolve) => {
    const request = sending.opened ?? openRequest({ ...sending, ...init });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let isSettled = false;
    const settle = (outcome: SendOutcome | SendFailure): void => {
      isSettled = true;
      watch.stop();
      resolve(outcome);
    };
    const giveUp = (error: unknown): void => {
      settle({ error });
      request.destroy();
    };
    const onAbort = (): void => giveUp(signal.reason);
    const watch = startIdleWatch(clock, headersTimeoutMs, () =>
      giveUp(headersTimeout(sending.host, headersTimeoutMs)),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    request.on('response', (response) => {
      if (isFinal(response)) settle({ response, released });
      else giveUp(noHttpAnswer(response, sending));
    });
    // Node leaves the socket to whoever listens: nobody here speaks another protocol on it.
    const onSwitch = (response: http.IncomingMessage, socket: Duplex): void => {
      giveUp(noHttpAnswer(response, sending));
      socket.destroy();
    };
    request.on('upgrade', onSwitch);
    request.on('connect', onSwitch);
    request.on('error', (failure) => {
      const error = (proxy && proxyFailure(failure, proxy, host)) ?? failure;
      settle({ error, isReused: request.reusedSocket });
    });
    request.on('close', () => {
      // Whatever the reason: nothing more comes, and the signal is not listened to from here on.
      if (!isSettled) settle({ error: describeNetworkError(undefined, sending) });
      signal.removeEventListener('abort', onAbort);
      release();
    });
    try {
      sending.onRequest?.(request);
      sendBody(request, body);
    } catch (error) {
      giveUp(error);
    }
  }).catch((error: unknown) => ({ error }));
}

/** Whether it is the answer itself. One that only announces an answer comes here by mistake. */
function isFinal({ statusCode = 0 }: http.IncomingMessage): boolean {
  return statusCode >= 200;
}

interface Opening extends Pick<SendInit, 'method' | 'headers'> {
  readonly target: Target;
  readonly agent: http.Agent;
}

/** Opens the connection; nothing is sent on it yet. */
function openRequest({ target, agent, method, headers }: Opening): http.ClientRequest {
  if (target === undefined) throw new Error('A request was about to leave its origin.');
  // Looked up at each call, for VS Code replaces these functions to serve proxies and certificates.
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

/** The server leaves HTTP, as for a web socket, though nobody asked it to. */
function noHttpAnswer({ statusCode }: http.IncomingMessage, { host }: Sending): ProviderError {
  return new ProviderError(
    `${host} switched to another protocol instead of answering (HTTP ${statusCode}). ` +
      'Check the base URL, and whether a proxy stands in between.',
    { kind: 'protocol', httpStatus: statusCode },
  );
}
