import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkSlices } from '../../../../../src/core/base/workSlices.ts';
import { ProviderError } from '../../../../../src/core/providers/providerError.ts';
import { readBody } from '../../../../../src/core/providers/transport/bodyReader.ts';
import type { SendOutcome } from '../../../../../src/core/providers/transport/exchange.ts';
import type { Transport } from '../../../../../src/core/providers/transport/transport.ts';
import { createTransport } from '../../../../../src/core/providers/transport/transport.ts';
import { ManualClock } from '../../../../support/manualClock.ts';
import { until } from '../turnHarness.ts';

/** What a server does with a connection after a request has arrived. */
type Answer = (socket: Socket) => void;

const headersTimeoutMs = 60_000;

interface RawServer {
  readonly origin: string;
  /** Open connections, oldest first. */
  readonly sockets: Set<Socket>;
  opened: number;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A raw TCP server. `onRequest` is called for every complete request head. */
async function serveRaw(onRequest: Answer): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    raw.opened++;
    let received = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (!received.includes('\r\n\r\n{}')) return;
      received = '';
      onRequest(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const raw: RawServer = { origin: `http://127.0.0.1:${port}`, sockets, opened: 0 };
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return raw;
}

interface Client {
  readonly transport: Transport;
  readonly clock: ManualClock;
  readonly abort: AbortController;
  /** Sends a request and waits until the server has ended it. */
  post(): Promise<SendOutcome>;
}

function clientOf({ origin }: RawServer): Client {
  const clock = new ManualClock();
  const host = new URL(origin).host;
  const slices = new WorkSlices();
  const transport = createTransport({ origin, host, headersTimeoutMs, clock, slices });
  const abort = new AbortController();
  cleanups.push(() => transport.dispose());
  const headers = { 'content-type': 'application/json', 'content-length': '2' };
  const init = { method: 'POST', headers, body: '{}', signal: abort.signal } as const;
  return { transport, clock, abort, post: () => transport.send(`${origin}/v1/x`, init) };
}

const answered = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const answeredLast = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok';

type MakeReady = (client: Client, server: RawServer) => Promise<unknown>;

/**
 * How a request gets its connection: the previous response, and what happens before the request.
 */
const ways: readonly (readonly [string, string, MakeReady])[] = [
  ['on a new connection', answeredLast, async (client) => bodyOf(await client.post(), client)],
  ['on a kept connection', answered, async (client) => bodyOf(await client.post(), client)],
  ['on a preconnected connection', answeredLast, openAhead],
];

/** Waits until the previous connection is closed, so that it cannot be reused. */
async function openAhead(client: Client, server: RawServer): Promise<void> {
  await bodyOf(await client.post(), client);
  await until(() => server.sockets.size === 0);
  await preconnect(client, server);
}

/**
 * Asks again until the socket exists. The first attempt may get the socket that the server closed.
 */
async function preconnect(client: Client, server: RawServer): Promise<void> {
  await until(() => {
    client.transport.prepare(1);
    return server.sockets.size === 1;
  });
}

async function bodyOf(outcome: SendOutcome, { clock, abort }: Client): Promise<string> {
  if ('error' in outcome) throw outcome.error;
  let text = '';
  await readBody(outcome.response, {
    ...{ released: outcome.released, slices: outcome.slices, timer: outcome.timer },
    ...{ clock, signal: abort.signal },
    idleTimeoutMs: 60_000,
    context: { host: 'host', apiKey: undefined, model: 'm' },
    onChunk: (chunk) => {
      text += chunk.toString('latin1');
      return false;
    },
  });
  return text;
}

const write =
  (text: string): Answer =>
  (socket) =>
    void socket.write(text);
const writeAndEnd =
  (text: string): Answer =>
  (socket) =>
    void socket.end(text);

/** Endings without an answer, and their error messages. */
const unanswered: readonly (readonly [string, Answer, RegExp])[] = [
  [
    'another protocol (101)',
    write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    /switched to another protocol/,
  ],
  [
    'another protocol, with bytes of it',
    write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\nPRI *'),
    /switched to another protocol/,
  ],
  [
    'another protocol that has no name',
    write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    /switched to another protocol/,
  ],
  ['a closed connection', (socket) => void socket.end(), /broke off|hang up/],
  ['a reset connection', (socket) => void socket.resetAndDestroy(), /ECONNRESET|broke off/],
  ['half a status line', writeAndEnd('HTTP/1.1 20'), /hang up|broke off|Parse/],
  ['half a head', writeAndEnd('HTTP/1.1 200 OK\r\ncontent-le'), /hang up|broke off|Parse/],
  ['an announcement, then nothing', writeAndEnd('HTTP/1.1 100 Continue\r\n\r\n'), /hang up|broke/],
  ['hints, then nothing', writeAndEnd('HTTP/1.1 103 Early Hints\r\n\r\n'), /hang up|broke/],
  ['a reset after hints', hintsAndReset, /ECONNRESET|hang up|broke/],
  ['no HTTP', write('220 mail.example ESMTP\r\n'), /Parse Error|Expected/],
  [
    'two lengths',
    write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'),
    /Parse Error|length/i,
  ],
];

function hintsAndReset(socket: Socket): void {
  socket.write('HTTP/1.1 103 Early Hints\r\n\r\n', () => socket.resetAndDestroy());
}

/** Responses that never begin. */
const silent: readonly (readonly [string, Answer])[] = [
  ['silence', () => undefined],
  ['an announcement alone', write('HTTP/1.1 100 Continue\r\n\r\n')],
  ['hints without end', hintsWithoutEnd],
  ['a head that never ends', write('HTTP/1.1 200 OK\r\nx: ')],
];

function hintsWithoutEnd(socket: Socket): void {
  if (socket.destroyed) return;
  socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', () =>
    setImmediate(() => hintsWithoutEnd(socket)),
  );
}

