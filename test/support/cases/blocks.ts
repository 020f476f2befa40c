// Parts of streams as compatible servers send them: the building blocks of the cases.
import type { EventData } from '../loopback/replies.ts';

/** The first event of a message. */
export function start(usage: object | null = { input_tokens: 10, output_tokens: 1 }): EventData {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'x', content: [] };
  return { type: 'message_start', message: { ...message, stop_reason: null, usage } };
}

/** One content block with one delta, open or closed. */
export function block(index: number, content: object, ...deltas: readonly object[]): EventData[] {
  return [
    { type: 'content_block_start', index, content_block: content },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

export function text(index: number, words: string): EventData[] {
  return block(index, { type: 'text', text: '' }, { type: 'text_delta', text: words });
}

export function tool(index: number, id: unknown, name: string, json: unknown): EventData[] {
  const delta = { type: 'input_json_delta', partial_json: json };
  return block(index, { type: 'tool_use', id, name, input: {} }, delta);
}

export function end(
  stop_reason: unknown,
  usage: object | null | undefined = { output_tokens: 5 },
): EventData {
  return {
    type: 'message_delta',
    delta: { stop_reason },
    ...(usage === undefined ? {} : { usage }),
  };
}

export const stop: EventData = { type: 'message_stop' };

export function ok(words: string): EventData[] {
  return [start(), ...text(0, words), end('end_turn'), stop];
}

export function msg(words: string, more: object = {}): EventData {
  const content = [{ type: 'output_text', text: words, annotations: [] }];
  return {
    ...{ type: 'message', id: 'm1', role: 'assistant', status: 'completed', content },
    ...more,
  };
}

export function call(args: unknown, more: object = {}): EventData {
  const named = { id: 'f1', call_id: 'c1', name: 'sum_numbers' };
  return { type: 'function_call', ...named, arguments: args, status: 'completed', ...more };
}

export function item(x: EventData, output_index = 0): EventData {
  return { type: 'response.output_item.done', output_index, item: x };
}

export function done(output: readonly EventData[] | undefined, more: object = {}): EventData {
  const usage = { input_tokens: 10, output_tokens: 5 };
  const response = { id: 'r', status: 'completed', output, usage, ...more };
  return { type: 'response.completed', response };
}

/** A whole answer of the Responses API. */
export function said(words: string): EventData[] {
  return [item(msg(words)), done([msg(words)])];
}
