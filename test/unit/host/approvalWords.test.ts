import { describe, expect, it } from 'vitest';
import { callCount, callWords, requestLines } from '../../../src/host/approvalWords.ts';

const words = (name: string, input: unknown) =>
  callWords({ tool: { name, effect: 'execute' }, input });

describe('A call in a few words', () => {
  it.each([
    [{ command: 'npm test' }, 'run: npm test'],
    [{ text: 'hello' }, 'run: hello'],
    [{ path: 'src/a.ts', content: 'x' }, 'run: src/a.ts (and content)'],
    [{ cwd: '/', command: 'ls', env: {} }, 'run: ls (and cwd, env)'],
    [{ command: 'npm test\nrm -rf .' }, 'run: "npm test\\nrm -rf ."'],
    [{ numbers: [1, 2] }, 'run: {"numbers":[1,2]}'],
    [{}, 'run: no arguments'],
    [null, 'run: null'],
  ])('names what it is about, and what else there is: %j', (input, text) => {
    expect(words('run', input)).toBe(text);
  });

  it('ends in time where an argument is huge, and shows that it was cut', () => {
    expect(words('run', { command: 'x'.repeat(5_000_000) })).toMatch(/^run: x{1000}…$/);
  });
});

it('a question whole says its choices, and whether several may be taken', () => {
  const choices = ['rice', 'so\u202eup'];
  const question = { question: 'Which sides?', choices };
  const linesOf = (one: object) =>
    requestLines({ questions: [one], agent: 'test', input: {} } as never);
  expect(linesOf(question)).toEqual([
    ...['Which sides?', '  - rice', '  - "so\\u202eup"', '', 'Agent: test'],
  ]);
  expect(linesOf({ ...question, multiple: true })[1]).toBe('Several of these may be chosen:');
});

it.each([
  [[0], '1 conversation'],
  [[0, 1], '2 conversations'],
  [[0, 1, 1], '3 calls of 2 conversations'],
])('calls are counted with their conversations: %j', (conversations, text) => {
  const requests = conversations.map((conversation) => ({ runId: 'r', conversation }));
  expect(callCount(requests as never)).toBe(text);
});
