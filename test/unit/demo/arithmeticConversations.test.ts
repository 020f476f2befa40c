import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { arithmeticToolNames, runTool } from './arithmeticTools.ts';
import { boldNumber, converseByMessages, converseByResponses } from './conversations.ts';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

type Tree =
  | { readonly sign: '+' | '-' | '*' | '/' | '^'; readonly left: Tree; readonly right: Tree }
  | { readonly value: number };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      value: fc.oneof(
        fc.nat({ max: 20 }),
        fc.integer({ min: 1000, max: 2_000_000 }),
        fc.double({ min: 0, max: 50, noNaN: true }).map((n) => Math.round(n * 100) / 100),
      ),
    }),
    fc.record({
      sign: fc.constantFrom('+', '-', '*', '/'),
      left: tie('tree'),
      right: tie('tree'),
    }),
    fc.record({
      sign: fc.constant('^'),
      left: tie('tree'),
      right: fc.record({ value: fc.nat({ max: 3 }) }),
    }),
  ) as fc.Arbitrary<Tree>,
}));

const strengths = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 } as const;

/** Writes a tree with the fewest brackets that the usual precedence allows. */
function render(node: Tree, style: 'plain' | 'typeset' | 'words'): string {
  if ('value' in node)
    return style === 'plain'
      ? String(node.value)
      : node.value.toLocaleString('en-US', { maximumFractionDigits: 9 });
  const own = strengths[node.sign];
  const side = (child: Tree, isRight: boolean) => {
    const text = render(child, style);
    if ('value' in child) return text;
    const inner = strengths[child.sign];
    // Powers are right-associative, everything else is left-associative.
    const needs = inner < own || (inner === own && isRight !== (node.sign === '^'));
    return needs ? `(${text})` : text;
  };
  const signs = {
    plain: { '+': ' + ', '-': ' - ', '*': ' * ', '/': ' / ', '^': ' ** ' },
    typeset: { '+': ' + ', '-': ' − ', '*': ' × ', '/': ' ÷ ', '^': '^' },
    words: {
      '+': ' plus ',
      '-': ' minus ',
      '*': ' times ',
      '/': ' divided by ',
      '^': ' to the power of ',
    },
  }[style];
  return `${side(node.left, false)}${signs[node.sign]}${side(node.right, true)}`;
}

function evaluate(node: Tree): number {
  if ('value' in node) return node.value;
  const [left, right] = [evaluate(node.left), evaluate(node.right)];
  switch (node.sign) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      // Like the tool: an error, and so is everything above it.
      return right === 0 ? Number.NaN : left / right;
    case '^':
      return left ** right;
  }
}

/** Whether every operation in the tree gives a finite number. */
function isComputable(node: Tree): boolean {
  if ('value' in node) return true;
  return isComputable(node.left) && isComputable(node.right) && Number.isFinite(evaluate(node));
}

