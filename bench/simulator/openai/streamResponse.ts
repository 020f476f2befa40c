import type { WorkCall } from '../../workload/workload.ts';
import type { StreamedTurn, TurnToStream } from '../streamedTurn.ts';
import { callItem, reasoningItem } from './items.ts';

/** A Responses API response as server-sent events. */
export function streamResponse(turn: TurnToStream): StreamedTurn {
  const stream = new ResponseStream(turn);
  return turn.content.kind === 'calls'
    ? streamCalls(turn, stream, turn.content.calls)
    : streamAnswer(turn, stream, turn.content.pieces);
}

/** The event that an overloaded server sends in place of the rest. */
export const errorEvent =
  'event: error\ndata: {"type":"error","sequence_number":99,"code":"server_error","message":"The server had an error.","param":null}\n\n';

/** Numbers the events and keeps the output for the final event. */
class ResponseStream {
  readonly events: string[] = [];
  readonly #turn: TurnToStream;
  readonly #output: string[] = [];

  constructor(turn: TurnToStream) {
    this.#turn = turn;
    const created = `"response":${this.#response('in_progress', 'null')}`;
    this.add('response.created', created);
    // The first two events travel together.
    this.events[0] += this.#event('response.in_progress', created);
  }

  /** The index of the next output item. */
  get place(): number {
    return this.#output.length;
  }

  add(type: string, fields: string): void {
    this.events.push(this.#event(type, fields));
  }

  /** Begins an item with its known fields. */
  begin(item: string): void {
    this.add('response.output_item.added', `"output_index":${this.place},"item":${item}`);
  }

  finish(item: string): void {
    this.add('response.output_item.done', `"output_index":${this.place},"item":${item}`);
    this.#output.push(item);
  }

  end(): void {
    const { uncached, read, written, output } = this.#turn.tokens;
    const input = uncached + read + written;
    const usage =
      `{"input_tokens":${input},"input_tokens_details":{"cached_tokens":${read},"cache_write_tokens":${written}},` +
      `"output_tokens":${output},"output_tokens_details":{"reasoning_tokens":0},"total_tokens":${input + output}}`;
    this.add('response.completed', `"response":${this.#response('completed', usage)}`);
  }

  #event(type: string, fields: string): string {
    // The two events at the start are one string.
    const sequence =
      this.events.length === 0 ? 0 : this.events.length + (type.endsWith('in_progress') ? 0 : 1);
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence},${fields}}\n\n`;
  }

  #response(status: string, usage: string): string {
    const { serial, request } = this.#turn;
    return (
      `{"id":"resp_0${serial}","object":"response","created_at":1790000000,"status":"${status}","background":false,` +
      `"error":null,"incomplete_details":null,"output":[${this.#output.join(',')}],"usage":${usage},${request.echo}}`
    );
  }
}

function streamCalls(
  { serial, request }: TurnToStream,
  stream: ResponseStream,
  calls: readonly WorkCall[],
): StreamedTurn {
  const reasoningId = `rs_0${serial}`;
  const encrypted = `gAAAAAB${serial.repeat(16)}==`;
  stream.begin(`{"id":"${reasoningId}","type":"reasoning","summary":[]}`);
  stream.finish(
    `{"id":"${reasoningId}","type":"reasoning","summary":[],"encrypted_content":"${encrypted}"}`,
  );
  const items = [reasoningItem(reasoningId, encrypted, '[]')];
  const callIds: string[] = [];
  let cutAt = 0;
  for (const [place, { name, numbers }] of calls.entries()) {
    const callId = `call_0${serial}${place}`;
    const itemId = `fc_0${serial}${place}`;
    const input = `{"numbers":[${numbers.join(',')}]}`;
    const half = input.length >> 1;
    const head = `{"id":"${itemId}","type":"function_call","call_id":"${callId}","name":"${name}"`;
    const at = `"item_id":"${itemId}","output_index":${stream.place}`;
    const whole = JSON.stringify(input);
    const piece = (text: string) => `${at},"delta":${JSON.stringify(text)}`;
    stream.begin(`${head},"arguments":"","status":"in_progress"}`);
    stream.add('response.function_call_arguments.delta', piece(input.slice(0, half)));
    cutAt = stream.events.length;
    stream.add('response.function_call_arguments.delta', piece(input.slice(half)));
    stream.add(
      'response.function_call_arguments.done',
      `${at},"name":"${name}","arguments":${whole}`,
    );
    stream.finish(`${head},"arguments":${whole},"status":"completed"}`);
    items.push(callItem(callId, name, input));
    callIds.push(callId);
  }
  stream.end();
  const { conversation, results } = request;
  const round = results.length / calls.length;
  const issued = { conversation, round, callIds, items, complete: false };
  return { events: stream.events, cutAt, issued };
}

function streamAnswer(
  { serial }: TurnToStream,
  stream: ResponseStream,
  pieces: readonly string[],
): StreamedTurn {
  const id = `msg_0${serial}`;
  const at = `"item_id":"${id}","output_index":0,"content_index":0`;
  const head = `{"id":"${id}","type":"message","role":"assistant"`;
  const part = (text: string) =>
    `{"type":"output_text","text":${text},"annotations":[],"logprobs":[]}`;
  const whole = JSON.stringify(pieces.join(''));
  stream.begin(`${head},"status":"in_progress","content":[]}`);
  stream.add('response.content_part.added', `${at},"part":${part('""')}`);
  for (const piece of pieces) {
    stream.add(
      'response.output_text.delta',
      `${at},"delta":${JSON.stringify(piece)},"logprobs":[]`,
    );
  }
  stream.add('response.output_text.done', `${at},"text":${whole},"logprobs":[]`);
  stream.add('response.content_part.done', `${at},"part":${part(whole)}`);
  stream.finish(`${head},"status":"completed","content":[${part(whole)}]}`);
  stream.end();
  return { events: stream.events, cutAt: 3 + (pieces.length >> 1) };
}
