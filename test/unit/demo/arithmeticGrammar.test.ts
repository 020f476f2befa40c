import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expression, operationsOf } from '../../../src/demo/arithmetic/expression.ts';
import { parseArithmetic } from '../../../src/demo/arithmetic/promptParser.ts';

function show(expression: Expression): string {
  if (expression.kind === 'number') return String(expression.value);
  return `${expression.operator}(${expression.operands.map(show).join(', ')})`;
}

function read(prompt: string): string | undefined {
  return parseArithmetic(prompt)?.map(show).join(' | ');
}

describe('expressions', () => {
  it.each([
    ['(3 + 4) * 2 - 10 / 5', 'subtract(multiply(sum(3, 4), 2), divide(10, 5))'],
    ['What is 2^10?', 'power(2, 10)'],
    ['2 ** 3', 'power(2, 3)'],
    ['2^3^2', 'power(2, power(3, 2))'],
    ['2^-3', 'power(2, -3)'],
    ['-(2 + 3)^2', 'subtract(0, power(sum(2, 3), 2))'],
    ['3 × 4 ÷ 2 − 1', 'subtract(divide(multiply(3, 4), 2), 1)'],
    ['7 × (2 + 3)²', 'multiply(7, power(sum(2, 3), 2))'],
    ['1 + 2 + 3 + (4 + 5)', 'sum(1, 2, 3, sum(4, 5))'],
    ['1,234,567.5 + .5', 'sum(1234567.5, 0.5)'],
    ['12\u202f000 + 1e3 =', 'sum(12000, 1000)'],
    ['15 minus 4 times 2', 'subtract(15, multiply(4, 2))'],
    ['What is 12 divided by 4 plus 1?', 'sum(divide(12, 4), 1)'],
    ['Twenty-one times two hundred and five', 'multiply(21, 205)'],
    ['3 apples plus 4 apples', 'sum(3, 4)'],
    ['3 subtracted from 10', 'subtract(10, 3)'],
    ['15% of 200', 'divide(multiply(15, 200), 100)'],
  ])('reads %j', (prompt, expected) => {
    expect(read(prompt)).toBe(expected);
  });
});

describe('commands', () => {
  it.each([
    ['Sum 4, 7 and 9, then multiply the result by 3', 'multiply(sum(4, 7, 9), 3)'],
    ['Add 12 and 30. Then divide by 6.', 'divide(sum(12, 30), 6)'],
    ['What is 15 minus 4, times 2?', 'multiply(subtract(15, 4), 2)'],
    ['the product of 6 and 7', 'multiply(6, 7)'],
    ['the product of 6 and 7 plus 1', 'sum(multiply(6, 7), 1)'],
    ['raise 2 to the power of 8 and subtract 6', 'subtract(power(2, 8), 6)'],
    ['Raise 2 to the 3rd power', 'power(2, 3)'],
    ['Take 15, subtract 4, and multiply by 2', 'multiply(subtract(15, 4), 2)'],
    ['Take away 3 from 10', 'subtract(10, 3)'],
    ['Add 5 to 6, then subtract 3 from it, then square it', 'power(subtract(sum(6, 5), 3), 2)'],
    [
      'First add 4 and 6. Next, triple it. Finally subtract 5.',
      'subtract(multiply(sum(4, 6), 3), 5)',
    ],
    ['Compute the total of 12, 30 and 7, then halve it.', 'divide(sum(12, 30, 7), 2)'],
    ['the sum of the square of 3 and the square of 4', 'sum(power(3, 2), power(4, 2))'],
    ['the difference between 9 and 4', 'subtract(9, 4)'],
    ['the average of 3, 4 and 8', 'divide(sum(3, 4, 8), 3)'],
    ['Split 20 into 4 equal parts', 'divide(20, 4)'],
    ['take half of 18', 'divide(18, 2)'],
    ['sum the numbers from 1 to 5', 'sum(1, 2, 3, 4, 5)'],
    ['sum(3, 4) + 5', 'sum(sum(3, 4), 5)'],
    ['Increase 5 by 3, then reduce it by 2', 'subtract(sum(5, 3), 2)'],
  ])('reads %j', (prompt, expected) => {
    expect(read(prompt)).toBe(expected);
  });
});

