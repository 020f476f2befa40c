import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One step of a reply. Steps run in order; each `send` is a write of its own. */
export type ReplyStep =
  | { readonly do: 'head'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly do: 'send'; readonly bytes: string | Uint8Array }
  /** Continues when the promise settles. */
  | { readonly do: 'wait'; readonly for: Promise<unknown> }
  /** Ends the response properly. */
  | { readonly do: 'end' }
  /** Closes the connection in the middle of the response. */
  | { readonly do: 'cut' }
  /** Resets the connection (RST). */
  | { readonly do: 'reset' }
  /** Writes raw bytes to the socket, without HTTP, then closes it. */
  | { readonly do: 'raw'; readonly bytes: string };

/**
 * Without `end`, `cut`, `reset` or `raw`, the reply stalls: the connection stays open and silent.
 */
export type Reply = readonly ReplyStep[];

/** One reply per request, or a function for any number of requests. */
export type Replies = readonly Reply[] | ((request: RecordedRequest) => Reply);

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Numbers the server's sockets from 1 in the order in which they opened. */
  readonly socket: number;
  /** Resolves when the request's connection has closed. */
  readonly closed: Promise<void>;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:port` by default. */
  readonly url: string;
  /** All requests so far, in the order in which their bodies were complete. */
  readonly requests: readonly RecordedRequest[];
  /** Number of connections so far. */
  readonly socketsOpened: number;
  /** Number of open connections. */
  readonly socketsOpen: number;
  /** `host:port` of all CONNECT requests. The server is no proxy and refuses them. */
  readonly connects: readonly string[];
  /** Number of unused replies. */
  readonly repliesLeft: number;
  /** Number of clients that disconnected before TLS was established. */
  readonly handshakesFailed: number;
  /** Closes all connections without a response. */
  closeConnections(): void;
  /** Closes the server and all its connections. */
  close(): Promise<void>;
}

/** Where and how a server listens. */
export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly address?: '127.0.0.1' | '::1';
  /** The certificate and key for HTTPS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/**
 * Starts a local server that answers by script: a list with one reply per request, or a function.
 * Requests beyond the list get status 500. `port` 0 chooses a free port.
 */
export async function startLoopbackServer(
  replies: Replies,
  port = 0,
  { address: host = '127.0.0.1', certificate }: ListenOptions = {},
): Promise<LoopbackServer> {
  const requests: RecordedRequest[] = [];
  const sockets = new Map<Socket, number>();
  let used = 0;
  const next = (request: RecordedRequest): Reply => {
    if (typeof replies === 'function') return replies(request);
    used += 1;
    return replies[used - 1] ?? [{ do: 'head', status: 500 }, { do: 'end' }];
  };

  const answer: http.RequestListener = async (incoming, response) => {
    const { socket } = incoming;
    const request: RecordedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: await readText(incoming),
      socket: sockets.get(socket) ?? 0,
      closed: new Promise((resolve) => socket.once('close', () => resolve())),
    };
    requests.push(request);
    await play(next(request), response);
  };
  const server =
    certificate === undefined ? http.createServer(answer) : https.createServer(certificate, answer);
  const connection = certificate === undefined ? 'connection' : 'secureConnection';
  server.keepAliveTimeout = 0;
  server.on(connection, (socket: Socket) => {
    sockets.set(socket, sockets.size + 1);
    // Every request listens for its socket's end.
    socket.setMaxListeners(0);
    // Many tests disconnect clients on purpose.
    socket.on('error', () => undefined);
  });
  let handshakesFailed = 0;
  server.on('tlsClientError', () => {
    handshakesFailed++;
  });
  const connects: string[] = [];
  server.on('connect', ({ url }, socket) => {
    connects.push(url ?? '');
    socket.end('HTTP/1.1 501 Not Implemented\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `${certificate ? 'https' : 'http'}://${host === '::1' ? '[::1]' : host}:${address.port}`,
    requests,
    connects,
    get socketsOpened() {
      return sockets.size;
    },
    get handshakesFailed() {
      return handshakesFailed;
    },
    get socketsOpen() {
      return [...sockets.keys()].filter(({ destroyed }) => !destroyed).length;
    },
    closeConnections: () => {
      for (const socket of sockets.keys()) socket.destroy();
    },
    get repliesLeft() {
      return typeof replies === 'function' ? 0 : Math.max(replies.length - used, 0);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.keys()) socket.destroy();
      await closed;
    },
  };
}

async function readText(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    // The client disconnected while sending. Record what arrived.
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function play(reply: Reply, response: http.ServerResponse): Promise<void> {
  for (const step of reply) {
    if (response.destroyed) return;
    await playStep(step, response);
  }
}

async function playStep(step: ReplyStep, response: http.ServerResponse): Promise<void> {
  switch (step.do) {
    case 'head':
      response.writeHead(step.status, step.headers ?? {});
      response.flushHeaders();
      return;
    case 'send':
      await new Promise<void>((resolve) => response.write(step.bytes, () => resolve()));
      // Lets the other side read, so that each write arrives separately.
      await new Promise<void>((resolve) => setImmediate(resolve));
      return;
    case 'wait':
      await step.for;
      return;
    case 'end':
      await new Promise<void>((resolve) => response.end(() => resolve()));
      return;
    case 'cut':
      response.socket?.destroy();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'raw':
      response.socket?.end(step.bytes);
      return;
  }
}
