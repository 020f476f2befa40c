import { describe, expect, it, vi } from 'vitest';
import { defaultRetryPolicy } from '../../../src/core/agent/retryPolicy.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { scaledClock } from '../../support/faults/scaledClock.ts';
import type { RecordedRequest, Reply } from '../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { jumping, stage, turnReply, waitsOf } from '../faults/stage.ts';

const [anthropic, openai] = faultProtocols as [
  (typeof faultProtocols)[number],
  (typeof faultProtocols)[number],
];
const { start, play } = stage(anthropic);
const answer = turnReply(anthropic, { text: 'Done.' });
const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `prompt ${index}`);
const policy = defaultRetryPolicy;
const isAsking = (text: string) => (request: RecordedRequest) => request.body.includes(text);

describe('C27: a daily quota as a bare 429', () => {
  const body = (resetMs: number) => ({
    error: {
      message: 'Rate limit exceeded: free-models-per-day',
      code: 429,
      metadata: {
        headers: {
          'X-RateLimit-Limit': '50',
          'X-RateLimit-Remaining': '0',
          'X-RateLimit-Reset': String(resetMs),
        },
      },
    },
  });

  it('with its reset in the body is waited for, after a few requests for the whole run', async () => {
    const clock = new ManualClock();
    const { run, server, events } = await start(
      () => plainReply(429, body(Date.now() + 9 * 3_600_000)),
      { clock, prompts: many(10), isLocal: true },
    );
    await vi.waitFor(() => expect(run.state.counts.waiting).toBe(10), 10_000);
    await clock.advance(30_000);
    expect(server.requests.length).toBeLessThanOrEqual(4);
    const hours = waitsOf(events).map(({ reason, ms }) => [reason, Math.round(ms / 360_000) / 10]);
    expect(new Set(hours.map(String))).toEqual(new Set(['rate_limit,9']));
  });

  it.each([
    [{ error: { status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded: requests per day.' } }],
    [{ error: { message: 'Rate limit exceeded: free-models-per-day', code: 429 } }],
  ])('without a reset pauses the run once: %j', async (refusal) => {
    const clock = new ManualClock();
    const { run, server, events } = await start(() => plainReply(429, refusal), {
      ...{ clock, prompts: many(10), whenBlocked: 'pause', isLocal: true },
    });
    await vi.waitFor(() => expect(run.state.paused?.kind).toBe('quota'), 10_000);
    await clock.advance(30_000);
    expect(server.requests.length).toBeLessThanOrEqual(4);
    expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
    expect(run.state.paused?.message).toMatch(/limit of a day/);
  });
});

describe('C28: an empty account', () => {
  it.each<[number, object]>([
    [429, { error: { code: '1113', message: 'Insufficient balance. Please recharge.' } }],
    [
      429,
      { error: { type: 'insufficient_quota', code: 'credit_balance_exhausted', message: 'x' } },
    ],
    [402, { error: { message: 'Payment needed.' } }],
    [403, { error: { message: 'Key limit exceeded (total limit).' } }],
  ])('is recognised from %i %j, reported once, and not retried', async (status, refusal) => {
    const { run, server, events } = await start(() => plainReply(status, refusal), {
      ...{ clock: new ManualClock(), prompts: many(10), whenBlocked: 'pause', isLocal: true },
    });
    await vi.waitFor(() => expect(run.state.paused?.kind).toBe('quota'), 10_000);
    expect(server.requests.length).toBeLessThanOrEqual(4);
    expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
  });
});

describe('C30: a wait in another unit than seconds', () => {
  const limited = (value: string): Reply =>
    plainReply(429, { error: { message: 'Slow down.' } }, { 'retry-after': value });

  it('is read as milliseconds when seconds would mean months, and quoted', async () => {
    const { conversation, events } = await play([limited('11180000'), answer]);
    expect(conversation.status).toBe('done');
    expect(waitsOf(events)).toMatchObject([{ reason: 'rate_limit', ms: 11_180_000 }]);
    const discarded = events.find((event) => event.type === 'turn.discarded');
    expect(discarded?.error.message).toContain('"retry-after: 11180000"');
  });

  it.each([1, 1000])('is read as a time since the epoch (%i per second)', async (unit) => {
    const at = Math.floor(((Date.now() + 60_000) / 1000) * unit);
    const { conversation, events } = await play([limited(String(at)), answer]);
    expect(conversation.status).toBe('done');
    const [wait] = waitsOf(events);
    expect(wait!.ms).toBeGreaterThan(30_000);
    expect(wait!.ms).toBeLessThanOrEqual(60_000);
  });

  it('is ignored when it makes no sense in any unit', async () => {
    const { conversation, events } = await play([limited('500000000'), answer]);
    expect(conversation.status).toBe('done');
    expect(waitsOf(events)[0]!.ms).toBeLessThan(1_000);
  });
});

describe('C32: a refusal with resets only', () => {
  const dateIn = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const limited = (reset: string): Reply =>
    plainReply(429, openai.errorBody('rate_limit_exceeded', 'Slow down.'), {
      'x-ratelimit-limit-requests': '200',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': reset,
    });
  const { play: playOpenAi } = stage(openai);

  it.each([
    ['6s', 6_000, 6_100],
    ['12ms', 0, 600],
    ['1h2m3.5s', 3_723_500, 3_723_600],
    [dateIn(7_200_000), 7_000_000, 7_200_000],
    ['6m0s, 1s', 360_000, 360_100],
    ['0', 0, 1_000],
    ['-1', 0, 1_000],
  ])('%s is waited for', async (reset, least, most) => {
    const { conversation, events, server } = await playOpenAi([
      limited(reset),
      turnReply(openai, { text: 'Done.' }),
    ]);
    expect(conversation.status).toBe('done');
    expect(server.requests).toHaveLength(2);
    const longestMs = Math.max(0, ...waitsOf(events).map(({ ms }) => ms));
    expect(longestMs).toBeGreaterThanOrEqual(least);
    expect(longestMs).toBeLessThanOrEqual(most);
  });
});

describe('C34: the same wait for all requests', () => {
  it('is followed by spread retries, not all at once', async () => {
    // Slow enough that a busy machine delays requests by little of this time.
    const clock = scaledClock(4, Math.random);
    let first = true;
    const taken: number[] = [];
    const refusedAt: number[] = [];
    const server = (): Reply => {
      const now = clock.now();
      const recent = taken.filter((at) => now - at < 1_000).length;
      if (!first && recent < 3) {
        taken.push(now);
        return answer;
      }
      first = false;
      refusedAt.push(now);
      return plainReply(429, { error: { message: 'Slow down.' } }, { 'retry-after': '3' });
    };
    const { run } = await start(server, {
      ...{ clock, prompts: many(30), concurrency: 'unlimited' },
    });
    expect((await run.ended()).counts.done).toBe(30);
    // Ignore requests sent before the limit was known.
    const later = refusedAt.filter((at) => at > refusedAt[0]! + 2_000);
    expect(later.length).toBeLessThan(15);
  }, 60_000);
});

describe('C35: an HTML page', () => {
  const page = '<html><head><title>502</title></head></html>';

  it.each<[number, string | object, Record<string, string>]>([
    [502, page, {}],
    [503, page, {}],
    [521, page, { 'retry-after': '1' }],
    [529, page, {}],
    [520, { cloudflare_error: true, status: 520 }, {}],
  ])('with %i counts as an outage and is waited for', async (status, body, headers) => {
    const outages = Array.from({ length: 6 }, () => plainReply(status, body, headers));
    const { conversation } = await play([...outages, answer]);
    expect(conversation).toMatchObject({ status: 'done', answer: 'Done.' });
  });

  it('mentions the base URL only if no request ever worked', async () => {
    const down = () => plainReply(502, page);
    const never = await play(down);
    expect(never.conversation.error?.message).toContain('base URL');
    const call = { id: 'a', name: 'sum_numbers', input: { numbers: [1] } };
    let asked = 0;
    const worked = await play(() =>
      ++asked === 1 ? turnReply(anthropic, { calls: [call] }) : plainReply(502, page),
    );
    expect(worked.conversation.error?.message).toMatch(/overloaded or has an internal error/);
    expect(worked.conversation.error?.message).not.toContain('base URL');
  });

  it.each([401, 403])('with %i fails only the prompt that got it', async (status) => {
    const isRefused = isAsking('prompt 3');
    const { run } = await start(
      (request) => (isRefused(request) ? plainReply(status, page) : answer),
      { prompts: many(10) },
    );
    const { counts, conversations } = await run.ended();
    expect(counts).toMatchObject({ done: 9, failed: 1 });
    expect(conversations[3]?.error?.message).toContain('firewall');
  });

  it.each([
    [403, { error: { message: 'Blocked by a content policy.', type: 'policy' } }, 9],
    [403, { error: { message: 'No.', type: 'permission_error' } }, 0],
    [401, { error: { message: 'No.' } }, 0],
  ])('and an answer of the API: %i %j', async (status, body, done) => {
    const isRefused = isAsking('prompt 0');
    const { run } = await start(
      (request) => (isRefused(request) ? plainReply(status, body) : answer),
      { prompts: many(10), concurrency: 1 },
    );
    expect((await run.ended()).counts.done).toBe(done);
  });
});

describe('a request that can never succeed', () => {
  const words =
    'Request too large for x in organization y on tokens per min (TPM): Limit 30000, Requested 50000.';

  it.each([
    [429, { error: { type: 'tokens', code: 'rate_limit_exceeded', message: words } }],
    [413, { error: { type: 'tokens', code: 'rate_limit_exceeded', message: words } }],
    [429, { error: { code: 'x', message: 'Tokens per minute limit 30,000, requested 50,000' } }],
  ])('is final for its conversation (%i) and blocks no other', async (status, body) => {
    const isLarge = (request: RecordedRequest) => /prompt [0-4]"/.test(request.body);
    const { run, server } = await start(
      (request) => (isLarge(request) ? plainReply(status, body) : answer),
      { prompts: many(40) },
    );
    const { conversations, counts } = await run.ended();
    expect(counts.done).toBe(35);
    expect(server.requests).toHaveLength(40);
    expect(conversations[0]!.error?.message).toMatch(/tokens .*in a minute.*Shorten the prompt/);
  });

  it('is distinct from other refusals for tokens', async () => {
    const message =
      'Rate limit reached on tokens per min: Limit 30000, Used 29000, Requested 2000.';
    const { conversation } = await play([plainReply(429, { error: { message } }), answer]);
    expect(conversation.status).toBe('done');
  });
});

describe('endless refusals', () => {
  const refusal = (headers: Record<string, string>) =>
    plainReply(429, { error: { message: 'Slow down.' } }, headers);

  it.each([{}, { 'retry-after': '1' }])(
    'are limited by the number of attempts (%j)',
    async (headers) => {
      const { conversation, server } = await play(() => refusal(headers), {
        runner: { ...jumping(), retry: { ...policy, maxAttempts: 2 } },
      });
      expect(conversation).toMatchObject({ status: 'failed', reason: 'rate_limit' });
      expect(server.requests).toHaveLength(2);
    },
  );

  it.each([{}, { 'retry-after': '2' }])('are counted per endpoint (%j)', async (headers) => {
    const { run, server } = await start(() => refusal(headers), {
      ...{ runner: { ...jumping(), retry: policy }, prompts: many(100) },
    });
    expect((await run.ended()).counts.failed).toBe(100);
    // The requests in flight at first, and then one after another.
    expect(server.requests.length).toBeLessThanOrEqual(41);
  });

  it('are limited by the timeout of a conversation', async () => {
    const clock = new ManualClock();
    const { run, server } = await start(() => refusal({ 'retry-after': '1' }), {
      ...{
        runner: { clock, retry: { ...policy, maxAttempts: 100 } },
        limits: { timeoutMs: 10_000 },
      },
    });
    for (let second = 0; second < 60 && run.state.state === 'running'; second++) {
      const before = server.requests.length;
      await clock.advance(1_000);
      await vi
        .waitFor(() => expect(server.requests.length).toBeGreaterThan(before), { timeout: 200 })
        .catch(() => undefined);
    }
    expect((await run.ended()).conversations[0]).toMatchObject({ reason: 'timeout' });
    expect(server.requests.length).toBeLessThan(16);
  });

  it('pause a run in VS Code once', async () => {
    const { run, server, events } = await start(() => refusal({}), {
      ...{ runner: { ...jumping(), retry: policy }, prompts: many(20), whenBlocked: 'pause' },
    });
    await vi.waitFor(() => expect(run.state.paused?.kind).toBe('rate_limit'), 10_000);
    const { length } = server.requests;
    expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
    expect(length).toBeLessThanOrEqual(28);
  });
});

describe('a wait longer than the max wait', () => {
  const limited = (seconds: number) =>
    plainReply(429, { error: { message: 'Slow down.' } }, { 'retry-after': String(seconds) });

  it('ends the run, which keeps what it has and says how to continue', async () => {
    const isRefused = isAsking('prompt 1');
    const { run } = await start((request) => (isRefused(request) ? limited(3_600) : answer), {
      prompts: many(4),
      maxWaitMs: 60_000,
    });
    const { conversations, state, id } = await run.ended();
    expect(state).toBe('finished');
    const ends = conversations.map(({ status, reason }) => `${status} ${reason}`);
    expect(ends).toEqual(['done final', 'stopped max_wait', 'done final', 'done final']);
    expect(run.state.notes.join()).toMatch(/would have to wait until/);
    expect(run.state.notes.join()).toContain(`interleave resume ${id}`);
  });

  it('ends a run that waits for the user', async () => {
    const { run } = await start(() => plainReply(402, { error: { message: 'Pay.' } }), {
      ...{ prompts: many(4), maxWaitMs: 60_000, whenBlocked: 'pause' },
    });
    const { conversations } = await run.ended();
    expect(new Set(conversations.map(({ reason }) => reason))).toEqual(new Set(['max_wait']));
  });

  it('does not end a run that progresses or waits for less', async () => {
    const { conversation } = await play([limited(50), answer], { maxWaitMs: 60_000 });
    expect(conversation.status).toBe('done');
  });
});