describe('several results', () => {
  it.each([
    ['Sum 1, 2 and 3; sum 6, 7; multiply both results.', 'multiply(sum(1, 2, 3), sum(6, 7))'],
    ['Double 4, triple 5, and sum both results', 'sum(multiply(4, 2), multiply(5, 3))'],
    ['What is 3 plus 4 and 5 plus 6?', 'sum(3, 4) | sum(5, 6)'],
    [
      'Subtract 3 from 10; add 1 and 2; divide the first result by the second',
      'divide(subtract(10, 3), sum(1, 2))',
    ],
    [
      'Multiply 3 and 2. Sum 4 and 5. Subtract the product from the sum.',
      'subtract(sum(4, 5), multiply(3, 2))',
    ],
    ['Take 3. Multiply it by it.', 'multiply(3, 3)'],
    ['What is 3 + 4?\n-5 + 8', 'sum(3, 4) | sum(-5, 8)'],
  ])('reads %j', (prompt, expected) => {
    expect(read(prompt)).toBe(expected);
  });

  it('computes an operation that is referred to twice once', () => {
    const [root] = parseArithmetic('Add 3 and 4. Multiply it by it.') ?? [];
    expect(root?.kind === 'operation' && root.operands[0] === root.operands[1]).toBe(true);
  });
});

describe('layout and remarks', () => {
  it.each([
    [
      'Sum these numbers:\n- 4\n- 7\n- 9\n\nThen multiply the result by 3.',
      'multiply(sum(4, 7, 9), 3)',
    ],
    [
      '1. Sum 3 and 4\n2. Multiply the result by 5\n3. Subtract 6',
      'subtract(multiply(sum(3, 4), 5), 6)',
    ],
    ['Add 30 and\n12. Then divide by 6.', 'divide(sum(30, 12), 6)'],
    ['3 + 4\n5 * 6', 'sum(3, 4) | multiply(5, 6)'],
    ['**Sum** `4` and 5 * 2', 'sum(4, multiply(5, 2))'],
    ['Please use the tools.\nSum 4 and 5\nand 6.', 'sum(4, 5, 6)'],
    ['Answer in one sentence. Sum 4 and 5. What is the result?', 'sum(4, 5)'],
    ['Sum 4 and 5, and explain how you got the result.', 'sum(4, 5)'],
  ])('reads %j', (prompt, expected) => {
    expect(read(prompt)).toBe(expected);
  });
});

describe('refuses what is beyond the grammar rather than answer wrongly', () => {
  it.each([
    'What is the capital of France?',
    'A box holds 12 rows of 8 apples; 3 boxes arrive and 20 apples are sold. How many are left?',
    'Add 3 and 4. Then take the square root of it.',
    'Translate 3 sentences and add 2 examples.',
    'What is 3 + 4 in binary?',
    'Sum 100,200,300',
    'add 3 million and 4',
    'Read `src/a-1.ts` and tell me what 3 + 4 is',
    'Sum 1, 2 and 3, then multiply both results',
    'What is 5!',
    'What is 7?',
    '2024-01-15',
    'version 1.2.3',
    'If x = 3, what is 4 + x?',
    '(3 + 4',
    '3 + ',
    'divide by 3',
    '',
  ])('%j', (prompt) => {
    expect(read(prompt)).toBeUndefined();
  });

  it('fails quickly on hostile texts', () => {
    expect(read('('.repeat(3_000))).toBeUndefined();
    expect(read('2^'.repeat(1_500))).toBeUndefined();
    expect(read(`${'the sum of '.repeat(300)}3`)).toBeUndefined();
    expect(read(`${'the sum of '.repeat(40)}nothing`)).toBeUndefined();
    expect(parseArithmetic(`Take 3. ${'Multiply it by it. '.repeat(90)}`)).toHaveLength(1);
  });

  it('reads a long chain', () => {
    const [root] = parseArithmetic(`Sum 1 and 2${', then add 1'.repeat(80)}`) ?? [];
    expect(root === undefined ? [] : operationsOf([root])).toHaveLength(81);
  });

  it('reads any text without throwing', () => {
    const word = fc.constantFrom(
      ...'sum add then and the result of both 3 4.5 , . ( ) - * ^ % by from to divide it half first'.split(
        ' ',
      ),
      '\n',
      '- ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          for (const root of parseArithmetic(text) ?? []) expect(root.kind).toBe('operation');
        },
      ),
      { numRuns: 500 },
    );
  });
});
