import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../../src/core/base/clock.ts';
import { WorkSlices } from '../../../../../src/core/base/workSlices.ts';
import { readBody } from '../../../../../src/core/providers/transport/bodyReader.ts';
import {
  createTransport,
  type Transport,
} from '../../../../../src/core/providers/transport/transport.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server whose answers come in many chunks. */
async function serverOf(answer: (response: ServerResponse) => Promise<void>): Promise<string> {
  const server = createServer((_, response) => void answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  cleanups.push(() => server.closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A transport that has time for one piece of work in each turn of the event loop. */
function busyTransport(origin: string): Transport {
  const transport = createTransport({
    ...{ origin, host: new URL(origin).host, headersTimeoutMs: 10_000, clock: systemClock },
    slices: new WorkSlices({ budgetMs: 0 }),
  });
  cleanups.push(() => transport.dispose());
  return transport;
}

async function read(
  transport: Transport,
  origin: string,
): Promise<{ text: string; error?: unknown }> {
  const { signal } = new AbortController();
  const init = { method: 'POST', headers: {}, body: '{}', signal } as const;
  const outcome = await transport.send(`${origin}/v1/x`, init);
  if ('error' in outcome) throw outcome.error;
  let text = '';
  const { response, released, slices, timer } = outcome;
  try {
    await readBody(response, {
      ...{ released, slices, timer, signal, clock: systemClock, idleTimeoutMs: 10_000 },
      context: { host: 'host', apiKey: undefined, model: 'm' },
      onChunk: (chunk) => {
        text += chunk.toString('latin1');
        return false;
      },
    });
    return { text };
  } catch (error) {
    return { text, error };
  }
}

const pieces = Array.from({ length: 20 }, (_, place) => `piece ${place}. `);

async function writeSlowly(response: ServerResponse, count: number): Promise<void> {
  for (const piece of pieces.slice(0, count)) {
    response.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('bodies that have to wait for a slice', () => {
  it('arrive whole and in order, all of them', async () => {
    const origin = await serverOf(async (response) => {
      await writeSlowly(response, pieces.length);
      response.end('the end');
    });
    const transport = busyTransport(origin);
    const all = await Promise.all(Array.from({ length: 30 }, () => read(transport, origin)));
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set([`${pieces.join('')}the end`]));
  });

  it('that break off give what came before, and the error', async () => {
    const origin = await serverOf(async (response) => {
      await writeSlowly(response, 5);
      response.destroy();
    });
    const transport = busyTransport(origin);
    const all = await Promise.all(Array.from({ length: 30 }, () => read(transport, origin)));
    for (const { text, error } of all) {
      expect(`${pieces.slice(0, 5).join('')}`.startsWith(text)).toBe(true);
      expect(error).toMatchObject({ kind: 'network' });
    }
  });
});
