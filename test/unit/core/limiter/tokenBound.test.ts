import { describe, expect, it } from 'vitest';
import { tokenBound, tokenBoundOf } from '../../../../src/core/limiter/tokenBound.ts';
import type { Message } from '../../../../src/core/providers/message.ts';

describe('the upper bound of the tokens of a text', () => {
  it.each([
    ['', 0],
    ['   ', 0],
    ['a', 1],
    ['abc', 1],
    ['abcd', 2],
    ['azAZqq', 2],
    ['abc abc', 2],
    ['a b c', 3],
    // Blanks and marks begin a new token.
    ['ab.cd', 3],
    ['a1b', 3],
    ['2026', 4],
    // The neighbours of the letters in ASCII.
    ['@[`{', 4],
    ['\n\t', 2],
    ['\x7f', 1],
    ['\x80', 2],
    ['é', 2],
    ['😀', 4],
  ])('of %j is %i', (text, expected) => {
    expect(tokenBound(text)).toBe(expected);
  });
});

describe('the upper bound of the tokens of messages', () => {
  const user: Message = { role: 'user', text: 'abcabc' };
  const call = { callId: 'c', name: 'n', input: {} };
  const answer: Message = { role: 'assistant', text: 'abc', toolCalls: [call], native: [] };

  it('is the sum over all messages, each with something of its own', () => {
    const [one, two] = [tokenBoundOf([user]), tokenBoundOf([user, user])];
    expect(tokenBoundOf([])).toBe(0);
    expect(one).toBeGreaterThan(tokenBound('abcabc'));
    expect(two).toBe(2 * one);
  });

  it.each<[string, Message, string]>([
    ['text and calls of an answer', answer, `abc${JSON.stringify([call])}`],
    ['what is sent back of an answer', { ...answer, native: [{ x: 'abc' }] }, '[{"x":"abc"}]'],
    [
      'the results of tools',
      { role: 'tool', outcomes: [{ callId: 'c', name: 'n', isError: false, content: 'abc abc' }] },
      JSON.stringify([{ callId: 'c', name: 'n', isError: false, content: 'abc abc' }]),
    ],
  ])('counts %s', (_, message, text) => {
    const overhead = tokenBoundOf([{ role: 'user', text: '' }]);
    expect(tokenBoundOf([message])).toBe(overhead + tokenBound(text));
  });
});
