import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import { defaultLimitValues } from '../../../../src/core/base/limits.ts';
import { checkMoney } from '../../../../src/core/runner/checkMoney.ts';
import { checkPrompts } from '../../../../src/core/runner/checkPrompts.ts';
import { estimateRun } from '../../../../src/core/runner/estimate.ts';
import { limitsOfAgent, runLimits } from '../../../../src/core/runner/planSettings.ts';
import { givenFor, raiseFor } from '../../../../src/core/runner/raiseFor.ts';
import { waitNote } from '../../../../src/core/runner/runNotes.ts';
import type { ConversationState } from '../../../../src/shared/conversationState.ts';
import type { FinishReason } from '../../../../src/shared/outcome.ts';
import type { RaisedLimits } from '../../../../src/shared/raisedLimits.ts';

describe('limits on money', () => {
  const price = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
  const priced = { provider: 'openai', model: 'm', price };
  const unpriced = { provider: 'openai', model: 'n' };
  const vscode = { provider: 'vscode', model: 'v' };
  const none = {
    ...{ maxCostUsd: 0, maxConversationCostUsd: 0, maxRunTokens: 0, maxConversationTokens: 0 },
  };

  it.each([
    [{}, [unpriced, vscode], undefined],
    [{ maxCostUsd: 1 }, [priced], undefined],
    [{ maxCostUsd: 1 }, [priced, unpriced], /price of n is not known.*interleave\.prices/],
    [{ maxConversationCostUsd: 1 }, [unpriced], /price of n is not known/],
    [{ maxCostUsd: 1 }, [vscode], /A limit on the cost is set, but VS Code's models/],
    [{ maxRunTokens: 1 }, [priced, unpriced], undefined],
    [{ maxRunTokens: 1 }, [priced, vscode], /A limit on tokens is set, but VS Code's models/],
    [{ maxConversationTokens: 1 }, [vscode], /A limit on tokens is set/],
  ])('%j cannot be kept for every model', (limits, answerers, message) => {
    const check = () => checkMoney(answerers as never, { ...none, ...limits });
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });
});

describe('the prompts of a run', () => {
  const prompt = (name: string, text = 'x') => ({ name, text });
  const limits = { conversations: 2, promptKB: 1 };

  it.each<[string, readonly ReturnType<typeof prompt>[], string | undefined]>([
    ['none', [], 'There is no prompt to run. Select some text, or a file with prompts.'],
    ['as many as allowed', [prompt('a'), prompt('b')], undefined],
    [
      'too many',
      [prompt('a'), prompt('b'), prompt('c')],
      '3 prompts are chosen; a run may have 2. Choose fewer, or raise interleave.limits.conversations.',
    ],
    ['as large as allowed', [prompt('a', 'é'.repeat(500))], undefined],
    [
      'too large',
      [prompt('a'), prompt('b', `${'é'.repeat(500)}x`)],
      'The prompt "b" has 1,001 bytes; a prompt may have 1,000 (1 KB). Shorten it, or raise interleave.limits.promptKB.',
    ],
    [
      'several too large',
      [prompt('a', 'x'.repeat(1_002)), prompt('b', 'x'.repeat(2_000))],
      '2 prompts are too large, the first of them "a" with 1,002 bytes; a prompt may have 1,000 (1 KB). Shorten them, or raise interleave.limits.promptKB.',
    ],
    [
      'garbled',
      [prompt('a'), prompt('b', 'x\0y')],
      'The prompt "b" has a NUL character, which no provider accepts. Remove it; if the text looks garbled, save it as UTF-8.',
    ],
  ])('%s', (_, prompts, message) => {
    const check = () => checkPrompts(prompts, { limits });
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });

  it('are checked with the defaults, and name limits as the caller does', () => {
    const { conversations } = defaultLimitValues;
    const many = Array.from({ length: conversations + 1 }, () => prompt('a'));
    expect(() => checkPrompts(many.slice(1), {})).not.toThrow();
    expect(() => checkPrompts(many, { limitKey: (name) => `--${name}` })).toThrow(
      /or raise --conversations\.$/,
    );
  });
});

describe('the limits of a run', () => {
  const names = [
    ...['maxCostUsd', 'maxConversationCostUsd', 'maxConversationTokens'],
    ...['maxRunTokens', 'maxRunTurns', 'maxRunToolCalls', 'maxRunSeconds'],
  ] as const;

  it.each(names)('%s is none at zero', (name) => {
    const infinite = Number.POSITIVE_INFINITY;
    expect(runLimits({ ...defaultLimitValues, [name]: 0 })[name]).toBe(infinite);
    const set = runLimits({ ...defaultLimitValues, [name]: 7 });
    for (const other of names) expect(set[other] === 7).toBe(other === name);
  });

  it('hold for waits and rates where they are set', () => {
    const none = runLimits({
      ...defaultLimitValues,
      ...{ maxWaitSeconds: 0, requestsPerMinute: 0, tokensPerMinute: 0 },
    });
    expect(none).not.toHaveProperty('maxWaitMs');
    expect(none.caps).toEqual({ requestsPerMinute: undefined, tokensPerMinute: undefined });
    const some = runLimits({
      ...defaultLimitValues,
      ...{ maxWaitSeconds: 3, requestsPerMinute: 4, tokensPerMinute: 5 },
    });
    expect(some.maxWaitMs).toBe(3_000);
    expect(some.caps).toEqual({ requestsPerMinute: 4, tokensPerMinute: 5 });
  });

  it('have retries of their own where those differ from the defaults', () => {
    const { attempts, retrySeconds } = defaultLimitValues;
    expect(runLimits(defaultLimitValues)).not.toHaveProperty('retry');
    expect(runLimits({ ...defaultLimitValues, attempts: attempts + 1 }).retry).toEqual({
      ...{ maxAttempts: attempts + 1, budgetMs: retrySeconds * 1_000 },
    });
    expect(runLimits({ ...defaultLimitValues, retrySeconds: 1 }).retry?.budgetMs).toBe(1_000);
  });

  it('of an agent are those of its prompt first', () => {
    expect(limitsOfAgent(defaultLimitValues, {})).toEqual(defaultLimits);
    const options = { maxTurns: 2, maxTokens: 3, timeout: 4 };
    expect(limitsOfAgent(defaultLimitValues, options)).toEqual({
      ...defaultLimits,
      ...{ maxTurns: 2, maxOutputTokens: 3, timeoutMs: 4_000 },
    });
  });
});

describe('a limit that is raised for a conversation', () => {
  const shared = {
    raiseBudget: () => ({ maxCostUsd: 1 }),
    raiseOfRun: (name: string) => ({ [name]: 1 }) as RaisedLimits,
  };
  const limits = {
    ...defaultLimits,
    maxTurns: 10,
    maxToolCalls: 20,
    repeatsStopped: 5,
    timeoutMs: 30_000,
  };
  const stopped = (reason: FinishReason, more: object = {}) =>
    ({ reason, turns: [], toolCalls: [], ...more }) as unknown as ConversationState;
  const many = (length: number) => Array.from({ length });

  it.each<[FinishReason, object, RaisedLimits]>([
    ['max_turns', {}, { maxTurns: 20 }],
    ['max_turns', { turns: many(11) }, { maxTurns: 21 }],
    ['max_turns', { raised: { maxTurns: 40 } }, { maxTurns: 80 }],
    ['max_tool_calls', {}, { toolCalls: 40 }],
    ['max_tool_calls', { toolCalls: many(50) }, { toolCalls: 50 }],
    ['max_tool_calls', { raised: { toolCalls: 50 } }, { toolCalls: 100 }],
    ['loop', {}, { repeatsStopped: 10 }],
    ['loop', { raised: { repeatsStopped: 10 } }, { repeatsStopped: 20 }],
    ['timeout', {}, { timeoutSeconds: 60 }],
    ['timeout', { raised: { timeoutSeconds: 60 } }, { timeoutSeconds: 120 }],
    ['budget', {}, { maxCostUsd: 1 }],
    ['max_run_turns', {}, { maxRunTurns: 1 }],
    ['max_run_tool_calls', {}, { maxRunToolCalls: 1 }],
    ['max_run_time', {}, { maxRunSeconds: 1 }],
    ['max_tokens', {}, {}],
    ['final', {}, {}],
  ])('after %s with %j: %j', (reason, more, raised) => {
    expect(raiseFor(stopped(reason, more), limits, shared)).toEqual(raised);
  });

  it('is taken from those given where it stopped the conversation', () => {
    const given = { maxTurns: 5, maxCostUsd: 6 };
    expect(givenFor(stopped('max_turns'), given)).toEqual({ maxTurns: 5 });
    expect(givenFor(stopped('budget'), given)).toEqual({ maxCostUsd: 6 });
    expect(givenFor(stopped('final'), given)).toEqual({});
  });
});

describe('an estimate', () => {
  const agent = { prefix: { tokens: 100 } } as never;
  const price = { input: 1_000_000, output: 9, cacheRead: 0, cacheWrite: 0 };

  it('adds up what each prompt sends at least, and is unknown with one unknown price', () => {
    const known = { agent, planned: { prompt: 'x'.repeat(400), price } };
    const [one, two] = [estimateRun([known]), estimateRun([known, known])];
    expect(one.inputTokens).toBeGreaterThan(100);
    expect(one.costUsd).toBeCloseTo(one.inputTokens);
    expect(two.inputTokens).toBe(2 * one.inputTokens);
    const unknown = { agent, planned: { prompt: 'x' } };
    expect(estimateRun([known, unknown]).costUsd).toBeNull();
  });
});

it('a wait that is too long is told with its end, and how to go on', () => {
  expect(waitNote('ID', 60_000, undefined)).toBe(
    'The run would have to wait, longer than the 1 min 00 s that it may (interleave.maxWaitSeconds, --max-wait). It is stopped and keeps what it has. To go on later: interleave resume ID',
  );
  expect(waitNote('ID', 60_000, 3_600_000)).toMatch(/have to wait until \d\d:\d\d, longer/);
});
