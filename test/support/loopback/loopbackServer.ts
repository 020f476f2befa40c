import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One thing a reply does. A reply is done step by step; each `send` is a write of its own. */
export type ReplyStep =
  | { readonly do: 'head'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly do: 'send'; readonly bytes: string | Uint8Array }
  /** Goes on when the promise is settled. */
  | { readonly do: 'wait'; readonly for: Promise<unknown> }
  /** Ends the response as HTTP wants it. */
  | { readonly do: 'end' }
  /** Closes the connection in the middle of the response. */
  | { readonly do: 'cut' }
  /** Resets the connection (RST). */
  | { readonly do: 'reset' }
  /** Writes bytes to the socket without HTTP around them, then closes it. */
  | { readonly do: 'raw'; readonly bytes: string };

/** Steps without an `end`, `cut`, `reset` or `raw` stall: the connection stays open and silent. */
export type Reply = readonly ReplyStep[];

/** One reply a request, or a function that answers any number. */
export type Replies = readonly Reply[] | ((request: RecordedRequest) => Reply);

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Counts the sockets of this server from 1, in the order in which they were opened. */
  readonly socket: number;
  /** Resolves when the request's connection has closed. */
  readonly closed: Promise<void>;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:port`, where nothing else was asked for. */
  readonly url: string;
  /** All requests so far, in the order in which their bodies were complete. */
  readonly requests: readonly RecordedRequest[];
  /** How many connections there have been. */
  readonly socketsOpened: number;
  /** How many of them are open. */
  readonly socketsOpen: number;
  /** `host:port` of everything it was asked to be a proxy for; it is none and refuses. */
  readonly connects: readonly string[];
  /** Replies that no request has used. */
  readonly repliesLeft: number;
  /** How many clients gave up a connection before it was encrypted. */
  readonly handshakesFailed: number;
  /** Closes all connections, without a word. */
  closeConnections(): void;
  /** Closes the server and all its connections. */
  close(): Promise<void>;
}

/** Where a server listens, and how. */
export interface ListenOptions {
  /** 127.0.0.1 when absent. */
  readonly address?: '127.0.0.1' | '::1';
  /** Speaks HTTPS with this certificate and its key. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/**
 * Starts a server on this machine that answers by script: a list of replies, one a request, or a
 * function that answers any number. A request beyond the list gets status 500. `port` 0 is any free one.
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
    // Every request waits for its socket's end.
    socket.setMaxListeners(0);
    // A client that hangs up is what many tests are about.
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
    // The client hung up while it was still sending; what came is recorded.
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
      // Lets the other side read, so that this write comes as a piece of its own.
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
