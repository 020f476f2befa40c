import { afterEach, describe, expect, it } from 'vitest';
import { createFaultPlan } from '../../../bench/simulator/faultPlan.ts';
import { type Simulator, startSimulator } from '../../../bench/simulator/server.ts';
import {
  defaultSettings,
  type FaultKind,
  type FaultSettings,
  type SimulatorSettings,
} from '../../../bench/simulator/settings.ts';
import { promptOf, promptShared } from '../../../bench/workload/workload.ts';
import { type Loose, plainClients, post } from './exchange.ts';

let simulator: Simulator | undefined;

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

async function start(settings: Partial<SimulatorSettings>): Promise<string> {
  simulator = await startSimulator({ ...defaultSettings, ttfbMs: 0, ...settings });
  return simulator.url;
}

async function statistics(url: string): Promise<Loose> {
  return await (await fetch(`${url}/stats`)).json();
}

const limit = { requestsPerMinute: 60, burst: 2, headers: 'arrival' } as const;

describe.each(['anthropic', 'openai'] as const)(
  'the limits of the simulated %s API',
  (protocol) => {
    const client = plainClients[protocol];
    const names =
      protocol === 'anthropic'
        ? ['anthropic-ratelimit-requests-limit', 'anthropic-ratelimit-requests-remaining']
        : ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests'];

    it('are reported with every response and end in a 429 with the time to wait', async () => {
      const url = await start({ limit });
      const answers = [];
      for (let index = 0; index < 3; index++) {
        answers.push(await post(url, client, client.firstBody(promptOf(index))));
      }
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(answers.map(({ headers }) => names.map((name) => headers.get(name)))).toEqual([
        ['60', '1'],
        ['60', '0'],
        ['60', '0'],
      ]);
      const [, , refused] = answers;
      if (protocol === 'anthropic') {
        expect(refused?.headers.get('retry-after')).toBe('1');
        expect(refused?.error.error.type).toBe('rate_limit_error');
        expect(refused?.headers.get('anthropic-ratelimit-requests-reset')).toMatch(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
        );
      } else {
        const waitMs = Number(refused?.headers.get('retry-after-ms'));
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(1000);
        expect(refused?.error.error.code).toBe('rate_limit_exceeded');
        expect(refused?.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+ms|[\d.]+s)$/);
      }
      expect(await statistics(url)).toMatchObject({ requests: 3, rateLimited: 1, invalid: 0 });
    });

    it.each([
      ['arrival', '1'],
      ['response', '0'],
    ] as const)('are taken at the time of the %s', async (headers, remaining) => {
      const url = await start({ limit: { ...limit, requestsPerMinute: 6, headers }, ttfbMs: 1000 });
      const first = post(url, client, client.firstBody(promptOf(0)));
      const asked = async () => (await statistics(url)).requests;
      while ((await asked()) === 0);
      await post(url, client, client.firstBody(promptOf(1)));
      expect((await first).headers.get(names[1] ?? '')).toBe(remaining);
    });

    it('can be left out of the headers', async () => {
      const url = await start({ limit: { ...limit, headers: 'none' } });
      const { headers } = await post(url, client, client.firstBody(promptOf(0)));
      expect(headers.get(names[0] ?? '')).toBeNull();
    });
  },
);

