import { describe, expect, it, vi } from 'vitest';
import { answerPieces } from '../../../../src/cli/answers.ts';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import { eventSchemas } from '../../../../src/core/base/eventSchemas.ts';
import { conversationToMarkdown } from '../../../../src/core/export/markdown.ts';
import { runResultSchema } from '../../../../src/core/export/resultSchema.ts';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { Run } from '../../../../src/core/runner/run.ts';
import { foldConversation } from '../../../../src/shared/foldConversation.ts';
import type { ModelPrice } from '../../../../src/shared/modelPrice.ts';
import { noUsage } from '../../../../src/shared/usage.ts';
import { conversationDescription } from '../../../../src/views/conversationWords.ts';
import { planned, testAgent, testRun } from '../../../support/runs.ts';
import { never, oneToken, ScriptedProvider } from '../../../support/scriptedProvider.ts';

/** One output token, as the scripted provider reports it and as no answer may have more, costs one dollar. */
const dollarATurn: ModelPrice = { input: 0, output: 1_000_000, cacheRead: 0, cacheWrite: 0 };
const short = { ...defaultLimits, maxOutputTokens: 1 };

const endless = () =>
  new ScriptedProvider((_, turn) => ({
    text: `turn ${turn}`,
    calls: [{ callId: `c${turn}`, name: 'sum_numbers', input: { numbers: [turn] } }],
  }));

function pricedRun(
  provider: ScriptedProvider,
  count: number,
  limits: object,
  price: ModelPrice = dollarATurn,
) {
  const agent = testAgent(provider, { limits: short });
  const items = Array.from({ length: count }, (_, index) => ({
    planned: { ...planned(`p${index}`, index), price },
    agent,
  }));
  return testRun(agent, [], { items, ...limits });
}

describe('the limit on cost or tokens that was reached', () => {
  /** Every turn takes a thousand tokens and costs a dollar. */
  const costly = () => {
    const provider = endless();
    const turn = provider.turn.bind(provider);
    provider.turn = async (...args) => {
      const result = await turn(...args);
      return { ...result, usage: { ...result.usage, inputTokens: 999 } };
    };
    return provider;
  };
  const of = /of the run/;

  it.each([
    ['maxCostUsd', 3, 'cost limit of the run reached', '--max-cost'],
    ['maxRunTokens', 3_500, 'token limit of the run reached', '--limit maxRunTokens'],
    ['maxConversationCostUsd', 3, 'cost limit reached', '--limit maxConversationCostUsd'],
    ['maxConversationTokens', 3_500, 'token limit reached', '--limit maxConversationTokens'],
  ] as const)(
    'is named by result, log, tree and answers, and is what is raised: %s',
    async (name, value, words, option) => {
      // The other limits are there, too, and nearly reached.
      const others = { maxCostUsd: 4, maxConversationCostUsd: 4, maxRunTokens: 4_500 };
      const run = pricedRun(costly(), 1, {
        ...others,
        maxConversationTokens: 4_500,
        [name]: value,
      });
      const log = new RunLog(run.state, 'interleaved');
      const lines: string[] = [];
      run.onEvent((event) => void lines.push(...log.lines(event)));
      run.start();
      const result = await run.ended();
      const [conversation] = result.conversations;
      expect(conversation).toMatchObject({ status: 'stopped', reason: 'budget', limit: name });
      expect(runResultSchema.parse(result).conversations[0]?.limit).toBe(name);
      expect(lines.join('\n')).toContain(`: ${words}`);
      expect(conversationDescription(run.state.conversations[0]!, 0)).toContain(words);
      expect(of.test(words)).toBe(name === 'maxCostUsd' || name === 'maxRunTokens');
      const answers = [...answerPieces(result)].join('');
      expect(answers).toContain(option);
      expect(answers.match(/--(?:max-cost|limit)/g)).toHaveLength(1);
      expect(conversationToMarkdown(conversation!)).toContain(`stopped (budget: ${name})`);
      run.continue([0]);
      await run.ended();
      expect(run.state.conversations[0]?.raised).toEqual({ [name]: 2 * value });
    },
  );

  it('is named when only a shorter answer fitted and was cut off', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'Half', stop: 'truncated' }));
    const agent = testAgent(provider, { limits: { ...defaultLimits, maxOutputTokens: 5_000 } });
    const run = testRun(agent, ['A'], { maxRunTokens: 3_000 });
    run.start();
    expect((await run.ended()).conversations[0]).toMatchObject({
      ...{ reason: 'budget', limit: 'maxRunTokens', answer: 'Half' },
    });
  });

  it('is kept through the journal, and is no longer there when the conversation goes on', async () => {
    const run = pricedRun(endless(), 1, { maxCostUsd: 2 });
    run.start();
    await run.ended();
    const last = run.state.conversations[0]!;
    const event = {
      ...{ type: 'conversation.finished', status: 'stopped', reason: 'budget', limit: last.limit },
      ...{ answer: '', conversation: 0, seq: 1, atMs: 1 },
    };
    expect(eventSchemas['conversation.finished']().parse(event)).toMatchObject({
      limit: 'maxCostUsd',
    });
    const goesOn = { type: 'conversation.resumed', conversation: 0, seq: 2, atMs: 2 } as const;
    const resumed = foldConversation(last, goesOn);
    expect(resumed).not.toHaveProperty('limit');
    expect(resumed.previous).toMatchObject({ reason: 'budget', limit: 'maxCostUsd' });
  });
});

