import { describe, expect, it } from 'vitest';
import {
  type Amount,
  amountOf,
  fits,
  isPositive,
  min,
  none,
  outputWithin,
  sum,
} from '../../../../src/core/limiter/budgetAmount.ts';
import type { ModelPrice } from '../../../../src/shared/modelPrice.ts';

/** One dollar for a token of input, ten for one of output; twice that above 100 tokens of input. */
const price: ModelPrice = {
  input: 1_000_000,
  output: 10_000_000,
  cacheRead: 500_000,
  cacheWrite: 900_000,
  dearerAbove: 100,
};

const room: Amount = { turns: 2, tokens: 100, dollars: 50 };

describe('amounts of a budget', () => {
  it('are added and compared part by part', () => {
    const other: Amount = { turns: 5, tokens: 7, dollars: 90 };
    expect(sum(room, other)).toEqual({ turns: 7, tokens: 107, dollars: 140 });
    expect(min(room, other)).toEqual({ turns: 2, tokens: 7, dollars: 50 });
    expect(sum(room, none)).toEqual(room);
  });

  it.each([
    ['exactly what is left', {}, true],
    ['one turn too many', { turns: 3 }, false],
    ['one token too many', { tokens: 101 }, false],
    ['a cent too much', { dollars: 50.01 }, false],
    ['a rounding error too much', { dollars: 50 + 5e-10 }, true],
  ])('fit or not: %s', (_, more, expected) => {
    expect(fits({ ...room, ...more }, room)).toBe(expected);
  });

  it.each([
    ['something of each', {}, true],
    ['no turn', { turns: 0 }, false],
    ['no token', { tokens: 0 }, false],
    ['no money', { dollars: 0 }, false],
    ['a rounding error of money', { dollars: 1e-9 }, false],
  ])('leave room or not: %s', (_, rest, expected) => {
    expect(isPositive({ ...room, ...rest })).toBe(expected);
  });
});

describe('the most that a request can use', () => {
  it('has one turn, all tokens, and the price of both kinds', () => {
    expect(amountOf(100, 2, price)).toEqual({ turns: 1, tokens: 102, dollars: 120 });
  });

  it('costs nothing known where the price is unknown', () => {
    expect(amountOf(100, 2, undefined)).toEqual({ turns: 1, tokens: 102, dollars: 0 });
  });

  it('costs twice as much above the length from which the model costs more', () => {
    expect(amountOf(101, 2, price).dollars).toBe(2 * 121);
    const { dearerAbove: _, ...flat } = price;
    expect(amountOf(101, 2, flat).dollars).toBe(121);
  });

  it.each(['cacheRead', 'cacheWrite'] as const)(
    'counts input at %s where that costs most',
    (kind) => {
      expect(amountOf(10, 0, { ...price, [kind]: 3_000_000 }).dollars).toBe(30);
    },
  );
});

describe('the output that still fits', () => {
  it.each([
    // 50 dollars: 20 for the input, 30 for three tokens of output.
    ['as much as the money buys', room, 20, price, 3],
    ['as many tokens as are left', { ...room, dollars: 1_000 }, 95, price, 5],
    ['as many tokens as are left, without a price', room, 95, undefined, 5],
    ['none when the input alone costs too much', { ...room, dollars: 19 }, 20, price, 0],
    ['none when the input alone is too long', { ...room, dollars: 1_000 }, 100, price, 0],
    ['none without a turn', { ...room, turns: 0 }, 20, price, 0],
    ['as many tokens as are left when output is free', room, 20, { ...price, output: 0 }, 80],
    ['what a sum with rounding errors buys', { ...room, dollars: 50 - 5e-10 }, 20, price, 3],
    ['nothing for money that ends with the input', { ...room, dollars: 20 }, 20, price, 0],
  ])('is %s', (_, left, input, priced, expected) => {
    expect(outputWithin(left, input, priced)).toBe(expected);
  });
});
