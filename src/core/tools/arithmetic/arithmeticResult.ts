import { ToolError } from '../tool.ts';

/** Digits of the largest finite double, and so of the longest whole number that is written out. */
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
 * Any other number as text, rounded to 15 significant digits: as many as a double always holds, so
 * 0.1 + 0.2 is 0.3. Throws a `ToolError` for what is no finite number.
 */
export function roundedResult(value: number): string {
  if (Number.isNaN(value)) throw new ToolError('The result is not a real number.');
  if (!Number.isFinite(value)) throw tooLarge();
  return String(Number(value.toPrecision(15)));
}

/** As `roundedResult`, for a result that is not zero: a zero then means that it was too small. */
export function nonZeroResult(value: number): string {
  if (value === 0) throw new ToolError('The result is too close to zero to be represented.');
  return roundedResult(value);
}

export function tooLarge(): ToolError {
  return new ToolError('The result is too large: numbers go up to about 1.8e308.');
}

/** The numbers as exact integers, or undefined when one of them is not a safe integer. */
export function asIntegers(numbers: readonly number[]): readonly bigint[] | undefined {
  return numbers.every(Number.isSafeInteger) ? numbers.map(BigInt) : undefined;
}