describe.each([
  ['Messages API', converseByMessages],
  ['Responses API', converseByResponses],
])('over the %s', (_name, converse) => {
  it('any expression has the same value as when computed directly', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.constantFrom('plain', 'typeset', 'words'), async (node, style) => {
        fc.pre(!('value' in node));
        const { answer } = await converse(server, `What is ${render(node, style)}?`);
        if (isComputable(node)) expect(boldNumber(answer) + 0).toBe(evaluate(node) + 0);
        else expect(answer).toContain('I cannot finish this calculation');
      }),
      { numRuns: 60 },
    );
  });

  it('a chain of commands continues from each result', async () => {
    const steps = fc.array(
      fc.record({
        command: fc.constantFrom('add', 'subtract', 'multiply by', 'divide by'),
        value: fc.integer({ min: 1, max: 99 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 99 }), { minLength: 2, maxLength: 5 }),
        steps,
        async (numbers, chain) => {
          const text = `Sum ${numbers.join(', ')}${chain.map((step) => `, then ${step.command} ${step.value}`).join('')}.`;
          let value = numbers.reduce((a, b) => a + b);
          for (const step of chain) {
            if (step.command === 'add') value += step.value;
            if (step.command === 'subtract') value -= step.value;
            if (step.command === 'multiply by') value *= step.value;
            if (step.command === 'divide by') value /= step.value;
          }
          const { answer, turns } = await converse(server, text);
          expect(boldNumber(answer)).toBe(value);
          expect(turns).toHaveLength(1 + chain.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('calls tools turn by turn and answers with the steps', async () => {
    const { answer, turns } = await converse(
      server,
      'Sum 4, 7 and 9, then multiply the result by 3.',
    );
    expect(turns).toEqual([
      [{ name: 'sum_numbers', input: { numbers: [4, 7, 9] } }],
      [{ name: 'multiply_numbers', input: { numbers: [20, 3] } }],
    ]);
    expect(answer).toBe(
      'The answer is **60**.\n\n1. 4 + 7 + 9 = 20\n2. 20 × 3 = 60\n\n*Simulated by the demo model.*',
    );
  });

  it('calls tools for independent operations in the same turn', async () => {
    const { answer, turns } = await converse(server, '(3 + 4) * (10 - 4) / 2 ^ 3');
    expect(turns).toEqual([
      [
        { name: 'sum_numbers', input: { numbers: [3, 4] } },
        { name: 'subtract_numbers', input: { minuend: 10, subtrahend: 4 } },
        { name: 'power_numbers', input: { base: 2, exponent: 3 } },
      ],
      [{ name: 'multiply_numbers', input: { numbers: [7, 6] } }],
      [{ name: 'divide_numbers', input: { dividend: 42, divisor: 8 } }],
    ]);
    expect(boldNumber(answer)).toBe(5.25);
  });

  it('computes the same operation once', async () => {
    const { turns } = await converse(server, '(3 + 4) * (3 + 4)');
    expect(turns.map((calls) => calls.length)).toEqual([1, 1]);
  });

  it('returns every result of several independent sums', async () => {
    const { answer } = await converse(server, 'What is 3 plus 4, and what is 5 times 6?');
    expect(answer).toContain('The answers are **7** and **30**.');
  });

  it('says what failed when a tool returns an error, and calls no more tools', async () => {
    const { answer, turns } = await converse(server, 'Sum 1 and 2, then divide by 0, then add 5.');
    expect(turns).toHaveLength(2);
    expect(answer).toContain('3 ÷ 0 failed');
    expect(answer).toContain('The tool said: Division by zero.');
    expect(answer).toContain('1. 1 + 2 = 3');
    expect(answer).toContain('Simulated');
  });

  it('says so when a result is not a number', async () => {
    const run = () => ({ text: 'about seven', isError: false });
    const { answer } = await converse(server, '3 + 4', { run });
    expect(answer).toContain('The tool said: about seven');
  });

  it('calls no tool when a needed one is not offered', async () => {
    const tools = arithmeticToolNames.filter((name) => name !== 'power_numbers');
    const { answer, turns } = await converse(server, 'Sum 1 and 2, then square it.', { tools });
    expect(turns).toEqual([]);
    expect(answer).toContain('it needs `power_numbers`, which is not among the tools');
  });

  it('says that it is a simulation when asked anything else', async () => {
    const { answer, turns } = await converse(server, 'What is the capital of France?');
    expect(turns).toEqual([]);
    expect(answer).toContain("Interleave's demo model");
    expect(answer).toContain('*Simulated by the demo model.*');
  });

  it('reads thousands separators in results', async () => {
    const run = (name: string, input: Record<string, unknown>) => {
      const { text, isError } = runTool(name, input);
      return { text: Number(text).toLocaleString('en-US'), isError };
    };
    const { answer } = await converse(server, 'Multiply 1,000 by 1,000, then subtract 1', { run });
    expect(answer).toContain('The answer is **999,999**.');
  });
});

it('makes one call per turn when the request forbids parallel calls', async () => {
  const byMessages = await converseByMessages(server, '(1 + 2) * (3 + 4)', {
    request: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  });
  const byResponses = await converseByResponses(server, '(1 + 2) * (3 + 4)', {
    request: { parallel_tool_calls: false },
  });
  for (const { turns, answer } of [byMessages, byResponses]) {
    expect(turns.map((calls) => calls.length)).toEqual([1, 1, 1]);
    expect(boldNumber(answer)).toBe(21);
  }
});

it('calls no tools when the request forbids tools', async () => {
  const byMessages = await converseByMessages(server, '1 + 2', {
    request: { tool_choice: { type: 'none' } },
  });
  const byResponses = await converseByResponses(server, '1 + 2', {
    request: { tool_choice: 'none' },
  });
  for (const { turns, answer } of [byMessages, byResponses]) {
    expect(turns).toEqual([]);
    expect(answer).toContain('`sum_numbers`');
  }
});
