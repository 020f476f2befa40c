import { ToolError } from '../tool.ts';

/** Max digits of a whole number in a result: the digits of the largest finite double. */
const maxDigits = 309;

/**
 * A whole number as text, every digit exact. Throws a `ToolError` when it is beyond the range of
 * floating-point numbers, so that whole numbers and others overflow at the same size.
 */
export function wholeResult(value: bigint): string {
  const text = value.toString();
  if (text.replace('-', '').length > maxDigits) throw tooLarge();
  return text;
}

/**
 * Any other number as text, rounded to 15 significant digits, which a double always holds: 0.1 + 0.2 is 0.3.
 * Throws a `ToolError` for NaN and infinity.
 */
export function roundedResult(value: number): string {
  if (Number.isNaN(value)) throw new ToolError('The result is not a real number.');
  if (!Number.isFinite(value)) throw tooLarge();
  return String(Number(value.toPrecision(15)));
}

/** The same as `roundedResult` for a result that cannot be zero: a zero means that it was too small. */
export function nonZeroResult(value: number): string {
  if (value === 0) throw new ToolError('The result is too close to zero to be represented.');
  return roundedResult(value);
}

/** The error for a result that is too large. */
export function tooLarge(): ToolError {
  return new ToolError('The result is too large: numbers go up to about 1.8e308.');
}

/** The numbers as exact integers, or undefined when one of them is not a safe integer. */
export function asIntegers(numbers: readonly number[]): readonly bigint[] | undefined {
  return numbers.every(Number.isSafeInteger) ? numbers.map(BigInt) : undefined;
}
