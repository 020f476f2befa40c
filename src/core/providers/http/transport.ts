import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import { ProviderError } from '../providerError.ts';
import { type Exchange, exchangeOf, type SendInit, type SendRequest } from './exchange.ts';

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
  return {
    send: (url, init) => send({ ...options, agent, url, init }),
    dispose: () => {
      agent.maxFreeSockets = 0;
      for (const sockets of Object.values(agent.freeSockets)) {
        for (const socket of sockets ?? []) socket.destroy();
      }
    },
  };
}

interface Sending extends TransportOptions {
  readonly agent: http.Agent;
  readonly url: string;
  readonly init: SendInit;
}

function send(sending: Sending): Promise<Exchange> {
  const { url, init } = sending;
  return new Promise((resolve) => {
    let request: http.ClientRequest | undefined;
    const settle = (outcome: Exchange['outcome']): void => {
      timer.dispose();
      init.signal.removeEventListener('abort', abort);
      resolve(exchangeOf(url, outcome));
    };
    const giveUp = (error: unknown): void => {
      settle({ error });
      request?.destroy();
    };
    const abort = (): void => giveUp(init.signal.reason);
    const timer = sending.clock.after(sending.headersTimeoutMs, () =>
      giveUp(headersTimeout(sending)),
    );
    if (init.signal.aborted) {
      abort();
      return;
    }
    init.signal.addEventListener('abort', abort, { once: true });
    try {
      request = openRequest(sending);
    } catch (error) {
      giveUp(error);
      return;
    }
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    request.on('response', (response) => settle({ response, released }));
    request.on('close', release);
    request.on('error', (error) => settle({ error }));
    request.end(init.body);
  });
}

function openRequest({ origin, agent, url, init }: Sending): http.ClientRequest {
  if (!url.startsWith(`${origin}/`)) throw new Error('A request was about to leave its origin.');
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  for (const [name, value] of init.headers) headers[name] = value;
  // Looked up at each call, for VS Code replaces these functions to serve proxies and certificates.
  const open = url.startsWith('https:') ? https.request : http.request;
  return open(url, { method: init.method, headers, agent });
}

function headersTimeout({ host, headersTimeoutMs }: Sending): ProviderError {
  const seconds = Math.round(headersTimeoutMs / 1000);
  return new ProviderError(`${host} did not begin to answer within ${seconds} s.`, {
    kind: 'network',
  });
}
