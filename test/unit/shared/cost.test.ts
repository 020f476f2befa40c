import { describe, expect, it } from 'vitest';
import {
  addCosts,
  costOf,
  costOfRequest,
  costOrUnknown,
  costWords,
  formatCost,
  formatEstimate,
  isDearer,
  sumOfCosts,
} from '../../../src/shared/cost.ts';
import type { ModelPrice } from '../../../src/shared/modelPrice.ts';
import { addUsage, type Usage } from '../../../src/shared/usage.ts';

const price: ModelPrice = {
  input: 2,
  output: 10,
  cacheRead: 0.5,
  cacheWrite: 3,
  dearerAbove: 1_000,
};
const free: ModelPrice = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
const usage: Usage = {
  inputTokens: 1_000,
  outputTokens: 50,
  cacheReadTokens: 600,
  cacheWriteTokens: 100,
};
/** 300 plain tokens, 50 of output, 600 from the cache, 100 to it. */
const dollars = (300 * 2 + 50 * 10 + 600 * 0.5 + 100 * 3) / 1e6;

describe('the cost of tokens', () => {
  it('counts each kind at its own price', () => {
    expect(costOf(usage, price)).toBeCloseTo(dollars, 12);
    expect(costOrUnknown(usage, price)).toBeCloseTo(dollars, 12);
  });

  it('is unknown without a price or with incomplete usage', () => {
    const nothing = { ...usage, inputTokens: 0, outputTokens: 0 };
    expect(costOrUnknown(usage, undefined)).toBeNull();
    expect(costOrUnknown({ ...usage, incomplete: true }, price)).toBeNull();
    expect(costOrUnknown(nothing, undefined)).toBe(0);
  });
});

describe('the cost of a request', () => {
  it.each<[string, Partial<Usage>, ModelPrice | undefined, number | null, number]>([
    ['is the list price', {}, price, dollars, dollars],
    ['is unknown without a price', {}, undefined, null, 0],
    ['is a lower bound when the usage is incomplete', { incomplete: true }, price, null, dollars],
    ['is a lower bound in a long request', { inputTokens: 1_001 }, price, null, dollars + 2e-6],
    ['is a lower bound in a dearer tier', { tier: 'priority' }, price, null, dollars],
    ['is at least half in a cheaper tier', { tier: 'flex' }, price, null, dollars / 2],
    ['is at least half in a batch', { tier: 'batch' }, price, null, dollars / 2],
    ['is nothing for a free model, whatever else', { incomplete: true, tier: 'x' }, free, 0, 0],
  ])('%s', (_, more, at, costUsd, knownCostUsd) => {
    const cost = costOfRequest({ ...usage, ...more }, at);
    expect(cost.knownCostUsd).toBeCloseTo(knownCostUsd, 12);
    if (costUsd === null) expect(cost.costUsd).toBeNull();
    else expect(cost.costUsd).toBeCloseTo(costUsd, 12);
  });

  it.each([
    [{}, false],
    [{ inputTokens: 1_001 }, true],
    [{ tier: 'priority' }, true],
    [{ tier: 'flex' }, false],
  ])('with %j is above the list price: %s', (more, expected) => {
    expect(isDearer({ ...usage, ...more }, price)).toBe(expected);
  });
});

describe('sums', () => {
  it('are unknown as soon as one part is', () => {
    expect(addCosts(1, 2)).toBe(3);
    expect(addCosts(null, 2)).toBeNull();
    expect(addCosts(1, null)).toBeNull();
    expect(sumOfCosts({ costUsd: null, knownCostUsd: 1 }, { costUsd: 2, knownCostUsd: 2 })).toEqual(
      {
        ...{ costUsd: null, knownCostUsd: 3 },
      },
    );
  });

  it('of usage are incomplete as soon as one part is', () => {
    expect(addUsage(usage, usage)).toEqual({
      ...{ inputTokens: 2_000, outputTokens: 100, cacheReadTokens: 1_200, cacheWriteTokens: 200 },
    });
    expect(addUsage({ ...usage, incomplete: true }, usage).incomplete).toBe(true);
    expect(addUsage(usage, { ...usage, incomplete: true }).incomplete).toBe(true);
  });
});

describe('a cost in words', () => {
  it.each([
    [null, '–'],
    [0, '$0'],
    [0.0004, '<$0.001'],
    [0.0005, '$0.001'],
    [0.004, '$0.004'],
    [0.0994, '$0.099'],
    [0.1, '$0.10'],
    [12.345, '$12.35'],
  ])('%j is %s', (cost, text) => {
    expect(formatCost(cost)).toBe(text);
  });

  it.each([
    [{ costUsd: 0.31, knownCostUsd: 0.31 }, '$0.31'],
    [{ costUsd: null, knownCostUsd: 0.31 }, 'at least $0.31'],
    [{ costUsd: null, knownCostUsd: 0 }, '–'],
    [{ costUsd: 0, knownCostUsd: 0 }, '$0'],
  ])('%j is %s', (cost, text) => {
    expect(costWords(cost)).toBe(text);
  });

  it.each([
    [{ inputTokens: 1_234, costUsd: 0.004 }, 'at least 1.2k tokens in, $0.004'],
    [{ inputTokens: 5, costUsd: null }, 'at least 5 tokens in, cost unknown'],
    [{ inputTokens: 5, costUsd: 0 }, ''],
  ])('the estimate %j is %j', (estimate, text) => {
    expect(formatEstimate(estimate)).toBe(text);
  });
});