/** Unusual answers that HTTP allows. */
const answers: readonly (readonly [string, Answer, string])[] = [
  ['a plain answer', write(answered), 'ok'],
  ['an answer after an announcement', write(`HTTP/1.1 100 Continue\r\n\r\n${answered}`), 'ok'],
  ['an answer after hints', write(`HTTP/1.1 103 Early Hints\r\n\r\n${answered}`), 'ok'],
  ['HTTP/1.0 that ends with its connection', writeAndEnd('HTTP/1.0 200 OK\r\n\r\nok'), 'ok'],
  ['no body', write('HTTP/1.1 204 No Content\r\n\r\n'), ''],
  [
    'an offer of another protocol',
    write(`HTTP/1.1 200 OK\r\nupgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\nok`),
    'ok',
  ],
];

describe.each(ways)('a request %s', (_way, before, makeReady) => {
  const start = async (answer: Answer): Promise<readonly [Client, RawServer]> => {
    let isReady = false;
    const server = await serveRaw((socket) => (isReady ? answer(socket) : socket.write(before)));
    const client = clientOf(server);
    await makeReady(client, server);
    isReady = true;
    return [client, server];
  };

  it.each(unanswered)('ends at once with %s', async (_name, answer, said) => {
    const [client, server] = await start(answer);
    // The clock stands still, so no timeout can end the request.
    const outcome = await client.post();
    expect(outcome).toEqual({ error: expect.any(Error) });
    expect(String((outcome as { error: Error }).error)).toMatch(said);
    client.transport.dispose();
    await until(() => server.sockets.size === 0);
    expect(client.clock.pending).toBe(0);
  });

  it.each(silent)('can be cancelled in %s', async (_name, answer) => {
    let isAsked = false;
    const [client, server] = await start((socket) => {
      isAsked = true;
      answer(socket);
    });
    const outcome = client.post();
    await until(() => isAsked);
    client.abort.abort('stop');
    expect(await outcome).toEqual({ error: 'stop' });
    client.transport.dispose();
    await until(() => server.sockets.size === 0);
    expect(client.clock.pending).toBe(0);
  });

  it.each(silent)('times out in %s', async (_name, answer) => {
    let isAsked = false;
    const [client, server] = await start((socket) => {
      isAsked = true;
      answer(socket);
    });
    const outcome = client.post();
    await until(() => isAsked);
    client.clock.advance(headersTimeoutMs);
    const { error } = (await outcome) as { error: ProviderError };
    expect(error.message).toContain('did not begin to answer within 60 s');
    client.transport.dispose();
    await until(() => server.sockets.size === 0);
  });

  it.each(answers)('accepts %s', async (_name, answer, text) => {
    const [client] = await start(answer);
    const outcome = await client.post();
    expect(await bodyOf(outcome, client)).toBe(text);
  });

  it('ends when its answer breaks off before anyone reads it', async () => {
    const [client] = await start((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', () => socket.destroy()),
    );
    const outcome = await client.post();
    if ('error' in outcome) throw outcome.error;
    await outcome.released;
    await expect(bodyOf(outcome, client)).rejects.toBeInstanceOf(ProviderError);
    expect(client.abort.signal.aborted).toBe(false);
  });

  it('does not accept the second answer to another request', async () => {
    const wrong = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong';
    let count = 0;
    const [client] = await start((socket) => {
      count++;
      socket.write(count === 1 ? answered + wrong : answered);
    });
    const first = await bodyOf(await client.post(), client).catch(() => 'none');
    expect(['ok', 'none']).toContain(first);
    expect(await bodyOf(await client.post(), client)).toBe('ok');
  });
});

/** What a server can send before a request. */
const unasked: readonly (readonly [string, string])[] = [
  ['a time-out', 'HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n'],
  ['an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong'],
  ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nwrong'],
  ['hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['another protocol', 'HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
];

it.each(unasked)('a preconnected socket that receives %s is not used', async (_, said) => {
  const server = await serveRaw((socket) => void socket.write(answered));
  const client = clientOf(server);
  await bodyOf(await client.post(), client);
  const [kept] = server.sockets;
  kept?.destroy();
  await until(() => server.sockets.size === 0);
  await preconnect(client, server);
  const [ahead] = server.sockets;
  ahead?.write(said);
  await until(() => server.sockets.size === 0);
  expect(await bodyOf(await client.post(), client)).toBe('ok');
  expect(server.opened).toBe(3);
});
