import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../../src/core/providers/message.ts';
import { otherTier } from '../../../../../src/core/providers/turn/serviceTier.ts';
import { turnStopOf } from '../../../../../src/core/providers/turn/stopReasons.ts';
import {
  joinTexts,
  lineBetweenParts,
  lineBetweenTexts,
  PartFeed,
} from '../../../../../src/core/providers/turn/textParts.ts';
import {
  messagesWithIds,
  ToolCallIds,
} from '../../../../../src/core/providers/turn/toolCallIds.ts';
import {
  isEmptyInput,
  maxToolInput,
  readToolInput,
  takeToolInput,
  toolCallOf,
  truncatedToolInput,
} from '../../../../../src/core/providers/turn/toolInput.ts';

describe('the stop reason of a turn', () => {
  it.each<readonly [string, string | undefined]>([
    ...['end_turn', 'stop_sequence', 'stop', 'end', 'eos', 'eos_token', 'done', 'complete'].map(
      (reason) => [reason, 'final'] as const,
    ),
    ...['completed', 'finished', '', ' STOP '].map((reason) => [reason, 'final'] as const),
    ...['tool_use', 'tool_call', 'tool_calls', 'function_call', 'function_calls'].map(
      (reason) => [reason, 'final'] as const,
    ),
    ...['max_tokens', 'max_output_tokens', 'length'].map(
      (reason) => [reason, 'truncated'] as const,
    ),
    ...['refusal', 'content_filter', 'content_filtered', 'safety'].map(
      (reason) => [reason, 'refused'] as const,
    ),
    ...['model_context_window_exceeded', 'context_length_exceeded'].map(
      (reason) => [reason, 'context_full'] as const,
    ),
    ['pause_turn', 'continue'],
    ['whatever', undefined],
    ['toString', undefined],
  ])('%j: %s', (reason, stop) => {
    expect(turnStopOf(reason, false)).toBe(stop);
    expect(turnStopOf(reason, true)).toBe(stop === 'final' ? 'tool_calls' : stop);
  });

  it.each([
    [undefined, {}],
    ['standard', {}],
    ['default', {}],
    ['auto', {}],
    ['priority', { tier: 'priority' }],
    ['x'.repeat(50), { tier: 'x'.repeat(40) }],
  ])('comes with the service tier %j: %j', (name, tier) => {
    expect(otherTier(name)).toEqual(tier);
  });
});

describe('the texts of a response', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a\n\nb'],
    [['a ', 'b'], 'a b'],
    [['a', '\nb'], 'a\nb'],
    [['', 'a', '', 'b'], 'a\n\nb'],
  ])('%j are joined to %j', (texts, whole) => {
    expect(joinTexts(texts)).toBe(whole);
  });

  it('are passed on part by part', () => {
    const deltas: string[] = [];
    const feed = new PartFeed((delta) => deltas.push(delta), lineBetweenTexts);
    const [one, other] = [{}, {}];
    feed.push(one, 'a');
    feed.push(one, '');
    feed.push(one, 'b');
    feed.push(other, 'c');
    feed.push(one, 'd', true);
    feed.push(undefined, 'e');
    feed.push(undefined, 'f');
    expect(deltas).toEqual(['a', 'b', '\n\nc', 'd', '\n\ne', 'f']);
    expect(feed.text).toBe('ab\n\ncd\n\nef');
  });

  it('have a line between them, whatever they are, where they are parts', () => {
    expect(lineBetweenParts('', 'a')).toBe('');
    expect(lineBetweenParts('a ', '\nb')).toBe('\n\n');
  });

  it('have none before a first part that is undefined', () => {
    const deltas: string[] = [];
    const feed = new PartFeed(
      (delta) => deltas.push(delta),
      () => '|',
    );
    feed.push(undefined, 'a');
    expect(deltas).toEqual(['|a']);
  });
});

