import * as z from 'zod';
import { defineTool } from '../defineTool.ts';
import type { Tool } from '../tool.ts';
import { ToolError } from '../tool.ts';
import {
  asIntegers,
  nonZeroResult,
  roundedResult,
  tooLarge,
  wholeResult,
} from './arithmeticResult.ts';

const accuracy = 'Exact for whole numbers, else rounded to 15 significant digits.';

const numbers = z.array(z.number()).min(1).max(1000);

/** So many take less time than the way to a worker thread and back. */
const fewNumbers = 100;

/** `sum_numbers`, `subtract_numbers`, `multiply_numbers`, `divide_numbers` and `power_numbers`. */
export function createArithmeticTools(): readonly Tool[] {
  return [sumNumbers, subtractNumbers, multiplyNumbers, divideNumbers, powerNumbers];
}

const sumNumbers = defineTool({
  name: 'sum_numbers',
  description: `Adds 1 to 1,000 numbers and returns their sum. ${accuracy}`,
  effect: 'pure',
  inputSchema: z.strictObject({ numbers: numbers.describe('The numbers to add.') }),
  cpu: { isLight: (input) => input.numbers.length <= fewNumbers },
  execute: (input) => sum(input.numbers),
});

const subtractNumbers = defineTool({
  name: 'subtract_numbers',
  description: `Subtracts one number from another and returns the difference. ${accuracy}`,
  effect: 'pure',
  inputSchema: z.strictObject({
    minuend: z.number().describe('The number to subtract from.'),
    subtrahend: z.number().describe('The number to subtract.'),
  }),
  cpu: { isLight: () => true },
  execute: (input) => sum([input.minuend, -input.subtrahend]),
});

const multiplyNumbers = defineTool({
  name: 'multiply_numbers',
  description: `Multiplies 1 to 1,000 numbers and returns their product. ${accuracy}`,
  effect: 'pure',
  inputSchema: z.strictObject({ numbers: numbers.describe('The numbers to multiply.') }),
  cpu: { isLight: (input) => input.numbers.length <= fewNumbers },
  execute: (input) => product(input.numbers),
});

const divideNumbers = defineTool({
  name: 'divide_numbers',
  description: `Divides one number by another and returns the quotient. ${accuracy}`,
  effect: 'pure',
  inputSchema: z.strictObject({
    dividend: z.number().describe('The number to divide.'),
    divisor: z.number().describe('The number to divide by; not zero.'),
  }),
  cpu: { isLight: () => true },
  execute: (input) => quotient(input.dividend, input.divisor),
});

const powerNumbers = defineTool({
  name: 'power_numbers',
  description: `Raises a number to a power and returns the result. ${accuracy}`,
  effect: 'pure',
  inputSchema: z.strictObject({
    base: z.number().describe('The number to raise.'),
    exponent: z.number().describe('The power; 0.5 gives the square root.'),
  }),
  cpu: { isLight: () => true },
  execute: (input) => power(input.base, input.exponent),
});

function sum(terms: readonly number[]): string {
  const integers = asIntegers(terms);
  if (integers !== undefined) return wholeResult(integers.reduce((a, b) => a + b, 0n));
  return roundedResult(compensatedSum(terms));
}

/** Compensates rounding errors (Neumaier's algorithm), so that the order of the terms hardly matters. */
function compensatedSum(terms: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const term of terms) {
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

function product(factors: readonly number[]): string {
  if (factors.includes(0)) return '0';
  const integers = asIntegers(factors);
  if (integers === undefined) return nonZeroResult(factors.reduce((a, b) => a * b, 1));
  let result = 1n;
  for (const factor of integers) {
    result *= factor;
    // Stops early: no factor is zero, so the product cannot become small again.
    if (!Number.isFinite(Number(result))) throw tooLarge();
  }
  return wholeResult(result);
}

function quotient(dividend: number, divisor: number): string {
  if (divisor === 0) throw new ToolError('Division by zero has no result.');
  if (dividend === 0) return '0';
  return nonZeroResult(dividend / divisor);
}

function power(base: number, exponent: number): string {
  if (base === 0 && exponent < 0) {
    throw new ToolError('Zero to a negative power is a division by zero and has no result.');
  }
  if (base < 0 && !Number.isInteger(exponent)) {
    throw new ToolError('A negative number to a fractional power is not a real number.');
  }
  const rounded = base ** exponent;
  if (!Number.isFinite(rounded)) throw tooLarge();
  if (base === 0) return roundedResult(rounded);
  const isWhole = Number.isSafeInteger(base) && Number.isSafeInteger(exponent) && exponent >= 0;
  return isWhole ? wholePower(base, exponent) : nonZeroResult(rounded);
}

/** The result is finite, so either it has few digits or the base is 1 or -1. */
function wholePower(base: number, exponent: number): string {
  if (Math.abs(base) === 1) return base === 1 || exponent % 2 === 0 ? '1' : '-1';
  return wholeResult(BigInt(base) ** BigInt(exponent));
}
