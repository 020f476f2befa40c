import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import type { SendBody, SendInit, SendOutcome, SendRequest } from './exchange.ts';
import { headersTimeout } from './headerPatience.ts';
import { startIdleWatch } from './idleWatch.ts';
import { OpenedAhead } from './openedAhead.ts';

export interface TransportOptions {
  /** The only origin that anything is sent to. */
  readonly origin: string;
  /** How messages name it. */
  readonly host: string;
  /** Milliseconds until the head of the response must have arrived. */
  readonly headersTimeoutMs: number;
  readonly clock: Clock;
}

/** Sends requests over sockets that are kept and used again. */
export interface Transport extends Disposable {
  readonly send: SendRequest;
  /** Opens connections for so many requests like the newest that was sent to be answered in a stream. */
  prepare(count: number): void;
}

/** An idle socket is given up after this time, before a firewall on the way silently forgets it. */
const idleSocketMs = 30_000;

/**
 * A `fetch` without what these APIs do not need: no redirects, no web streams, no
 * decompression, and one socket for each request in flight. `dispose` closes idle sockets at once
 * and the others when their requests end.
 */
export function createTransport(options: TransportOptions): Transport {
  const secure = options.origin.startsWith('https:');
  const agentOptions = {
    keepAlive: true,
    maxFreeSockets: Number.POSITIVE_INFINITY,
    timeout: idleSocketMs,
  };
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
      if (method === 'GET') return send({ ...options, agent, target, init });
      const opened = ahead.take({ url, headers });
      const onRequest = (request: http.ClientRequest): void => ahead.sending(request);
      return send({ ...options, agent, target, init, opened, onRequest });
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
  /** A request to send it with, whose connection is there. */
  readonly opened?: http.ClientRequest | undefined;
  /** Hears of the request when all that is left to do is to send it. */
  readonly onRequest?: (request: http.ClientRequest) => void;
}

function send(sending: Sending): Promise<SendOutcome> {
  const { init, clock, headersTimeoutMs } = sending;
  const { signal, body } = init;
  if (signal.aborted) {
    sending.opened?.destroy();
    return Promise.resolve({ error: signal.reason });
  }
  return new Promise<SendOutcome>((resolve) => {
    const request = sending.opened ?? openRequest({ ...sending, ...init });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const settle = (outcome: SendOutcome): void => {
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
    request.on('response', (response) => settle({ response, released }));
    request.on('error', (error) => settle({ error }));
    request.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      release();
    });
    sending.onRequest?.(request);
    sendBody(request, body);
  }).catch((error: unknown) => ({ error }));
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
