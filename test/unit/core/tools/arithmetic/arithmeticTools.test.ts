import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createArithmeticTools } from '../../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { runTool } from '../toolFixtures.ts';

const tools = createArithmeticTools();

async function result(name: string, input: unknown): Promise<string> {
  const { content, isError } = await runTool(tools, name, input);
  return isError ? `error: ${content}` : content;
}

describe('arithmetic', () => {
  test.each([
    ['sum_numbers', { numbers: [1, 2, 3] }, '6'],
    ['sum_numbers', { numbers: [0.1, 0.2] }, '0.3'],
    ['sum_numbers', { numbers: [-0] }, '0'],
    ['sum_numbers', { numbers: [1e308, 0.5, -1e308] }, '0.5'],
    ['sum_numbers', { numbers: [9007199254740991, 9007199254740991] }, '18014398509481982'],
    ['sum_numbers', { numbers: Array(1000).fill(0.1) }, '100'],
    ['subtract_numbers', { minuend: 0.3, subtrahend: 0.1 }, '0.2'],
    ['subtract_numbers', { minuend: 2, subtrahend: 5 }, '-3'],
    ['multiply_numbers', { numbers: [4, 5] }, '20'],
    ['multiply_numbers', { numbers: [1.1, 1.1] }, '1.21'],
    ['multiply_numbers', { numbers: [-2, 0] }, '0'],
    ['multiply_numbers', { numbers: [0.5, 0, 3] }, '0'],
    ['multiply_numbers', { numbers: [123456789, 987654321] }, '121932631112635269'],
    ['divide_numbers', { dividend: 1, divisor: 3 }, '0.333333333333333'],
    ['divide_numbers', { dividend: 20, divisor: 4 }, '5'],
    ['divide_numbers', { dividend: 0, divisor: -4 }, '0'],
    ['power_numbers', { base: 2, exponent: 10 }, '1024'],
    ['power_numbers', { base: 2, exponent: 64 }, '18446744073709551616'],
    ['power_numbers', { base: 2, exponent: -1 }, '0.5'],
    ['power_numbers', { base: 9, exponent: 0.5 }, '3'],
    ['power_numbers', { base: 0, exponent: 0 }, '1'],
    ['power_numbers', { base: 0, exponent: 3 }, '0'],
    ['power_numbers', { base: -1, exponent: 9007199254740991 }, '-1'],
    ['power_numbers', { base: -2, exponent: 3 }, '-8'],
  ])('%s %j is %s', async (name, input, expected) => {
    expect(await result(name, input)).toBe(expected);
  });

  test.each([
    ['divide_numbers', { dividend: 1, divisor: 0 }, 'Division by zero'],
    ['divide_numbers', { dividend: 1e308, divisor: 1e-308 }, 'too large'],
    ['divide_numbers', { dividend: 1e-308, divisor: 1e308 }, 'too close to zero'],
    ['sum_numbers', { numbers: [1.5e308, 1.5e308] }, 'too large'],
    ['multiply_numbers', { numbers: [1e200, 1e200] }, 'too large'],
    ['multiply_numbers', { numbers: [1e-200, 1e-200] }, 'too close to zero'],
    ['multiply_numbers', { numbers: Array(1000).fill(9007199254740991) }, 'too large'],
    ['power_numbers', { base: 9, exponent: 9 ** 9 }, 'too large'],
    ['power_numbers', { base: 0, exponent: -1 }, 'division by zero'],
    ['power_numbers', { base: -8, exponent: 1 / 3 }, 'not a real number'],
    ['power_numbers', { base: 0.5, exponent: 5000 }, 'too close to zero'],
  ])('%s %j is an error with the reason', async (name, input, reason) => {
    expect(await result(name, input)).toMatch(new RegExp(`^error: .*${reason}`));
  });

  test.each([
    ['sum_numbers', { numbers: [] }],
    ['sum_numbers', { numbers: Array(1001).fill(1) }],
    ['sum_numbers', { numbers: ['1'] }],
    ['multiply_numbers', { numbers: [Number.POSITIVE_INFINITY] }],
    ['multiply_numbers', { numbers: [Number.NaN] }],
    ['divide_numbers', { dividend: 1 }],
    ['power_numbers', { base: 2, exponent: 2, extra: 1 }],
  ])('%s rejects %j', async (name, input) => {
    expect(await result(name, input)).toMatch(/^error: The input does not fit/);
  });

  test('accepts up to 1,000 numbers', async () => {
    expect(await result('sum_numbers', { numbers: Array(1000).fill(1) })).toBe('1000');
  });

  test('is exact for whole numbers', async () => {
    const whole = fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(whole, async (numbers) => {
        const exact = numbers.map(BigInt);
        const sum = exact.reduce((a, b) => a + b);
        const product = exact.reduce((a, b) => a * b);
        expect(await result('sum_numbers', { numbers })).toBe(String(sum));
        expect(await result('multiply_numbers', { numbers })).toBe(String(product));
      }),
    );
  });

  test('returns text that parses to a number close to the true result', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 });
    await fc.assert(
      fc.asyncProperty(number, number, async (minuend, subtrahend) => {
        const text = await result('subtract_numbers', { minuend, subtrahend });
        const expected = minuend - subtrahend;
        expect(Math.abs(Number(text) - expected)).toBeLessThanOrEqual(Math.abs(expected) * 1e-14);
      }),
    );
  });
});
