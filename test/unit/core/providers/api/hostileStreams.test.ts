import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ApiProviderOptions } from '../../../../../src/core/providers/api/apiProvider.ts';
import type { ModelTurn, Provider } from '../../../../../src/core/providers/provider.ts';
import { defaultResponseLimits } from '../../../../../src/core/providers/transport/responseLimits.ts';
import { sseText } from '../../../../support/loopback/replies.ts';
import { ManualClock } from '../../../../support/manualClock.ts';
import { answerText, noAbort, protocols, smallRequest, type TestedProtocol } from '../protocols.ts';
import { failureOf, until } from '../turnHarness.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

const kb = 1000;
const mb = 1000 * kb;
const { maxEventBytes, maxTurnBytes } = defaultResponseLimits;
/** Bytes that the buffers of a connection may hold. */
const inTransit = 14 * mb;

/** A body that is generated while it is sent, so it is never in memory as a whole. */
type Body = Iterable<string | Buffer> | AsyncIterable<string | Buffer>;

interface HostileServer {
  readonly url: string;
  /** Bytes of bodies that the server has sent. */
  sentBytes: number;
  requests: number;
  /** Open connections. */
  open: number;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Answers every POST with this body, and every GET with 404. */
async function serve(
  body: () => Body,
  head: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): Promise<HostileServer> {
  const server = http.createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(404).end();
      return;
    }
    stats.requests += 1;
    request.resume();
    const headers = { 'content-type': 'text/event-stream', ...head.headers };
    response.writeHead(head.status ?? 200, headers);
    response.flushHeaders();
    for await (const piece of body()) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
      stats.sentBytes += piece.length;
    }
    response.end();
  });
  server.on('connection', (socket) => {
    stats.open += 1;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      stats.open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stats = { url: `http://127.0.0.1:${port}`, sentBytes: 0, requests: 0, open: 0 };
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return stats;
}

async function drained(response: http.ServerResponse): Promise<void> {
  const over = new AbortController();
  const either = ['drain', 'close'].map((event) => once(response, event, { signal: over.signal }));
  await Promise.race(either);
  over.abort();
  await Promise.allSettled(either);
}

let packed: Buffer | undefined;

/** 32 MB that fit into 32 KB. */
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(32 * mb, ': still here\n\n'));
  return packed;
}

