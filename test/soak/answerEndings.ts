/**
 * Ends a server's responses in every possible way at random moments. Prints whether every request
 * settled and every connection closed. Flags: `--requests N` (3000), `--seed N`.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { systemClock } from '../../src/core/base/clock.ts';
import { WorkSlices } from '../../src/core/base/workSlices.ts';
import { readBody } from '../../src/core/providers/transport/bodyReader.ts';
import { createTransport } from '../../src/core/providers/transport/transport.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
});
const requests = Number(values.requests);
let state = Number(values.seed) || 1;

/** A seeded random number from 0 to below `end`. */
function random(end: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
}

function oneOf<T>(list: readonly T[]): T {
  return list[random(list.length)] as T;
}

/** Max time of a request in ms; every request is cancelled long before. */
const limitMs = 10_000;
/** Longer than any request of this program. */
const timeoutMs = 60_000;
/** Each request is cancelled after at most this many ms. */
const maxWaitMs = 150;

const heads = [
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
  'HTTP/1.1 200 OK\r\nupgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 4\r\n\r\n',
  'HTTP/1.0 200 OK\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
  'SSH-2.0-OpenSSH_9.9\r\n',
];
const bodies = [
  '',
  'ok',
  'hello, world',
  '4\r\nabcd\r\n',
  '4\r\nabcd\r\n0\r\n\r\n',
  '\0\0',
  '-1\r\n',
];

/** Sends a truncated response, then ends it in a random way. */
function answer(socket: Socket): void {
  const whole = Array.from({ length: 1 + random(3) }, () => oneOf(heads)).join('') + oneOf(bodies);
  const text = random(2) === 0 ? whole : whole.slice(0, random(whole.length + 1));
  socket.write(text, 'latin1', () => {
    const act = oneOf([
      () => socket.end(),
      () => socket.destroy(),
      () => socket.resetAndDestroy(),
      () => undefined,
      () => socket.write(oneOf(heads)),
    ]);
    setTimeout(act, random(4));
  });
}

const open = new Set<Socket>();
const server = createServer((socket) => {
  open.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => open.delete(socket));
  // Some servers send bytes before there is a request.
  if (random(20) === 0) answer(socket);
  socket.on('data', () => setTimeout(() => answer(socket), random(3)));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const host = new URL(origin).host;
const transport = createTransport({
  origin,
  host,
  headersTimeoutMs: timeoutMs,
  clock: systemClock,
  slices: new WorkSlices({ budgetMs: 0 }),
});
const headers = { 'content-type': 'application/json' };
let rejected = 0;
process.on('unhandledRejection', () => rejected++);

/** Milliseconds until a request ends in any way. */
async function request(): Promise<number> {
  const abort = new AbortController();
  const { signal } = abort;
  const startMs = performance.now();
  const timer = setTimeout(() => abort.abort(new Error('stop')), 1 + random(maxWaitMs));
  if (random(3) === 0) transport.prepare(random(4));
  const outcome = await transport.send(`${origin}/v1`, {
    method: 'POST',
    headers,
    body: '{}',
    signal,
  });
  if ('response' in outcome) {
    await readBody(outcome.response, {
      ...{ released: outcome.released, slices: outcome.slices, timer: outcome.timer },
      ...{ signal, clock: systemClock },
      idleTimeoutMs: timeoutMs,
      context: { host, apiKey: undefined, model: 'm' },
      onChunk: () => false,
    }).catch(() => undefined);
  }
  clearTimeout(timer);
  return performance.now() - startMs;
}

let longestMs = 0;
let unsettled = 0;
let left = requests;
async function work(): Promise<void> {
  while (left-- > 0) {
    const late = new Promise<number>((resolve) => setTimeout(resolve, limitMs, -1).unref());
    const ms = await Promise.race([request(), late]);
    if (ms < 0) unsettled++;
    longestMs = Math.max(longestMs, ms);
  }
}
await Promise.all(Array.from({ length: 32 }, work));
transport.dispose();
const endMs = performance.now() + limitMs;
while (open.size > 0 && performance.now() < endMs)
  await new Promise((done) => setTimeout(done, 20));

console.log(
  `${requests} requests, seed ${values.seed}; the longest took ${longestMs.toFixed(0)} ms`,
);
const figures: readonly Figure[] = [
  { name: 'endings-unsettled', value: unsettled, goal: '<= 0', digits: 0 },
  { name: 'endings-sockets-left', value: open.size, goal: '<= 0', digits: 0 },
  { name: 'endings-unhandled', value: rejected, goal: '<= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
process.exit();
