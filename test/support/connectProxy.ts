import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy on this machine. */
export interface ConnectProxy {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `host:port` of each request. */
  readonly asked: readonly string[];
  /** All bytes received; includes those after a CONNECT request unless the proxy forwards them. */
  received(): string;
  close(): Promise<void>;
}

/** A proxy's behaviour; by default it forwards nothing. */
export interface ConnectProxyOptions {
  /** The response in place of forwarding a connection. */
  readonly refusal?: string;
  /** The local port to which every connection is forwarded, whatever its target. */
  readonly leadsTo?: number;
  /** Required `user:password`; without it the response is 407. */
  readonly credentials?: string;
}

/** Starts a proxy that records the targets of requests. */
export async function startConnectProxy({
  refusal = '502 Bad Gateway',
  leadsTo,
  credentials,
}: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let received = '';
  const isKnown = ({ headers }: http.IncomingMessage): boolean =>
    credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(isKnown(request) ? 502 : 407).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('connect', (request, socket, head) => {
    asked.push(request.url ?? '');
    socket.on('error', () => undefined);
    if (!isKnown(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    if (leadsTo !== undefined) {
      const onward = connect(leadsTo, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      sockets.add(onward);
      onward.on('error', () => socket.destroy());
      return;
    }
    received += `${request.rawHeaders.join('\n')}\n${head.toString('latin1')}`;
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    received: () => received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
