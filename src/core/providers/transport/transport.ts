import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import { codeOf } from '../../base/errors.ts';
import { reachOf } from '../../base/hostReach.ts';
import type { WorkSlices } from '../../base/workSlices.ts';
import type { SendOutcome, SendRequest } from './exchange.ts';
import { Preconnector } from './preconnect.ts';
import { type ProxyVariables, proxyOf } from './proxy.ts';
import { openRequest, type Sending, type SendOptions, sendOnce, type Target } from './sendOnce.ts';

/** Options of a transport. */
export interface TransportOptions {
  /** The only origin that requests may go to. */
  readonly origin: string;
  /** `host:port`, for messages. */
  readonly host: string;
  /** Time until the head of a response must have arrived, in ms. It may change. */
  readonly headersTimeoutMs: number;
  /** Called when the head of a turn's response has not arrived in that time. */
  readonly onHeadersTimeout?: (waitedMs: number) => void;
  readonly clock: Clock;
  /** In which responses are taken and read. */
  readonly slices: WorkSlices;
  /** Proxies to use for origins that are not on this machine; none when absent. */
  readonly proxies?: ProxyVariables | undefined;
}

/** Sends requests over a pool of keep-alive sockets. */
export interface Transport extends Disposable {
  readonly send: SendRequest;
  /** Preconnects for `count` turns that follow soon. */
  prepare(count: number): void;
}

/**
 * How long an idle socket is kept, in ms: long enough for a conversation to find one after a slow tool.
 * TCP keep-alive probes hold it open through firewalls and notice when it is gone.
 */
const idleSocketMs = 240_000;
/** A reused socket that is reset within this time, in ms, was closed by the server beforehand. */
const staleSocketMs = 2_000;
/** Stale sockets that one request replaces before it fails. */
const maxStaleSockets = 5;

/**
 * A minimal `fetch`: no redirects, no web streams, no decompression, one socket for each request in
 * flight. `dispose` closes idle sockets at once and the others when their requests end.
 */
export function createTransport(options: TransportOptions): Transport {
  const agent = createAgent(options);
  const proxies = proxiesOf(options);
  const proxy = proxies && proxyOf(options.origin, proxies);
  const targetOf = targetReader(options.origin);
  const preconnector = new Preconnector(
    ({ url, headers }) =>
      openRequest({ target: targetOf(url), agent }, { method: 'POST', headers }),
    options.clock,
  );
  const sendOptions: SendOptions = {
    host: options.host,
    get headersTimeoutMs() {
      return options.headersTimeoutMs;
    },
    onHeadersTimeout: options.onHeadersTimeout,
    clock: options.clock,
    slices: options.slices,
    agent,
    proxy,
  };
  const onRequest = (request: http.ClientRequest): void => preconnector.sending(request);
  return {
    send: (url, init) => {
      const target = targetOf(url);
      if (init.method === 'GET') return send(sendOptions, { target, init });
      const preconnected = preconnector.take(url, init.headers);
      return send(sendOptions, { target, init, onRequest }, preconnected);
    },
    prepare: (count) => preconnector.prepare(count),
    dispose: () => {
      preconnector.dispose();
      closeIdleSockets(agent);
    },
  };
}

function createAgent(options: TransportOptions): http.Agent {
  const proxies = proxiesOf(options);
  const agentOptions = {
    keepAlive: true,
    maxFreeSockets: Number.POSITIVE_INFINITY,
    timeout: idleSocketMs,
    // When absent, VS Code's own proxy handling applies.
    ...(proxies === undefined ? {} : { proxyEnv: { ...proxies } }),
  };
  const isSecure = options.origin.startsWith('https:');
  const agent = isSecure ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  // All of its sockets go to one origin in one way. Node would put a name together for each request, twice.
  agent.getName = () => options.origin;
  return agent;
}

function proxiesOf({ origin, proxies }: TransportOptions): ProxyVariables | undefined {
  return reachOf(new URL(origin).hostname) === 'loopback' ? undefined : proxies;
}

function closeIdleSockets(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

/** Parses URLs of the origin and caches the last one: nearly all requests go to the same URL. */
function targetReader(origin: string): (url: string) => Target | undefined {
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

/** Sends a request, again on another socket when its socket turns out to be stale. */
async function send(
  options: SendOptions,
  sending: Sending,
  preconnected?: http.ClientRequest,
): Promise<SendOutcome> {
  const { clock } = options;
  for (let stale = 0; ; stale++) {
    const sentMs = clock.now();
    const outcome = await sendOnce(options, sending, stale === 0 ? preconnected : undefined);
    if (!('isReused' in outcome)) return outcome;
    const { error, isReused } = outcome;
    const isStale = isReused && clock.now() - sentMs <= staleSocketMs && isReset(error);
    if (!isStale || stale >= maxStaleSockets || sending.init.signal.aborted) return { error };
  }
}

function isReset(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}