describe.each(['anthropic', 'openai'] as const)(
  'the faults of the simulated %s API',
  (protocol) => {
    const client = plainClients[protocol];
    const always = (kind: FaultKind) =>
      ({ rate: 1, kinds: [kind], per: 'request', conversations: 1 }) as const;

    it.each([
      ['rate_limited', 429],
      ['overloaded', protocol === 'anthropic' ? 529 : 503],
      ['internal', 500],
    ] as const)('include %s as HTTP %d', async (kind, status) => {
      const url = await start({ faults: always(kind) });
      const answer = await post(url, client, client.firstBody(promptOf(0)));
      expect(answer.status).toBe(status);
      expect(answer.error.error.message).toEqual(expect.any(String));
      expect(await statistics(url)).toMatchObject({
        faults: { [kind]: 1 },
        completed: 0,
        invalid: 0,
      });
    });

    const terminal = protocol === 'anthropic' ? 'message_stop' : 'response.completed';

    it('include an error event after part of the answer in place of its end', async () => {
      const url = await start({ faults: always('error_event') });
      const { status, events } = await post(url, client, client.firstBody(promptOf(0)));
      expect(status).toBe(200);
      expect(events.length).toBeGreaterThan(5);
      expect(events.at(-1)?.type).toBe('error');
      expect(events.some(({ type }) => type === terminal)).toBe(false);
    });

    it('include a reset after part of the answer', async () => {
      const url = await start({ faults: always('reset') });
      const { text, error } = await readAsFarAsItGoes(url);
      expect(text).toContain(protocol === 'anthropic' ? 'tool_use' : 'function_call');
      expect(text).not.toContain(terminal);
      expect(error).toBeInstanceOf(Error);
    });

    it('include a stall that lasts until the client disconnects', async () => {
      const url = await start({ faults: always('stall') });
      const leave = new AbortController();
      const { text, error } = await readAsFarAsItGoes(url, leave);
      expect(text).not.toContain(terminal);
      expect(error).toMatchObject({ name: 'AbortError' });
    });

    /**
     * Reads until the response breaks off; with a controller, disconnects after the first bytes.
     */
    async function readAsFarAsItGoes(url: string, leave?: AbortController) {
      const response = await fetch(url + client.path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...client.headers },
        body: JSON.stringify(client.firstBody(promptOf(0))),
        signal: leave?.signal ?? null,
      });
      let text = '';
      let error: unknown;
      try {
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
          text += Buffer.from(chunk).toString();
          leave?.abort();
        }
      } catch (thrown) {
        error = thrown;
      }
      return { text, error };
    }

    it('refuse a turn that builds on a truncated response', async () => {
      const faults = {
        rate: 1,
        kinds: ['error_event'],
        per: 'conversation',
        conversations: 1,
      } as const;
      const url = await start({ faults, seed: seedThatHitsTheFirstTurn(faults) });
      const body = client.firstBody(promptOf(0));
      const cut = await post(url, client, body);
      expect(cut.events.at(-1)?.type).toBe('error');
      const whole = await post(url, client, body);
      const next = client.nextBody(body, whole.events);
      // The same items with the ids of the truncated response.
      const serialOf = (events: readonly Loose[]) =>
        /(?:toolu_01|call_0)(\w{6})/.exec(JSON.stringify(events))?.[1] ?? '';
      const forged = JSON.stringify(next).replaceAll(serialOf(whole.events), serialOf(cut.events));
      const { status, error } = await post(url, client, forged);
      expect(status).toBe(400);
      expect(error.error.message).toContain('ended without its last event');
    });
  },
);

function seedThatHitsTheFirstTurn(faults: FaultSettings): number {
  let seed = 1;
  while (createFaultPlan(faults, seed).faultFor(0, 0, 0) === undefined) seed += 1;
  return seed;
}

describe.each(['anthropic', 'openai'] as const)('the cache of the simulated %s API', (protocol) => {
  const client = plainClients[protocol];
  const system = promptShared(5000);

  it('serves requests after the first response has begun, and none before', async () => {
    const url = await start({ ttfbMs: 100 });
    const ask = async (index: number) => {
      const { events } = await post(url, client, client.firstBody(promptOf(index), system));
      return client.usageOf(events).read;
    };
    expect(await Promise.all([ask(0), ask(1)])).toEqual([0, 0]);
    const read = await ask(2);
    expect(read).toBe(protocol === 'anthropic' ? 5000 : 4992);
    const { cacheReadTokens, possibleReadTokens } = await statistics(url);
    expect([cacheReadTokens, possibleReadTokens]).toEqual([read, 2 * read]);
  });
});

it('counts sockets and the requests of each conversation, and resets the counts', async () => {
  const url = await start({});
  const client = plainClients.openai;
  for (const index of [7, 7, 8]) await post(url, client, client.firstBody(promptOf(index)));
  const before = await statistics(url);
  expect(before.requestsByConversation).toEqual({ 7: 2, 8: 1 });
  expect(before.sockets).toBeGreaterThan(0);
  await fetch(`${url}/reset`, { method: 'POST', body: JSON.stringify(defaultSettings) });
  expect(await statistics(url)).toMatchObject({
    requests: 0,
    sockets: 0,
    requestsByConversation: {},
  });
});
