import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { readBody } from './requestBody.ts';
import { defaultSettings, type SimulatorSettings } from './settings.ts';
import { Simulation } from './simulation.ts';

/** A listening simulator. */
export interface Simulator {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** The same over TLS; absent without a certificate. */
  readonly tlsUrl?: string;
  close(): Promise<void>;
}

/**
 * Starts a server on the loopback interface: the Messages API at `/v1/messages`, the Responses API
 * at `/v1/responses`. `GET /stats` returns statistics; `POST /reset` restarts with the settings in
 * its body.
 */
export async function startSimulator(
  settings: SimulatorSettings = defaultSettings,
  certificate?: Certificate,
): Promise<Simulator> {
  let simulation = new Simulation(settings);
  const answer: RequestListener = (request, response) => {
    if (request.url === '/stats') {
      sendJson(response, simulation.statistics.snapshot());
    } else if (request.url === '/reset') {
      readBody(request, (text) => {
        simulation.end();
        simulation = new Simulation(JSON.parse(text) as SimulatorSettings);
        sendJson(response, {});
      });
    } else {
      simulation.handle(request, response);
    }
  };
  const server = createServer(answer);
  const tlsServer = certificate === undefined ? undefined : https.createServer(certificate, answer);
  tlsServer?.on('secureConnection', (socket) => {
    simulation.statistics.shookHands(socket.isSessionReused());
  });
  const servers = tlsServer === undefined ? [server] : [server, tlsServer];
  await Promise.all(servers.map(listen));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    ...(tlsServer === undefined ? {} : { tlsUrl: `https://127.0.0.1:${portOf(tlsServer)}` }),
    close: async () => {
      simulation.end();
      await Promise.all(servers.map(close));
    },
  };
}

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

type AnyServer = Server | https.Server;

function portOf(server: AnyServer): number {
  return (server.address() as AddressInfo).port;
}

function close(server: AnyServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function listen(server: AnyServer): Promise<void> {
  // Clients keep sockets for longer than Node's default of five seconds.
  server.keepAliveTimeout = 120_000;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.timeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve);
  });
}

function sendJson(response: ServerResponse<IncomingMessage>, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