describe('the ids of tool calls', () => {
  const history: readonly Message[] = [
    { role: 'user', text: 'x' },
    {
      ...{ role: 'assistant', text: '', native: [] },
      toolCalls: ['a', 'call_1'].map((callId) => ({ callId, name: 'n', input: {} })),
    },
  ];

  it('are valid, and unique within the conversation', () => {
    const ids = new ToolCallIds(history);
    const claimed = ['b', 'b', 'a', undefined, '', 'x y', 'x'.repeat(64), 'x'.repeat(65)].map(
      (id) => ids.claim(id),
    );
    expect(claimed).toEqual([
      ...['b', 'call_2', 'call_3', 'call_4', 'call_5', 'call_6', 'x'.repeat(64), 'call_7'],
    ]);
    expect(new ToolCallIds(history).claim('b')).toBe('b');
  });

  it('are taken by earlier messages that are not sent', () => {
    expect(messagesWithIds({ messages: [], earlier: history })).toBe(history);
    expect(messagesWithIds({ messages: history })).toBe(history);
  });
});

describe('the arguments of a tool call', () => {
  const notJson = 'The arguments are not valid JSON.';
  const noObject = 'The arguments are not a JSON object.';

  it.each<[unknown, unknown, string | undefined]>([
    ['', {}, undefined],
    [' \n', {}, undefined],
    ['null', {}, undefined],
    ['""', {}, undefined],
    ['" "', {}, undefined],
    ['{"a":1}', { a: 1 }, undefined],
    ['"{\\"a\\":1}"', { a: 1 }, undefined],
    [{ a: 1 }, { a: 1 }, undefined],
    [null, {}, undefined],
    [undefined, {}, undefined],
    ['{"a":', '{"a":', notJson],
    ['[1]', [1], noObject],
    ['7', 7, noObject],
    ['"x"', 'x', noObject],
    [[1], [1], noObject],
  ])('%j', (given, input, inputError) => {
    const read = readToolInput(given);
    expect(read.input).toEqual(input);
    expect(read.inputError).toBe(inputError);
    expect(read.replay).toEqual(read.inputError === undefined ? read.input : {});
  });

  const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

  it('are nested in at most a hundred levels', () => {
    expect(readToolInput(nested(100)).inputError).toBeUndefined();
    const deep = readToolInput(nested(101));
    expect(deep.inputError).toMatch(/nested too deeply.*at most 100 levels/);
    expect(deep.input).toBe(nested(101));
    expect(takeToolInput(JSON.parse(nested(101)))).toEqual({
      ...{ input: '', inputError: deep.inputError, replay: {} },
    });
  });

  it('are at most so long', () => {
    const text = (length: number) => `"${'x'.repeat(length - 2)}"`;
    expect(readToolInput(text(maxToolInput)).inputError).toBe(noObject);
    const long = readToolInput(text(maxToolInput + 1));
    expect(long.inputError).toMatch(/too long: at most 1,000,000 characters/);
    expect(String(long.input)).toHaveLength(maxToolInput);
  });

  it('that another program has parsed become plain JSON', () => {
    expect(takeToolInput({ a: new Date(0), b: undefined })).toMatchObject({
      input: { a: '1970-01-01T00:00:00.000Z' },
    });
    expect(takeToolInput([1])).toEqual({ input: [1], inputError: noObject, replay: {} });
    expect(takeToolInput({ a: 1n })).toEqual({ input: '', inputError: notJson, replay: {} });
  });

  it('may be empty', () => {
    expect(['', '{}', 'null', {}, undefined].map(isEmptyInput)).toEqual(Array(5).fill(true));
    expect(['{"a":1}', '{', '[]'].map(isEmptyInput)).toEqual([false, false, false]);
  });

  it('that are cut off are not parsed', () => {
    expect(truncatedToolInput('{}')).toEqual({
      ...{ input: '{}', inputError: 'The arguments are cut off.', replay: {} },
    });
  });

  it('are part of the call, with what is wrong with them', () => {
    expect(toolCallOf('c', 'n', readToolInput('{"a":1}'))).toEqual({
      callId: 'c',
      name: 'n',
      input: { a: 1 },
    });
    expect(toolCallOf('c', 'n', readToolInput('['))).toEqual({
      ...{ callId: 'c', name: 'n', input: '[', inputError: notJson },
    });
  });
});
