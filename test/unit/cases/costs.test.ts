import { describe, expect, it } from 'vitest';
import { answerPieces } from '../../../src/cli/answers.ts';
import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { createAnthropicProvider } from '../../../src/core/providers/anthropic/provider.ts';
import { priceOf } from '../../../src/core/providers/models/prices.ts';
import { createOpenAiProvider } from '../../../src/core/providers/openai/provider.ts';
import type { Provider } from '../../../src/core/providers/provider.ts';
import { planRun } from '../../../src/core/runner/planRun.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { costWords } from '../../../src/shared/cost.ts';
import type { ModelPrice } from '../../../src/shared/modelPrice.ts';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { noUsage } from '../../../src/shared/usage.ts';
import { playSchedules } from '../../support/costs/budgetSchedules.ts';
import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import type { Replies, Reply } from '../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { openAiEvents } from '../../support/loopback/openAiScript.ts';
import { plainReply, sseText, streamReply } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { contextOf, requestFor } from '../../support/requests.ts';
import { planned, record, testAgent, testRun } from '../../support/runs.ts';
import { ScriptedProvider } from '../../support/scriptedProvider.ts';

const price: ModelPrice = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };

/** A complete answer with this usage. */
function answered(usage: Record<string, unknown>, last: Record<string, unknown> = {}): Reply {
  const events = anthropicEvents({
    content: [{ type: 'text', text: 'done' }],
    stopReason: 'end_turn',
    inputUsage: usage as Record<string, number>,
    outputTokens: 100,
  }).map((event) =>
    event.type === 'message_delta'
      ? { ...event, usage: { ...(event.usage as object), ...last } }
      : event,
  );
  return streamReply(sseText(events));
}

/** The result of a run of one prompt with this response. */
async function resultOf(
  create: (url: string) => Provider,
  replies: Replies,
  priced: ModelPrice | null = price,
): Promise<RunResult> {
  const server = await startLoopbackServer(replies);
  const provider = create(server.url);
  try {
    const agent = testAgent(provider);
    const items = [{ planned: { ...planned('Go.', 0), ...(priced && { price: priced }) }, agent }];
    const run = testRun(agent, [], { items });
    run.start();
    return await run.ended();
  } finally {
    provider.dispose();
    await server.close();
  }
}

const anthropic = (url: string) => createAnthropicProvider({ baseUrl: url, apiKey: 'k' });
const openai = (url: string) => createOpenAiProvider({ baseUrl: url, apiKey: 'k' });

describe('C82: input from the cache', () => {
  it('pays the price of the cache only (Messages API)', async () => {
    const usage = { input_tokens: 1000, cache_read_input_tokens: 9000 };
    const { costUsd } = await resultOf(anthropic, [
      answered({ ...usage, cache_creation_input_tokens: 2000 }),
    ]);
    expect(costUsd).toBeCloseTo((1000 * 3 + 9000 * 0.3 + 2000 * 3.75 + 100 * 15) / 1e6, 10);
  });

  it('pays the price of the cache only (Responses API)', async () => {
    const output = [
      {
        type: 'message',
        id: 'm',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'x' }],
      },
    ];
    const usage = { input_tokens: 12_000, input_tokens_details: { cached_tokens: 9000 } };
    const events = openAiEvents({
      output,
      response: { usage: { ...usage, output_tokens: 0 } },
    });
    const { costUsd } = await resultOf(openai, [streamReply(sseText(events))]);
    expect(costUsd).toBeCloseTo((3000 * 3 + 9000 * 0.3) / 1e6, 10);
  });
});

describe('C84: an unknown price', () => {
  it.each<[string, Reply]>([
    ['succeeds', answered({ input_tokens: 10 })],
    ['fails', plainReply(200, 'event: message_start\n\n')],
    ['is refused', plainReply(400, { error: { type: 'invalid_request_error', message: 'No.' } })],
  ])('is not a cost of 0 when a run %s', async (_, reply) => {
    const result = await resultOf(anthropic, () => reply, null);
    expect(result).toMatchObject({ costUsd: null, knownCostUsd: 0 });
    expect([...answerPieces(result)].join('')).toContain('Cost: –.');
  });

  it('is not a cost of 0 when a run is cancelled', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    provider.turn = () => new Promise(() => undefined);
    const run = testRun(testAgent(provider), ['Go.']);
    run.start();
    await new Promise((resolve) => setImmediate(resolve));
    run.cancel();
    expect(run.result().costUsd).toBeNull();
  });

  it.each(['claude-opus-4.8', 'claude-next'])(
    'makes a limit on the cost impossible: %s is rejected',
    async (model) => {
      expect(priceOf({ provider: 'anthropic', model, isVendor: true })).toBeUndefined();
      const provider = new ScriptedProvider(() => ({ text: 'x' }));
      const request = requestFor(['Go.'], { model, limits: { maxCostUsd: 1 } });
      const asked = { ...provider, id: 'anthropic' } as unknown as Provider;
      const plan = planRun(request, contextOf(asked, { provider: 'anthropic' }));
      await expect(plan).rejects.toThrow(`the price of ${model} is not known`);
      expect(provider.requests).toHaveLength(0);
    },
  );

  it('makes the cost of a run with other models a lower bound', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const agent = testAgent(provider);
    const items = [
      { planned: { ...planned('a', 0), price: { ...price, output: 500_000 } }, agent },
      { planned: planned('b', 1), agent },
    ];
    const run = testRun(agent, [], { items });
    run.start();
    const result = await run.ended();
    expect(costWords(result)).toBe('at least $0.50');
    expect([...answerPieces(result)].join('')).toContain('Cost: at least $0.50.');
  });
});

