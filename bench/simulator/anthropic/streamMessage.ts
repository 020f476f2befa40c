import type { WorkCall } from '../../workload/workload.ts';
import type { StreamedTurn, TurnToStream } from '../streamedTurn.ts';
import { callItem, thinkingItem } from './items.ts';

const thought = ['Next', ' round.'] as const;

/** A Messages API response as server-sent events. */
export function streamMessage(turn: TurnToStream): StreamedTurn {
  return turn.content.kind === 'calls'
    ? streamCalls(turn, turn.content.calls)
    : streamAnswer(turn, turn.content.pieces);
}

function streamCalls(turn: TurnToStream, calls: readonly WorkCall[]): StreamedTurn {
  const { serial, request } = turn;
  const signature = `EqQBCkYI${serial.repeat(12)}==`;
  const events = [
    start(turn),
    event(
      'content_block_start',
      '"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}',
    ),
    ...thought.map((text) =>
      delta(0, `"type":"thinking_delta","thinking":${JSON.stringify(text)}`),
    ),
    delta(0, `"type":"signature_delta","signature":"${signature}"`),
    stop(0),
  ];
  const items = [thinkingItem(thought.join(''), signature)];
  const callIds: string[] = [];
  let cutAt = 0;
  for (const [place, { name, numbers }] of calls.entries()) {
    const index = place + 1;
    const id = `toolu_01${serial}${place}`;
    const input = `{"numbers":[${numbers.join(',')}]}`;
    const half = input.length >> 1;
    events.push(
      event(
        'content_block_start',
        `"index":${index},"content_block":{"type":"tool_use","id":"${id}","name":"${name}","input":{},"caller":{"type":"direct"}}`,
      ),
      delta(index, '"type":"input_json_delta","partial_json":""'),
      delta(
        index,
        `"type":"input_json_delta","partial_json":${JSON.stringify(input.slice(0, half))}`,
      ),
    );
    cutAt = events.length;
    events.push(
      delta(index, `"type":"input_json_delta","partial_json":${JSON.stringify(input.slice(half))}`),
      stop(index),
    );
    items.push(callItem(id, name, input));
    callIds.push(id);
  }
  events.push(...end(turn, 'tool_use'));
  const { conversation, results } = request;
  const round = results.length / calls.length;
  return { events, cutAt, issued: { conversation, round, callIds, items, complete: false } };
}

function streamAnswer(turn: TurnToStream, pieces: readonly string[]): StreamedTurn {
  const events = [
    start(turn),
    event(
      'content_block_start',
      '"index":0,"content_block":{"type":"text","text":"","citations":null}',
    ),
    ...pieces.map((text) => delta(0, `"type":"text_delta","text":${JSON.stringify(text)}`)),
    stop(0),
    ...end(turn, 'end_turn'),
  ];
  return { events, cutAt: 2 + (pieces.length >> 1) };
}

/** The event that an overloaded server sends in place of the rest. */
export const errorEvent =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';

const ping = 'event: ping\ndata: {"type":"ping"}\n\n';

function start({ request, tokens, serial }: TurnToStream): string {
  return (
    event(
      'message_start',
      `"message":{"id":"msg_01${serial}","type":"message","role":"assistant","model":${JSON.stringify(request.model)},` +
        `"content":[],"stop_reason":null,"stop_sequence":null,"usage":${usage(tokens, 1)}}`,
    ) + ping
  );
}

function end({ tokens }: TurnToStream, reason: string): readonly string[] {
  return [
    event(
      'message_delta',
      `"delta":{"stop_reason":"${reason}","stop_sequence":null},"usage":${usage(tokens, tokens.output)}`,
    ),
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ];
}

function usage({ uncached, read, written }: TurnToStream['tokens'], output: number): string {
  return (
    `{"input_tokens":${uncached},"cache_creation_input_tokens":${written},` +
    `"cache_read_input_tokens":${read},"output_tokens":${output}}`
  );
}

function delta(index: number, fields: string): string {
  return event('content_block_delta', `"index":${index},"delta":{${fields}}`);
}

function stop(index: number): string {
  return event('content_block_stop', `"index":${index}`);
}

function event(type: string, fields: string): string {
  return `event: ${type}\ndata: {"type":"${type}",${fields}}\n\n`;
}
