import { describe, expect, it } from 'vitest';
import {
  asIntegers,
  nonZeroResult,
  roundedResult,
  wholeResult,
} from '../../../../../src/core/tools/arithmetic/arithmeticResult.ts';

describe('a result as text', () => {
  it('has every digit of a whole number, up to the range of others', () => {
    expect(wholeResult(2n ** 64n)).toBe('18446744073709551616');
    for (const sign of [1n, -1n]) {
      expect(wholeResult(sign * (10n ** 309n - 1n))).toMatch(/^-?9{309}$/);
      expect(() => wholeResult(sign * 10n ** 309n)).toThrow(/too large.*1\.8e308/);
    }
  });

  it.each([
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.333333333333333'],
    [-0, '0'],
    [1e300, '1e+300'],
  ])('of %d is %s', (value, text) => {
    expect(roundedResult(value)).toBe(text);
  });

  it.each([
    [Number.NaN, /not a real number/],
    [Number.POSITIVE_INFINITY, /too large/],
    [Number.NEGATIVE_INFINITY, /too large/],
  ])('of %d is an error', (value, message) => {
    expect(() => roundedResult(value)).toThrow(message);
    expect(() => nonZeroResult(value)).toThrow(message);
  });

  it('that cannot be zero was too small', () => {
    expect(() => nonZeroResult(0)).toThrow(/too close to zero/);
    expect(nonZeroResult(5e-324)).not.toBe('0');
  });
});

it('numbers are exact integers where all of them are safe', () => {
  expect(asIntegers([1, -2, Number.MAX_SAFE_INTEGER])).toEqual([1n, -2n, 9_007_199_254_740_991n]);
  expect(asIntegers([1, 2.5])).toBeUndefined();
  expect(asIntegers([2 ** 53])).toBeUndefined();
  expect(asIntegers([])).toEqual([]);
});