describe('C88: a request that costs more than its tokens', () => {
  const long: ModelPrice = { ...price, dearerAbove: 272_000 };

  it.each<[string, ModelPrice, Record<string, unknown>]>([
    ['because it is long', long, { input_tokens: 300_000 }],
    ['because of its tier', price, { input_tokens: 100, service_tier: 'priority' }],
  ])('%s is shown as a lower bound', async (_, priced, usage) => {
    const result = await resultOf(anthropic, [answered(usage, usage)], priced);
    expect(result.costUsd).toBeNull();
    expect(result.knownCostUsd).toBeGreaterThan(0);
    expect(costWords(result)).toMatch(/^at least \$/);
  });

  it('is known from the list prices', () => {
    const listed = priceOf({ provider: 'openai', model: 'gpt-6.1-sol', isVendor: true });
    expect(listed?.dearerAbove).toBe(272_000);
  });

  it('counts double for the limit', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const turn = provider.turn.bind(provider);
    provider.turn = async (...args) => ({
      ...(await turn(...args)),
      usage: { ...noUsage, inputTokens: 300_000, outputTokens: 1 },
    });
    const agent = testAgent(provider, { limits: { ...defaultLimits, maxOutputTokens: 10 } });
    const items = Array.from({ length: 10 }, (_, index) => {
      return { planned: { ...planned(`p${index}`, index), price: long }, agent };
    });
    const run = testRun(agent, [], { items, maxCostUsd: 4, concurrency: 1 });
    run.start();
    const result = await run.ended();
    // At double 90 cents each, the third could exceed the limit.
    expect(provider.requests).toHaveLength(2);
    expect(result.counts).toMatchObject({ done: 2, stopped: 8 });
  });
});

describe('C85: a limit on cost or tokens', () => {
  it('is exceeded by no request, in whatever order requests end', async () => {
    const { schedules, requests, stopped } = await playSchedules(300);
    expect(schedules).toBe(300);
    // Schedules without requests or without stopped runs would prove nothing.
    expect(requests).toBeGreaterThan(schedules);
    expect(stopped).toBeGreaterThan(schedules / 10);
  }, 120_000);

  it('makes other requests wait, and says so', async () => {
    const clock = new ManualClock();
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const turn = provider.turn.bind(provider);
    provider.turn = async (...args) => {
      await new Promise<void>((resolve) => clock.after(2_000, resolve));
      return turn(...args);
    };
    // Each answer costs 10 cents, which is also its maximum.
    const dime = { input: 0, output: 100_000, cacheRead: 0, cacheWrite: 0 };
    const agent = testAgent(provider, { limits: { ...defaultLimits, maxOutputTokens: 1 } });
    const items = Array.from({ length: 30 }, (_, index) => {
      return { planned: { ...planned(`p${index}`, index), price: dime }, agent };
    });
    const runner = new Runner({ clock });
    const run = testRun(agent, [], { items, maxCostUsd: 0.25, concurrency: 16, runner });
    const events = record(run);
    run.start();
    await clock.advance(1_000);
    expect(provider.requests.length + 2).toBe(2);
    const waits = events.filter(({ type }) => type === 'conversation.waiting');
    expect(waits).toHaveLength(28);
    expect(waits[0]).toMatchObject({ reason: 'budget' });
    await clock.drain(100_000);
    const result = await run.ended();
    expect(result.counts).toMatchObject({ done: 2, stopped: 28 });
    expect(result.costUsd).toBeCloseTo(0.2);
    expect(new Set(result.conversations.map(({ reason }) => reason))).toEqual(
      new Set(['final', 'budget']),
    );
  });
});
