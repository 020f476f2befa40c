import { expect, it } from 'vitest';
import { planArithmetic } from '../../../src/demo/arithmetic/arithmeticPlan.ts';
import { parseArithmetic } from '../../../src/demo/arithmetic/promptParser.ts';
import { arithmeticToolNames } from './arithmeticTools.ts';

const roots = parseArithmetic('(10 - 4) * (3 + 4)') ?? [];
const sum = { name: 'sum_numbers', input: { numbers: [3, 4] }, output: '7', isError: false };

it('finds results whatever their order and the order of their fields', () => {
  const subtract = {
    name: 'subtract_numbers',
    input: { subtrahend: 4, minuend: 10 },
    output: ' 6\n',
    isError: false,
  };
  expect(planArithmetic(roots, [sum, subtract], arithmeticToolNames)).toEqual({
    kind: 'call',
    calls: [{ name: 'multiply_numbers', input: { numbers: [6, 7] } }],
  });
});

it('repeats only calls without a result', () => {
  expect(planArithmetic(roots, [sum], arithmeticToolNames)).toEqual({
    kind: 'call',
    calls: [{ name: 'subtract_numbers', input: { minuend: 10, subtrahend: 4 } }],
  });
});

it('does not mistake the result of another call for its own', () => {
  const other = { ...sum, input: { numbers: [3, 5] } };
  const plan = planArithmetic(roots, [other], arithmeticToolNames);
  expect(plan.kind === 'call' && plan.calls).toHaveLength(2);
});

it('writes results with all digits of the tool', () => {
  const power = {
    name: 'power_numbers',
    input: { base: 3, exponent: 40 },
    output: '12157665459056928801',
    isError: false,
  };
  const plan = planArithmetic(parseArithmetic('3^40') ?? [], [power], arithmeticToolNames);
  expect(plan).toMatchObject({ kind: 'answer', results: ['12157665459056928801'] });
});
