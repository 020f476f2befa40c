import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAiEvents } from '../../../../support/loopback/openAiScript.ts';
import { type EventData, sseText } from '../../../../support/loopback/replies.ts';
import { type AssembledTurn, assemble, assembleBytes, messageWithCalls } from '../assemble.ts';
import { cutAt, jsonObject } from '../generators.ts';

function message(text: string): EventData {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };
}

function functionCall(call_id: unknown, args: string, name = 'sum'): EventData {
  return { type: 'function_call', id: 'fc_1', call_id, name, arguments: args };
}

function turnOf(...output: readonly EventData[]): AssembledTurn {
  return assemble('openai', openAiEvents({ output }));
}

describe('OpenAiAssembler', () => {
  it('keeps all items in order for sending them back', () => {
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'b3BhcXVl' },
      message('I add them.'),
      { type: 'some_new_item', novelty: { deep: [1] } },
      functionCall('call_a', '{"a": 15}'),
    ];
    const turn = turnOf(...output);
    expect(turn.message).toEqual({
      role: 'assistant',
      text: 'I add them.',
      toolCalls: [{ callId: 'call_a', name: 'sum', input: { a: 15 } }],
      native: output,
      responseId: 'resp_1',
    });
    expect(turn.streamed).toBe('I add them.');
    expect(turn.stop).toBe('tool_calls');
  });

  it('strips fields that the API rejects as input', () => {
    const [part] = message('x').content as object[];
    const { native } = turnOf(
      { ...message('x'), created_by: 'me', content: [{ ...part, parsed: {} }] },
      { ...functionCall('call_a', '{}'), parsed_arguments: {} },
    ).message;
    expect(native).toEqual([message('x'), functionCall('call_a', '{}')]);
  });

  it('uses the single items when the last event has none', () => {
    const output = [message('abc'), functionCall('call_a', '{}')];
    const events = openAiEvents({ output, response: { output: [] } });
    const turn = assemble('openai', events);
    expect(turn.message.native).toEqual(output);
    expect(turn.stop).toBe('tool_calls');
  });

  it('fills in the text of a message that is complete without one', () => {
    const bare = { ...message('abc'), content: [] };
    const events = openAiEvents({ output: [message('abc')], response: { output: [bare] } }).map(
      (event) => (event.type === 'response.output_item.done' ? { ...event, item: bare } : event),
    );
    const { message: received } = assemble('openai', events);
    expect(received.text).toBe('abc');
    expect(received.native).toEqual([message('abc')]);
  });

  it('needs no single items when the last event has all', () => {
    const events = openAiEvents({ output: [message('abc')] });
    const turn = assemble(
      'openai',
      events.filter(({ type }) => !type.startsWith('response.output_item')),
    );
    expect(turn.message.native).toEqual([message('abc')]);
  });

  it.each(['incomplete', 'failed'])('accepts a completed response with the status %s', (status) => {
    const events = openAiEvents({ output: [message('abc')], response: { status } });
    if (status === 'failed') expect(() => assemble('openai', events)).toThrow('internal error');
    else expect(assemble('openai', events).stop).toBe('truncated');
  });

  it('reads events by their type when they have no name', () => {
    const text = sseText(openAiEvents({ output: [message('abc')] })).replaceAll(/event: .*\n/g, '');
    const turn = assembleBytes('openai', [Buffer.from(`${text}data: [DONE]\n\n`)]);
    expect(turn.message.text).toBe('abc');
    expect(turn.streamed).toBe('abc');
  });

  it('is final without tool calls', () => {
    expect(turnOf(message('abc')).stop).toBe('final');
    expect(turnOf().stop).toBe('final');
  });

  it.each([
    ['max_output_tokens', 'truncated'],
    ['content_filter', 'refused'],
    ['something_new', 'truncated'],
  ])('is incomplete for %s: %s, even with tool calls', (reason, stop) => {
    const incomplete_details = { reason };
    const output = [functionCall('call_a', '{}')];
    const events = openAiEvents({ output, status: 'incomplete', response: { incomplete_details } });
    expect(assemble('openai', events).stop).toBe(stop);
  });

  it('recognises a refusal and keeps its text', () => {
    const content = [{ type: 'refusal', refusal: 'I will not.' }];
    const turn = turnOf({ type: 'message', id: 'msg_1', role: 'assistant', content });
    expect(turn).toMatchObject({ stop: 'refused', message: { text: 'I will not.' } });
  });

  it('fails when the response has failed', () => {
    const error = { code: 'rate_limit_exceeded', message: 'Slow down.' };
    const events = openAiEvents({ output: [], status: 'failed', response: { error } });
    expect(() => assemble('openai', events)).toThrow(
      'The rate limit of api.example.com is reached: Slow down.',
    );
  });

  it('reports that a server sends no usage at all', () => {
    const events = openAiEvents({ output: [], response: { usage: null } });
    expect(assemble('openai', events).usage).toMatchObject({ inputTokens: 0, incomplete: true });
  });

  it.each([undefined, -1, 1e308, '9'])('reports that one count is %s', (count) => {
    const usage = { input_tokens: 10, output_tokens: count };
    const events = openAiEvents({ output: [], response: { usage } });
    expect(assemble('openai', events).usage).toMatchObject({
      inputTokens: 10,
      outputTokens: 0,
      incomplete: true,
    });
  });

  it('reads usage, in which cached tokens are part of the input', () => {
    const usage = {
      input_tokens: 3210,
      input_tokens_details: { cached_tokens: 3000, cache_write_tokens: 200 },
      output_tokens: 77,
    };
    expect(assemble('openai', openAiEvents({ output: [], usage })).usage).toEqual({
      inputTokens: 3210,
      outputTokens: 77,
      cacheReadTokens: 3000,
      cacheWriteTokens: 200,
    });
  });

  it('adds cached tokens to the input if the server counts them separately', () => {
    const usage = { input_tokens: 10, input_tokens_details: { cached_tokens: 3000 } };
    expect(assemble('openai', openAiEvents({ output: [], usage })).usage).toMatchObject({
      inputTokens: 3000,
      cacheReadTokens: 3000,
    });
  });

  it.each([
    ['not JSON', '{"path":"/tmp/a","content":"hel', 'not valid JSON'],
    ['a list', '[1]', 'not a JSON object'],
  ])('refuses arguments that are %s, and sends back none', (_, args, problem) => {
    const turn = turnOf(functionCall('call_a', args));
    expect(turn.message.toolCalls[0]!.inputError).toContain(problem);
    expect(turn.message.native).toEqual([functionCall('call_a', '{}')]);
  });

  it.each(['', 'null', '"{}"'])('reads %j as no arguments', (args) => {
    const turn = turnOf(functionCall('call_a', args));
    expect(turn.message.toolCalls).toEqual([{ callId: 'call_a', name: 'sum', input: {} }]);
    expect(turn.message.native).toEqual([functionCall('call_a', '{}')]);
  });

  it('does not trust the arguments of an incomplete call', () => {
    const turn = turnOf({ ...functionCall('call_a', '{}'), status: 'incomplete' });
    expect(turn.message.toolCalls[0]!.inputError).toContain('cut off');
  });

  it('refuses a tool call without a name', () => {
    expect(() => turnOf(functionCall('call_a', '{}', ''))).toThrow('a tool call has no name');
  });

  it('gives calls unique ids, the same in the call and in the item that is sent back', () => {
    const ids = ['a', 'a', '', undefined, 'b', 7];
    const events = openAiEvents({ output: ids.map((id) => functionCall(id, '{}')) });
    const { toolCalls, native } = assemble('openai', events, [
      messageWithCalls('b', 'call_1'),
    ]).message;
    const given = toolCalls.map((call) => call.callId);
    expect(new Set([...given, 'b', 'call_1']).size).toBe(8);
    expect(given[0]).toBe('a');
    expect(native.map((item) => (item as { call_id: string }).call_id)).toEqual(given);
    expect(native[0]).toHaveProperty('id', 'fc_1');
    expect(native[1]).not.toHaveProperty('id');
  });

  it('builds the same turn however the bytes are split', () => {
    const text = fc.string({ unit: 'grapheme' });
    const item: fc.Arbitrary<EventData> = fc.oneof(
      text.map(message),
      text.map((encrypted_content) => ({ type: 'reasoning', encrypted_content })),
      fc
        .tuple(fc.constantFrom('a', 'b', ''), jsonObject)
        .map(([id, input]) => functionCall(id, JSON.stringify(input))),
    );
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 5 }),
        lineEnd,
        fc.array(fc.nat()),
        (output, end, cuts) => {
          const events = openAiEvents({ output });
          const whole = assemble('openai', events);
          const bytes = Buffer.from(sseText(events).replaceAll('\n', end));
          expect(assembleBytes('openai', cutAt(bytes, cuts))).toEqual(whole);
          expect(whole.streamed).toBe(whole.message.text);
          const inputs = output.flatMap((one) =>
            one.type === 'function_call' ? [JSON.parse(String(one.arguments))] : [],
          );
          expect(whole.message.toolCalls.map((call) => call.input)).toEqual(inputs);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