/** Bytes in chunks of 64 KB. */
function* filler(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(64 * kb, 'x');
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

it('has the documented limits', () => {
  expect({ maxEventBytes, maxTurnBytes }).toEqual({ maxEventBytes: mb, maxTurnBytes: 16 * mb });
});

describe.each(protocols)('a hostile stream ($name)', (protocol) => {
  function ask(
    server: HostileServer,
    options: Partial<ApiProviderOptions> = {},
  ): Promise<ModelTurn> {
    const provider: Provider = protocol.create({
      baseUrl: server.url,
      apiKey: undefined,
      ...options,
    });
    cleanups.push(() => provider.dispose());
    return provider.turn(smallRequest, {}, noAbort());
  }

  /** An unknown event with exactly this many bytes of data. */
  function* unknownEvent(dataBytes: number): Generator<string | Buffer> {
    const [open, close] = ['{"type":"filler","x":"', '"}'];
    yield `event: filler\ndata: ${open}`;
    yield* filler(dataBytes - open.length - close.length);
    yield `${close}\n\n`;
  }

  it.each([1, 2, 100, kb, 64 * kb, maxEventBytes - 1, maxEventBytes])(
    'of an unknown event of %i bytes before an answer is accepted',
    async (bytes) => {
      const server = await serve(function* () {
        if (bytes >= 100) yield* unknownEvent(bytes);
        else yield `: ${'x'.repeat(bytes)}\n\n`;
        yield answerText(protocol);
      });
      expect((await ask(server)).message.text).toBe('The answer is 20.');
    },
  );

  const shapes: readonly (readonly [string, (bytes: number) => Iterable<string | Buffer>])[] = [
    ['in one line that ends', unknownEvent],
    [
      'in one line without an end',
      function* (bytes) {
        yield 'data: ';
        yield* filler(bytes);
      },
    ],
    [
      'in lines of 60 KB',
      function* (bytes) {
        for (let left = bytes; left > 0; left -= 60 * kb) {
          yield 'data: ';
          yield* filler(Math.min(left, 60 * kb));
          yield '\n';
        }
      },
    ],
    [
      'in a line that is no field',
      function* (bytes) {
        yield* filler(bytes + 100);
      },
    ],
  ];

  describe.each(shapes)('of one event %s', (_shape, event) => {
    it.each([maxEventBytes + 1, 2 * mb, 8 * mb, 16 * mb, 64 * mb])(
      'ends the turn at 1 MB when it has %i bytes',
      async (bytes) => {
        const server = await serve(function* () {
          yield* event(bytes);
          yield answerText(protocol);
        });
        const error = await failureOf(ask(server));
        expect(error).toMatchObject({ kind: 'protocol', retryable: false });
        expect(error.message).toContain(`one event is larger than ${maxEventBytes} bytes`);
        expect(error.message.length).toBeLessThan(500);
        await until(() => server.open === 0);
        expect(server.sentBytes).toBeLessThan(maxEventBytes + inTransit);
      },
    );
  });

  it.each([
    ['events that are small', 900 * kb],
    ['comments', 0],
  ])('of endless %s is closed after 16 MB', async (_what, eventBytes) => {
    const server = await serve(function* () {
      for (let sent = 0; sent < 64 * mb; sent += 900 * kb) {
        if (eventBytes > 0) yield* unknownEvent(eventBytes);
        else yield `${': still here\n'.repeat(70_000)}`;
      }
    });
    const error = await failureOf(ask(server));
    expect(error).toMatchObject({ kind: 'protocol', retryable: false });
    expect(error.message).toContain(`it is larger than ${maxTurnBytes} bytes`);
    await until(() => server.open === 0);
    expect(server.sentBytes).toBeLessThan(maxTurnBytes + inTransit);
  });

  it('is closed when it continues after its final event', async () => {
    const server = await serve(function* () {
      yield answerText(protocol);
      yield* filler(8 * mb);
    });
    expect((await ask(server)).message.text).toBe('The answer is 20.');
    await until(() => server.open === 0 || server.sentBytes > 8 * mb);
  });

  it.each([
    ['text/html', `<html>${'x'.repeat(200 * kb)}</html>`],
    ['application/json', JSON.stringify({ error: { message: 'y'.repeat(200 * kb) } })],
  ])('of an error page of 200 KB (%s) is shown in 500 characters', async (type, page) => {
    const server = await serve(() => [page], { status: 502, headers: { 'content-type': type } });
    const error = await failureOf(ask(server));
    expect(error).toMatchObject({ kind: 'overloaded', httpStatus: 502 });
    expect(error.message.length).toBeLessThanOrEqual(500);
  });

  it.each([200, 500])('of an error of 64 MB (%i) is read up to 64 KB', async (status) => {
    const headers = { 'content-type': 'text/html' };
    const server = await serve(() => filler(64 * mb), { status, headers });
    await failureOf(ask(server));
    await until(() => server.open === 0);
    expect(server.sentBytes).toBeLessThan(inTransit);
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'none'])(
    'that is a compression bomb (%s) is decompressed up to the usual limits',
    async (encoding) => {
      for (const status of [200, 500]) {
        const headers = { 'content-encoding': encoding };
        const server = await serve(() => [bomb()], { status, headers });
        const error = await failureOf(ask(server));
        expect(error.message).toMatch(
          status === 200 ? /is compressed|larger than/ : /internal error \(HTTP 500\)/,
        );
        expect(error.message.length).toBeLessThanOrEqual(500);
      }
    },
  );

  describe('of one byte a second', () => {
    /** A body with one byte a second, by the test's clock. */
    async function trickle(first: string, byte: string, status = 200) {
      const clock = new ManualClock();
      const sending = Promise.withResolvers<void>();
      let next = Promise.withResolvers<void>();
      const server = await serve(
        async function* () {
          yield first;
          sending.resolve();
          for (;;) {
            await next.promise;
            next = Promise.withResolvers<void>();
            yield byte;
          }
        },
        { status },
      );
      const turn = ask(server, { clock });
      let settled = false;
      const settle = (): void => {
        settled = true;
      };
      turn.then(settle, settle);
      await sending.promise;
      /** Lets seconds pass until the turn ends, and returns their number. */
      const secondsToEnd = async (): Promise<number> => {
        await arrival(server, 0);
        for (let second = 1; second <= 400; second++) {
          await clock.advance(1000);
          await nextRound();
          if (settled) return second;
          const before = server.sentBytes;
          next.resolve();
          await arrival(server, before);
          if (settled) return second;
        }
        return Number.POSITIVE_INFINITY;
      };
      return { turn, secondsToEnd, server };
    }

    /** Waits until a byte has passed through the connection. */
    async function arrival(server: HostileServer, before: number): Promise<void> {
      for (let round = 0; round < 20 && server.sentBytes === before; round++) await nextRound();
      for (let round = 0; round < 5; round++) await nextRound();
    }

    function beginning(of: TestedProtocol): string {
      return sseText(of.answer('20').slice(0, 1));
    }

    it.each([
      ['an event that never ends', 'data: {"x":"', 'y'],
      ['field names', '', 'e'],
      ['data without an end of the event', '', 'data: 1\n'],
    ])('times out after 180 s of %s', async (_what, rest, byte) => {
      const { turn, secondsToEnd, server } = await trickle(beginning(protocol) + rest, byte);
      const failure = failureOf(turn);
      expect(await secondsToEnd()).toBe(180);
      expect(await failure).toMatchObject({ kind: 'network', retryable: true });
      expect((await failure).message).toContain('has sent nothing of its answer for 180 s');
      await until(() => server.open === 0);
    });

    it.each([
      ['comments', ':\n'],
      ['empty lines', '\n'],
    ])('is waited for during %s, which show that the server is alive', async (_what, byte) => {
      const { turn, secondsToEnd, server } = await trickle(beginning(protocol), byte);
      void turn.catch(() => undefined);
      expect(await secondsToEnd()).toBe(Number.POSITIVE_INFINITY);
      expect(server.open).toBe(1);
    });

    it('is not read to the end of an error', async () => {
      const { turn, secondsToEnd, server } = await trickle('{"error":', ' ', 500);
      const failure = failureOf(turn);
      expect(await secondsToEnd()).toBe(10);
      expect(await failure).toMatchObject({ kind: 'overloaded', httpStatus: 500 });
      await until(() => server.open === 0);
    });
  });
});