describe('a limit on the cost', () => {
  it('stops a conversation that has cost that much, and keeps what it had', async () => {
    const provider = endless();
    const run = pricedRun(provider, 1, { maxConversationCostUsd: 3 });
    run.start();
    const result = await run.ended();
    expect(result.conversations[0]).toMatchObject({
      status: 'stopped',
      reason: 'budget',
      answer: 'turn 3',
      costUsd: 3,
    });
  });

  it('admits no further conversation when the run has cost that much', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const run = pricedRun(provider, 20, { maxCostUsd: 5, concurrency: 1 });
    run.start();
    const result = await run.ended();
    expect(result.counts).toMatchObject({ done: 5, stopped: 15 });
    expect(provider.requests).toHaveLength(5);
    expect(result.costUsd).toBe(5);
  });

  it('counts an empty answer before anyone else is admitted', async () => {
    const provider = new ScriptedProvider(() => ({ text: '' }));
    const run = pricedRun(provider, 20, { maxCostUsd: 5, concurrency: 1 });
    run.start();
    const result = await run.ended();
    expect(provider.requests).toHaveLength(5);
    expect(result.costUsd).toBe(5);
  });

  it('counts an answer that does not say what it took with the most that it can be', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const turn = provider.turn.bind(provider);
    provider.turn = async (...args) => {
      const told = await turn(...args);
      const isSilent = provider.requests.length === 2;
      return isSilent ? { ...told, usage: { ...noUsage, incomplete: true } } : told;
    };
    const run = pricedRun(provider, 20, { maxCostUsd: 5, concurrency: 1 });
    run.start();
    const result = await run.ended();
    expect(provider.requests).toHaveLength(5);
    expect(result).toMatchObject({ costUsd: null, knownCostUsd: 4 });
    expect(run.state.notes.join()).toContain('does not always say how many tokens');
  });

  it('counts what attempts have cost that broke off, before anything is sent again', async () => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    const turn = provider.turn.bind(provider);
    provider.turn = async (request, observer, signal) => {
      const told = await turn(request, observer, signal);
      if (provider.requests.length === 4) return told;
      observer.onSpent?.(oneToken);
      throw new ProviderError('It broke off.', { kind: 'network' });
    };
    const run = pricedRun(provider, 20, { maxCostUsd: 6, concurrency: 1 });
    const discarded: unknown[] = [];
    run.onEvent((event) => {
      if (event.type === 'turn.discarded') discarded.push(event.usage);
    });
    run.start();
    const result = await run.ended();
    expect(provider.requests).toHaveLength(6);
    expect(discarded).toEqual(Array.from({ length: 5 }, () => oneToken));
    expect(result).toMatchObject({ costUsd: 6, usage: { inputTokens: 60, outputTokens: 6 } });
    expect(result.counts).toMatchObject({ done: 1, cancelled: 0 });
    const costs = result.conversations.map(({ costUsd }) => costUsd ?? 0);
    expect(costs.reduce((sum, cost) => sum + cost)).toBe(6);
  });

  it.each([
    ['cancelled', (run: Run) => run.cancel(), defaultLimits.timeoutMs],
    ['timed out', () => undefined, 30],
  ] as const)('counts what a request has cost that was %s', async (_, giveUp, timeoutMs) => {
    const provider = new ScriptedProvider(() => ({ text: 'x' }));
    provider.turn = async (_request, observer, signal) => {
      observer.onText?.('half an ');
      try {
        return await never(signal);
      } finally {
        observer.onSpent?.(oneToken);
      }
    };
    const agent = testAgent(provider, { limits: { ...short, timeoutMs } });
    const items = [0, 1].map((index) => ({
      planned: { ...planned(`p${index}`, index), price: dollarATurn },
      agent,
    }));
    const run = testRun(agent, [], { items });
    run.start();
    await vi.waitFor(() =>
      expect(run.state.conversations.map(({ partial, answer }) => partial || answer)).toEqual([
        'half an ',
        'half an ',
      ]),
    );
    giveUp(run);
    const result = await run.ended();
    expect(result.costUsd).toBe(2);
    expect(result.conversations).toMatchObject([
      { costUsd: 1, answer: 'half an ' },
      { costUsd: 1, answer: 'half an ' },
    ]);
  });

  it('admits another conversation when one that had reserved the rest is cancelled', async () => {
    const provider = new ScriptedProvider(({ messages }) =>
      JSON.stringify(messages).includes('p0') ? (_, signal) => never(signal) : { text: 'x' },
    );
    const run = pricedRun(provider, 2, { maxCostUsd: 1, concurrency: 2 });
    run.start();
    await vi.waitFor(() => expect(provider.requests).toHaveLength(1));
    run.cancelConversation(0);
    expect((await run.ended()).conversations).toMatchObject([
      { status: 'cancelled' },
      { status: 'done', costUsd: 1 },
    ]);
  });

  it('is estimated before anything is sent, prompt by prompt', () => {
    const estimateOf = (count: number) =>
      pricedRun(
        new ScriptedProvider(() => ({ text: 'x' })),
        count,
        {},
        { ...dollarATurn, input: 3 },
      ).state.started.estimate;
    const one = estimateOf(1);
    expect(one?.inputTokens).toBeGreaterThan(0);
    expect(one?.costUsd).toBeGreaterThan(0);
    expect(estimateOf(20)?.costUsd).toBeCloseTo(20 * (one?.costUsd ?? 0));
  });

  it('is unknown, not zero, where a price is not known', async () => {
    const run = testRun(testAgent(new ScriptedProvider(() => ({ text: 'x' }))), ['a']);
    run.start();
    const result = await run.ended();
    expect(result.costUsd).toBeNull();
    expect(result.conversations[0]!.costUsd).toBeNull();
  });
});
