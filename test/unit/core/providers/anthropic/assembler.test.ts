import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnthropicAssembler } from '../../../../../src/core/providers/anthropic/assembler.ts';
import { joinTexts } from '../../../../../src/core/providers/turn/textParts.ts';
import { anthropicEvents } from '../../../../support/loopback/anthropicScript.ts';
import type { EventData } from '../../../../support/loopback/replies.ts';
import { sseText } from '../../../../support/loopback/replies.ts';
import { type AssembledTurn, assemble, assembleBytes, messageWithCalls } from '../assemble.ts';
import { cutAt, jsonObject } from '../generators.ts';

function turnOf(content: readonly EventData[], stopReason = 'end_turn'): AssembledTurn {
  return assemble('anthropic', anthropicEvents({ content, stopReason }));
}

function toolUse(id: unknown, input: unknown, name = 'sum'): EventData {
  return { type: 'tool_use', id, name, input };
}

describe('AnthropicAssembler', () => {
  it('keeps all blocks in order for sending them back', () => {
    const content = [
      { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'b3BhcXVl' },
      { type: 'text', text: 'I add them.', citations: null },
      { type: 'some_new_block', novelty: { deep: [1, 2] } },
      { ...toolUse('toolu_1', { a: 15, b: [5, { c: 'ü' }] }), caller: { type: 'direct' } },
      { type: 'text', text: ' And more.' },
    ];
    const turn = turnOf(content, 'tool_use');
    expect(turn.message).toEqual({
      role: 'assistant',
      text: 'I add them. And more.',
      toolCalls: [{ callId: 'toolu_1', name: 'sum', input: { a: 15, b: [5, { c: 'ü' }] } }],
      native: content,
      responseId: 'msg_1',
    });
    expect(turn.streamed).toBe('I add them. And more.');
    expect(turn.stop).toBe('tool_calls');
  });

  it.each([
    [{ type: 'message' }, true],
    [{ role: 'assistant' }, true],
    [{ type: 'message', role: 'assistant' }, true],
    [{ type: 'completion' }, false],
    [{ role: 'user' }, false],
    [{}, false],
  ])('takes an answer that is one object, with %j: %s', (kind, isTurn) => {
    const context = { host: 'api.example.com', apiKey: undefined, model: 'm' };
    const assembler = new AnthropicAssembler({ messages: [], context, observer: {} });
    const content = [{ type: 'text', text: 'Hi.' }];
    expect(assembler.acceptWhole({ ...kind, content, stop_reason: 'end_turn' })).toBe(isTurn);
    expect(assembler.isWhole()).toBe(isTurn);
    if (isTurn)
      expect(assembler.finish()).toMatchObject({ message: { text: 'Hi.' }, stop: 'final' });
  });

  it('joins citations to their text', () => {
    const events = anthropicEvents({
      content: [{ type: 'text', text: 'abc' }],
      stopReason: 'end_turn',
    });
    const at = events.findIndex((event) => event.type === 'content_block_stop');
    const citation = { type: 'char_location', cited_text: 'b' };
    const delta = { type: 'citations_delta', citation };
    events.splice(at, 0, { type: 'content_block_delta', index: 0, delta });
    const { native } = assemble('anthropic', events).message;
    expect(native).toEqual([{ type: 'text', text: 'abc', citations: [citation] }]);
  });

  it('does not send back empty text blocks', () => {
    const turn = turnOf([{ type: 'text', text: '' }, toolUse('a', {})], 'tool_use');
    expect(turn.message.native).toEqual([toolUse('a', {})]);
  });

  it.each([
    ['end_turn', 'final'],
    ['stop_sequence', 'final'],
    ['tool_use', 'final'],
    ['pause_turn', 'continue'],
    ['max_tokens', 'truncated'],
    ['model_context_window_exceeded', 'context_full'],
    ['refusal', 'refused'],
  ])('reads the stop reason %s without tool calls as %s', (reason, stop) => {
    expect(turnOf([{ type: 'text', text: 'x' }], reason).stop).toBe(stop);
  });

  it('fails without a retry for an unknown stop reason', () => {
    expect(() => turnOf([{ type: 'text', text: 'x' }], 'something_new')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('unknown reason: "something_new"'),
        kind: 'protocol',
        retryable: false,
      }),
    );
  });

  it('counts cached tokens as input, and uses the later of two counts', () => {
    const inputUsage = { cache_creation_input_tokens: 200, cache_read_input_tokens: 3000 };
    const events = anthropicEvents({
      content: [],
      stopReason: 'end_turn',
      inputUsage,
      outputTokens: 77,
    });
    expect(assemble('anthropic', events).usage).toEqual({
      inputTokens: 3210,
      outputTokens: 77,
      cacheReadTokens: 3000,
      cacheWriteTokens: 200,
    });
  });

  it('keeps a count that the last event does not repeat', () => {
    const events = anthropicEvents({ content: [], stopReason: 'end_turn' }).map((event) =>
      event.type === 'message_delta'
        ? { ...event, usage: { input_tokens: null, output_tokens: 9 } }
        : event,
    );
    expect(assemble('anthropic', events).usage).toMatchObject({ inputTokens: 10, outputTokens: 9 });
  });

  it('reports that a server sends no usage at all', () => {
    const events = anthropicEvents({ content: [], stopReason: 'end_turn' }).map((event) =>
      event.type === 'message_start' ? { ...event, message: {} } : { ...event, usage: undefined },
    );
    expect(assemble('anthropic', events).usage).toMatchObject({ inputTokens: 0, incomplete: true });
  });

  it.each([undefined, -1, 1e308, '9'])('reports that one count is %s', (count) => {
    const events = anthropicEvents({ content: [], stopReason: 'end_turn' }).map((event) =>
      event.type === 'message_start'
        ? { ...event, message: { usage: { input_tokens: 10 } } }
        : { ...event, usage: { output_tokens: count } },
    );
    const { usage } = assemble('anthropic', events);
    expect(usage).toMatchObject({ inputTokens: 10, outputTokens: 0, incomplete: true });
  });

  it('counts nothing when a server sends no valid usage', () => {
    const usage = { input_tokens: -1, output_tokens: 'many', cache_read_input_tokens: null };
    const events = anthropicEvents({ content: [], stopReason: 'end_turn' }).map((event) =>
      event.type === 'message_start' ? { ...event, message: { usage } } : { ...event, usage },
    );
    expect(assemble('anthropic', events).usage.inputTokens).toBe(0);
    expect(assemble('anthropic', events).usage.outputTokens).toBe(0);
  });

  describe('and tool input', () => {
    it.each([
      ['that is not JSON', '{"path":"/tmp/a","content":"hel', 'not valid JSON'],
      ['with something behind it', '{} {}', 'not valid JSON'],
      ['that is a list', '[1]', 'not a JSON object'],
      ['that is text', '"now"', 'not a JSON object'],
      ['that is a list in a text', '"[1]"', 'not a JSON object'],
    ])('refuses input %s, repairs nothing and sends back no input', (_, json, problem) => {
      const { message } = turnOf([toolUse('a', json)], 'tool_use');
      expect(message.toolCalls[0]!.inputError).toContain(problem);
      expect(message.native).toEqual([toolUse('a', {})]);
    });

    it.each(['', ' ', 'null', '"{}"', '""'])('reads %j as no arguments', (json) => {
      expect(turnOf([toolUse('a', json)], 'tool_use').message.toolCalls).toEqual([
        { callId: 'a', name: 'sum', input: {} },
      ]);
    });

    it('reads input that is complete at the start of the block', () => {
      const events = anthropicEvents({ content: [toolUse('a', '')], stopReason: 'tool_use' }).map(
        (event) =>
          event.type === 'content_block_start'
            ? { ...event, content_block: toolUse('a', { x: 1 }) }
            : event,
      );
      const { message } = assemble('anthropic', events);
      expect(message.toolCalls).toEqual([{ callId: 'a', name: 'sum', input: { x: 1 } }]);
      expect(message.native).toEqual([toolUse('a', { x: 1 })]);
    });

    it('does not trust input of an unfinished block, even if it looks complete', () => {
      for (const input of ['', '{}']) {
        const events = anthropicEvents({
          content: [toolUse('a', input)],
          stopReason: 'max_tokens',
        });
        const cut = events.filter((event) => event.type !== 'content_block_stop');
        const turn = assemble('anthropic', cut);
        expect(turn.stop).toBe('truncated');
        expect(turn.message.toolCalls[0]!.inputError).toContain('cut off');
      }
    });

    it('keeps hostile keys as data', () => {
      const { toolCalls } = turnOf([toolUse('a', '{"__proto__":{"x":1}}')], 'tool_use').message;
      expect(Object.keys(toolCalls[0]!.input as object)).toEqual(['__proto__']);
      expect(({} as { x?: number }).x).toBeUndefined();
    });
  });

  describe('and tool call ids', () => {
    it('gives calls unique ids, the same in the call and in the block that is sent back', () => {
      const ids = ['a', 'a', '', undefined, 'b', 7];
      const content = ids.map((id) => toolUse(id, {}));
      const events = anthropicEvents({ content, stopReason: 'tool_use' });
      const { toolCalls, native } = assemble('anthropic', events, [
        messageWithCalls('b', 'call_1'),
      ]).message;
      const given = toolCalls.map((call) => call.callId);
      expect(new Set([...given, 'b', 'call_1']).size).toBe(8);
      expect(given[0]).toBe('a');
      expect(native.map((block) => (block as { id: string }).id)).toEqual(given);
    });
  });

  describe('refuses a stream', () => {
    const events = anthropicEvents({
      content: [{ type: 'text', text: 'abc' }, toolUse('a', {})],
      stopReason: 'tool_use',
    });
    const [start] = events;

    it.each<[string, (all: readonly EventData[]) => readonly EventData[]]>([
      ['that starts twice', (all) => [start!, ...all]],
      ['without a start', (all) => all.slice(1)],
      [
        'that ends without a stop reason',
        (all) => all.filter(({ type }) => type !== 'message_delta'),
      ],
      [
        'with a block that starts twice',
        (all) => all.flatMap((e) => (e.type === 'content_block_start' ? [e, e] : [e])),
      ],
      [
        'with deltas of a block that never started',
        (all) => all.filter(({ type }) => type !== 'content_block_start'),
      ],
      [
        'with deltas after a block has ended',
        (all) => all.flatMap((e) => (e.type === 'content_block_stop' ? [e, e] : [e])),
      ],
      [
        'with a block without an index',
        (all) => all.map(({ index: _, ...rest }) => rest as EventData),
      ],
      [
        'with a tool call without a name',
        (all) => all.map((e) => ({ ...e, content_block: e.content_block && toolUse('a', {}, '') })),
      ],
    ])('%s', (_, change) => {
      expect(() => assemble('anthropic', change(events))).toThrow(
        /^The answer of api\.example\.com cannot be read: /,
      );
    });
  });

  it('builds the same turn however the bytes are split', () => {
    const text = fc.string({ unit: 'grapheme' });
    const block: fc.Arbitrary<EventData> = fc.oneof(
      text.filter((value) => value !== '').map((value) => ({ type: 'text', text: value })),
      fc
        .tuple(text, text)
        .map(([thinking, signature]) => ({ type: 'thinking', thinking, signature })),
      fc.tuple(fc.constantFrom('a', 'b', ''), jsonObject).map(([id, input]) => toolUse(id, input)),
    );
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 5 }),
        lineEnd,
        fc.array(fc.nat()),
        (content, end, cuts) => {
          const events = anthropicEvents({ content, stopReason: 'tool_use' });
          const whole = assemble('anthropic', events);
          const bytes = Buffer.from(sseText(events).replaceAll('\n', end));
          expect(assembleBytes('anthropic', cutAt(bytes, cuts))).toEqual(whole);
          const texts = content.map((one) => (one.type === 'text' ? String(one.text) : ''));
          const visible = joinTexts(texts);
          expect(whole.message.text).toBe(visible);
          expect(whole.streamed).toBe(visible);
          const inputs = content.filter((one) => one.type === 'tool_use').map((one) => one.input);
          expect(whole.message.toolCalls.map((call) => call.input)).toEqual(inputs);
          const ids = whole.message.toolCalls.map((call) => call.callId);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
