import type { WantedCall } from '../reply.ts';
import type { Operator } from './expression.ts';

const toolNames: { readonly [operator in Operator]: string } = {
  sum: 'sum_numbers',
  subtract: 'subtract_numbers',
  multiply: 'multiply_numbers',
  divide: 'divide_numbers',
  power: 'power_numbers',
};

const signs: { readonly [operator in Operator]: string } = {
  sum: ' + ',
  subtract: ' − ',
  multiply: ' × ',
  divide: ' ÷ ',
  power: '^',
};

export function toolNameOf(operator: Operator): string {
  return toolNames[operator];
}

/** The call that computes an operation whose operands are known. */
export function callFor(operator: Operator, operands: readonly number[]): WantedCall {
  const name = toolNames[operator];
  const [first, second] = operands;
  switch (operator) {
    case 'sum':
    case 'multiply':
      return { name, input: { numbers: operands } };
    case 'subtract':
      return { name, input: { minuend: first, subtrahend: second } };
    case 'divide':
      return { name, input: { dividend: first, divisor: second } };
    case 'power':
      return { name, input: { base: first, exponent: second } };
  }
}

/** The operation as people write it: `4 + 7 + 9`, `2^(-3)`. Operands are numbers as text. */
export function formatOperation(operator: Operator, operands: readonly string[]): string {
  const shown = operands.map((operand, index) =>
    operand.startsWith('-') && (index > 0 || operator === 'power') ? `(${operand})` : operand,
  );
  return shown.join(signs[operator]);
}

/** The number in a tool's result; `undefined` when the result is no number. */
export function readResult(text: string): number | undefined {
  const plain = text.trim().replace(/,(?=\d{3})/g, '');
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
