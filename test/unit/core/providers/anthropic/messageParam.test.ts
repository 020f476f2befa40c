import { describe, expect, it } from 'vitest';
import {
  isThinking,
  messageParams,
} from '../../../../../src/core/providers/anthropic/messageParam.ts';
import type { AssistantMessage, Message } from '../../../../../src/core/providers/message.ts';
import { buildAlways } from '../../../../../src/core/providers/turn/builtMessages.ts';

const user = (text: string): Message => ({ role: 'user', text });
const answer = (more: Partial<AssistantMessage>): Message => ({
  ...{ role: 'assistant', text: '', toolCalls: [], native: [] },
  ...more,
});
const text = (value: string) => ({ type: 'text', text: value });
const thinking = { type: 'thinking', thinking: 'hm', signature: 's' };
const redacted = { type: 'redacted_thinking', data: 'x' };
const use = { type: 'tool_use', id: 'c', name: 'n', input: {} };

describe('the messages of a request to the Messages API', () => {
  it('are built from text and calls where there are no blocks', () => {
    const calls = [
      { callId: 'c', name: 'n', input: { a: 1 } },
      { callId: 'd', name: 'm', input: '{', inputError: 'x' },
    ];
    const outcomes = [
      { callId: 'c', name: 'n', content: '5', isError: false },
      { callId: 'd', name: 'm', content: 'bad\ud800', isError: true },
    ];
    const messages = [
      user('a\ud800'),
      answer({ text: 'b', toolCalls: calls }),
      { role: 'tool', outcomes } as const,
    ];
    expect(messageParams(messages, true, buildAlways)).toEqual([
      { role: 'user', content: [text('a\ufffd')] },
      {
        role: 'assistant',
        content: [
          ...[text('b'), { type: 'tool_use', id: 'c', name: 'n', input: { a: 1 } }],
          { type: 'tool_use', id: 'd', name: 'm', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c', content: '5' },
          { type: 'tool_result', tool_use_id: 'd', content: 'bad\ufffd', is_error: true },
        ],
      },
    ]);
  });

  it.each<[string, readonly unknown[], readonly unknown[], readonly unknown[]]>([
    ['thinking before text', [thinking, text('a')], [thinking, text('a')], [text('a')]],
    ['thinking at the end', [text('a'), thinking, redacted], [text('a')], [text('a')]],
    ['thinking alone', [thinking], [], []],
    [
      'thinking without a signature',
      [{ ...thinking, signature: '' }, text('a')],
      [text('a')],
      [text('a')],
    ],
    ['blank text', [text(' '), use], [use], [use]],
    ['what is no block', ['odd', use], ['odd', use], ['odd', use]],
    ['redacted thinking', [redacted, use], [redacted, use], [use]],
  ])('of blocks have none that the API rejects: %s', (_, native, kept, without) => {
    const contentOf = (keepsThinking: boolean) =>
      messageParams([answer({ native })], keepsThinking, buildAlways).flatMap(
        ({ content }) => content,
      );
    expect(contentOf(true)).toEqual(kept);
    expect(contentOf(false)).toEqual(without);
  });

  it('join texts of the user when nothing is left between them', () => {
    const messages = [
      user('a'),
      answer({ text: ' ' }),
      user('b'),
      answer({ text: 'c' }),
      user('d'),
    ];
    expect(
      messageParams(messages, true, buildAlways).map(({ role, content }) => [role, content.length]),
    ).toEqual([
      ['user', 2],
      ['assistant', 1],
      ['user', 1],
    ]);
    const results = {
      role: 'tool',
      outcomes: [{ callId: 'c', name: 'n', content: '', isError: false }],
    } as const;
    const after = messageParams([results, user('x')], true, buildAlways);
    expect(after.map(({ content }) => content.length)).toEqual([1, 1]);
  });
});

it('thinking is known by its type', () => {
  expect([thinking, redacted, text('a'), 'thinking', null].map(isThinking)).toEqual([
    ...[true, true, false, false, false],
  ]);
});
