import { describe, expect, it } from 'vitest';
import { acceptableHistory } from '../../../../src/core/agent/acceptableHistory.ts';
import { outcomeOfKnown } from '../../../../src/core/agent/callRecords.ts';
import {
  countCalls,
  isLastTextInterim,
  lastText,
  messagesAfterTurnLimit,
  messagesToContinue,
  notRunAtLimit,
  timesContinued,
} from '../../../../src/core/agent/continuation.ts';
import { withoutThinking } from '../../../../src/core/agent/trimHistory.ts';
import type {
  AssistantMessage,
  Message,
  ToolCall,
} from '../../../../src/core/providers/message.ts';
import { countTurns, lastResponseId } from '../../../../src/core/providers/message.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';

const asked: Message = { role: 'user', text: 'Go.' };
const call = (callId: string): ToolCall => ({ callId, name: `tool ${callId}`, input: {} });
const said = (text: string, more: Partial<AssistantMessage> = {}): Message => ({
  ...{ role: 'assistant', text, toolCalls: [], native: [] },
  ...more,
});
const results = (...contents: readonly string[]): Message => ({
  role: 'tool',
  outcomes: contents.map((content, index) => ({
    ...{ callId: `c${index}`, name: 'x', content, isError: false },
  })),
});

describe('going on', () => {
  it.each([
    ['a truncated answer', messagesToContinue, /cut off/],
    ['the limit on turns was raised', messagesAfterTurnLimit, /may take more turns/],
  ])('after %s gives every call a result, or asks in words', (_, messagesFor, words) => {
    const [note] = messagesFor([asked, said('x')]);
    expect(note).toMatchObject({ role: 'user', text: expect.stringMatching(words) });
    const text = expect.stringMatching(words);
    expect(messagesFor([asked, said('x', { toolCalls: [call('a'), call('b')] })])).toEqual([
      {
        role: 'tool',
        outcomes: [
          { callId: 'a', name: 'tool a', content: text, isError: true },
          { callId: 'b', name: 'tool b', content: text, isError: true },
        ],
      },
    ]);
    expect(messagesFor([asked, said('x'), asked])).toEqual([]);
    expect(messagesFor([])).toEqual([]);
  });

  it('is counted, however the model was asked to', () => {
    const open = [asked, said('x')];
    const cut = [asked, said('x', { toolCalls: [call('a')] })];
    const once = [...open, ...messagesToContinue(open)];
    const twice = [...once, ...cut, ...messagesToContinue(cut)];
    const raised = [...twice, ...open, ...messagesAfterTurnLimit(open)];
    expect([open, once, twice, raised].map(timesContinued)).toEqual([0, 1, 2, 2]);
    expect(timesContinued([asked, results('fine')])).toBe(0);
  });

  it('tells the model at the last turn that a call was not run', () => {
    expect(notRunAtLimit(call('a'))).toEqual({
      ...{ callId: 'a', name: 'tool a', isError: true },
      content: expect.stringMatching(/^Not run: .*no more turns/),
    });
  });
});

describe('a history', () => {
  const history = [
    ...[asked, said('first', { responseId: 'r1' }), results('1', '2')],
    ...[said('second', { answer: 'sec', toolCalls: [call('a')], responseId: 'r2' }), results('3')],
    said('  '),
  ];

  it('knows its turns, its calls and the last id', () => {
    expect(countTurns(history)).toBe(3);
    expect(countCalls(history)).toBe(3);
    expect(lastResponseId(history.slice(0, -1))).toBe('r2');
    expect(lastResponseId(history)).toBeUndefined();
    expect(lastResponseId([asked])).toBeUndefined();
  });

  it('has a last text, which is its answer unless it came with tool calls', () => {
    expect(lastText(history)).toBe('sec');
    expect(isLastTextInterim(history)).toBe(true);
    expect(lastText(history.slice(0, 2))).toBe('first');
    expect(isLastTextInterim(history.slice(0, 2))).toBe(false);
    expect(lastText([asked])).toBe('');
    expect(isLastTextInterim([asked])).toBe(false);
  });
});

describe('thinking that a server rejects', () => {
  const thought = ['thinking', 'redacted_thinking', 'reasoning'].map((type) => ({ type }));
  const other = [{ type: 'text' }, 'x', null];

  it('is removed, and nothing else', () => {
    const history = [asked, said('x', { native: [...thought, ...other] }), results('1'), said('y')];
    expect(withoutThinking(history)).toEqual([
      ...[asked, said('x', { native: other }), results('1'), said('y')],
    ]);
  });

  it.each([[[asked]], [[asked, said('x', { native: other }), results('1')]]])(
    'needs no other history where there is none (%#)',
    (history) => {
      expect(withoutThinking(history)).toBeUndefined();
    },
  );
});

describe('another history after a failure', () => {
  const long = new ProviderError('Too long.', { kind: 'invalid_request', httpStatus: 413 });
  const unsigned = new ProviderError('Bad signature.', { kind: 'invalid_request' });
  const other = new ProviderError('Bad.', { kind: 'invalid_request' });
  const turns = [1, 2, 3].flatMap((turn) => [
    said('x', { native: [{ type: 'thinking', turn }], toolCalls: [call(`${turn}`)] }),
    results(`result ${turn}`),
  ]);

  it('has fewer results when it was too long, and no thinking when that was refused', () => {
    const trimmed = acceptableHistory(long, turns, { trimmed: false, unthought: false });
    expect(JSON.stringify(trimmed)).not.toContain('result 1');
    const unthought = acceptableHistory(unsigned, turns, { trimmed: false, unthought: false });
    expect(JSON.stringify(unthought)).toContain('result 1');
    expect(JSON.stringify(unthought)).not.toContain('"type":"thinking"');
  });

  it('is made once for each reason', () => {
    const changes = { trimmed: false, unthought: false };
    acceptableHistory(long, turns, changes);
    expect(changes).toEqual({ trimmed: true, unthought: false });
    expect(acceptableHistory(long, turns, changes)).toBeUndefined();
    expect(acceptableHistory(unsigned, turns, changes)).toBeDefined();
    expect(changes.unthought).toBe(true);
    expect(acceptableHistory(unsigned, turns, changes)).toBeUndefined();
  });

  it('does not help against other failures', () => {
    expect(acceptableHistory(other, turns, { trimmed: false, unthought: false })).toBeUndefined();
  });
});

describe('a call that an earlier process started', () => {
  it.each([
    ['is run when nothing is known of it', undefined, 'write', undefined],
    [
      'is left to its recorded result',
      { kind: 'ended', content: 'x', isError: false },
      'write',
      undefined,
    ],
    ['is not repeated when its outcome is unknown', { kind: 'begun' }, 'write', /outcome.*unknown/],
    ['is not repeated when it succeeded', { kind: 'begun', result: 'done' }, 'write', /succeeded/],
    ['is not repeated when it failed', { kind: 'begun', result: 'failed' }, 'write', /failed/],
    [
      'is not repeated when only its start was seen and it changes things',
      { kind: 'shown' },
      'execute',
      /unknown/,
    ],
    ['is repeated when it only reads', { kind: 'shown' }, 'read', undefined],
    ['is left to others when its tool is gone', { kind: 'shown' }, undefined, undefined],
  ] as const)('%s', (_, known, effect, words) => {
    const outcome = outcomeOfKnown(call('a'), known, effect);
    if (words === undefined) expect(outcome).toBeUndefined();
    else
      expect(outcome).toEqual({
        ...{ callId: 'a', name: 'tool a', isError: true, wasRun: true },
        content: expect.stringMatching(words),
      });
  });
});
