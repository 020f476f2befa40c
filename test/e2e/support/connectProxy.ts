import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** The way out of a window that has no network: a proxy that lets nothing through. */
export interface ConnectProxy {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `host:port` of what was asked for, one for each request. */
  readonly asked: readonly string[];
  /** Every byte that came, after the request for a host too. */
  received(): string;
  close(): Promise<void>;
}

/** Starts a proxy that notes where requests want to go, and refuses them. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let received = '';
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(502).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('connect', (request, socket, head) => {
    asked.push(request.url ?? '');
    received += `${request.rawHeaders.join('\n')}\n${head.toString('latin1')}`;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
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
