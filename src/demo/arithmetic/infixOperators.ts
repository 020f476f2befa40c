import type { Expression, Operator } from './expression.ts';
import { operation } from './expression.ts';
import type { MathSymbol } from './token.ts';
import type { TokenCursor } from './tokenCursor.ts';

/** For a `reversed` operator, the right operand comes first: "3 subtracted from 10". */
interface InfixOperator {
  readonly operator: Operator;
  readonly reversed?: boolean;
}

export type Precedence = 'additive' | 'multiplicative' | 'power';

const symbolOperators: {
  readonly [precedence in Precedence]: { readonly [sign in MathSymbol]?: Operator };
} = {
  additive: { '+': 'sum', '-': 'subtract' },
  multiplicative: { '*': 'multiply', '/': 'divide' },
  power: { '^': 'power' },
};

const wordOperators: {
  readonly [precedence in Precedence]: { readonly [phrase: string]: InfixOperator };
} = {
  additive: {
    plus: { operator: 'sum' },
    minus: { operator: 'subtract' },
    less: { operator: 'subtract' },
    'take away': { operator: 'subtract' },
    'added to': { operator: 'sum', reversed: true },
    'subtracted from': { operator: 'subtract', reversed: true },
  },
  multiplicative: {
    times: { operator: 'multiply' },
    x: { operator: 'multiply' },
    'multiplied by': { operator: 'multiply' },
    'divided by': { operator: 'divide' },
    over: { operator: 'divide' },
  },
  power: {
    'to the power of': { operator: 'power' },
    'raised to the power of': { operator: 'power' },
    'raised to': { operator: 'power' },
  },
};

/** Takes an operator of this precedence. `words` allows operators written as words. */
export function takeInfix(
  cursor: TokenCursor,
  precedence: Precedence,
  words: boolean,
): InfixOperator | undefined {
  const symbol = cursor.peekSymbol();
  const operator = symbol === '' ? undefined : symbolOperators[precedence][symbol];
  if (operator !== undefined) {
    cursor.advance();
    return { operator };
  }
  if (!words) return undefined;
  const table = wordOperators[precedence];
  const phrase = cursor.takePhrase(...Object.keys(table));
  return phrase === undefined ? undefined : table[phrase];
}

/** Whether the next tokens are an operator. */
export function atInfix(cursor: TokenCursor): boolean {
  const start = cursor.position;
  const precedences: readonly Precedence[] = ['additive', 'multiplicative', 'power'];
  const found = precedences.some((level) => takeInfix(cursor, level, true) !== undefined);
  cursor.rewind(start);
  return found;
}

/** Joins two operands. Extends `chain`, the operation that just made the left operand. */
export function join(
  left: Expression,
  { operator, reversed = false }: InfixOperator,
  right: Expression,
  chain: boolean,
): Expression {
  if (reversed) return operation(operator, right, left);
  const widens = operator === 'sum' || operator === 'multiply';
  if (chain && widens && left.kind === 'operation' && left.operator === operator) {
    return operation(operator, ...left.operands, right);
  }
  return operation(operator, left, right);
}
