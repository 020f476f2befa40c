import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { JsonObject } from '../shared/json.ts';
import { messageOf } from '../shared/thrown.ts';
import { anthropicProtocol } from './anthropicWire.ts';
import { decideReply } from './decideReply.ts';
import { demoModels, findDemoModel } from './demoModels.ts';
import type { DemoRequest } from './demoRequest.ts';
import { streamEvents } from './eventStream.ts';
import { fingerprint } from './fingerprint.ts';
import { openaiProtocol } from './openaiWire.ts';
import { paceReply, replyDuration } from './pacing.ts';
import type { Protocol } from './protocol.ts';
import { readJsonBody } from './requestBody.ts';
import { modelNotFound, RequestFault } from './requestFault.ts';

export interface DemoServerOptions {
  /** Multiplies every delay: 1 (the default) is human pace, 0 answers at once. */
  readonly pace?: number;
}

/** A running demo model. */
export interface DemoServer {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** The base URL for clients of the Anthropic Messages API. */
  readonly anthropicBaseUrl: string;
  /** The base URL for clients of the OpenAI Responses API. */
  readonly openaiBaseUrl: string;
  /** Closes all connections and stops all answers at once. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the demo model on a free loopback port. It is stateless: every answer follows from its
 * request. It accepts any credential or none, and only this machine can reach it.
 */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const pace = options.pace ?? 1;
  if (!Number.isFinite(pace) || pace < 0) {
    throw new RangeError(`The demo model's pace must be 0 or greater, not ${pace}.`);
  }
  const server = createServer((request, response) => {
    void handle(request, response, pace);
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  let closed: Promise<void> | undefined;
  return {
    origin,
    anthropicBaseUrl: origin,
    openaiBaseUrl: `${origin}/v1`,
    close: () => {
      closed ??= closeServer(server);
      return closed;
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('The demo model could not open a port on 127.0.0.1.'));
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Answers one request. Turns every error into an error of the request's protocol. */
async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  pace: number,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const protocol = protocolFor(path, request);
  try {
    checkHost(request);
    if (path === '/v1/models' || path.startsWith('/v1/models/')) {
      allowMethod(request, 'GET');
      sendJson(response, 200, describeModels(protocol, path));
    } else if (path === '/v1/messages' || path === '/v1/responses') {
      allowMethod(request, 'POST');
      answer(
        response,
        protocol,
        protocol.parse(await readJsonBody(request), request.headers),
        pace,
      );
    } else {
      throw new RequestFault('not_found', `${path} does not exist on the demo model's server.`);
    }
  } catch (error) {
    sendFault(response, protocol, toFault(error));
  }
}

/** Chooses by path, or else by the header that only Anthropic's clients send. */
function protocolFor(path: string, request: IncomingMessage): Protocol {
  if (path === '/v1/messages') return anthropicProtocol;
  if (path === '/v1/responses') return openaiProtocol;
  return request.headers['anthropic-version'] === undefined ? openaiProtocol : anthropicProtocol;
}

/** Rejects web pages that point their own host name at this machine (DNS rebinding). */
function checkHost(request: IncomingMessage): void {
  if (/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i.test(request.headers.host ?? '')) return;
  throw new RequestFault('forbidden', 'The demo model answers requests to 127.0.0.1 only.');
}

function allowMethod(request: IncomingMessage, method: string): void {
  if (request.method === method) return;
  throw new RequestFault('method_not_allowed', `Use ${method} here, not ${request.method}.`);
}

function describeModels(protocol: Protocol, path: string): JsonObject {
  const id = path.slice('/v1/models/'.length);
  if (id === '') return protocol.modelList(demoModels);
  const model = findDemoModel(id);
  if (model === undefined) throw modelNotFound(id);
  return protocol.model(model);
}

function answer(
  response: ServerResponse,
  protocol: Protocol,
  request: DemoRequest,
  pace: number,
): void {
  const reply = decideReply(request);
  const pieces = paceReply(reply, `${request.firstPrompt}\n${request.turn}`);
  const scale = pace * (findDemoModel(request.model)?.paceFactor ?? 1);
  response.setHeader(protocol.requestIdHeader, requestId(request.fingerprint));
  if (request.stream) {
    streamEvents(response, protocol.stream(request, reply, pieces), scale);
    return;
  }
  const timer = setTimeout(
    () => sendJson(response, 200, protocol.whole(request, reply)),
    replyDuration(pieces) * scale,
  );
  response.once('close', () => clearTimeout(timer));
}

function sendFault(response: ServerResponse, protocol: Protocol, fault: RequestFault): void {
  if (response.destroyed || response.headersSent) return;
  const id = requestId(fingerprint(fault.message));
  response.setHeader(protocol.requestIdHeader, id);
  sendJson(response, fault.status, protocol.fault(fault, id));
}

function toFault(error: unknown): RequestFault {
  if (error instanceof RequestFault) return error;
  const message = messageOf(error);
  return new RequestFault('internal', `The demo model failed: ${message}`);
}

function requestId(suffix: string): string {
  return `req_demo_${suffix}`;
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
