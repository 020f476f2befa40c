import { gzipSync } from 'node:zlib';
import type { Reply } from '../loopback/loopbackServer.ts';
import { type EventData, plainReply, sseText } from '../loopback/replies.ts';
import { block, call, done, end, item, msg, start, stop, text, tool } from './blocks.ts';
import type { CaseProtocol } from './runCase.ts';
import { raw } from './runCase.ts';

/** A model's turn, whatever the server. */
export interface DialectTurn {
  readonly words?: string;
  readonly call?: object;
  /** From 0. */
  readonly turn: number;
}

/** How one kind of server writes the two protocols. */
export interface Dialect {
  readonly name: string;
  reply(protocol: CaseProtocol, turn: DialectTurn): Reply;
}

interface Ways {
  /** The events of a turn of the Messages API, and of the Responses API. */
  readonly messages: (turn: DialectTurn) => readonly EventData[];
  readonly responses: (turn: DialectTurn) => readonly EventData[];
  /** Transforms the text of the events before it is sent. */
  readonly wire?: (text: string) => string | Uint8Array;
  readonly headers?: Record<string, string>;
}

function dialect(name: string, { messages, responses, wire, headers }: Ways): Dialect {
  return {
    name,
    reply: (protocol, turn) => {
      const parts = protocol === 'anthropic' ? messages(turn) : responses(turn);
      const sent = sseText(parts);
      return raw(wire?.(sent) ?? sent, headers);
    },
  };
}

const json = (value: object | undefined): string => JSON.stringify(value);

/** Blocks one after the other, as the API itself counts them. */
function plainBlocks({ words, call: input, turn }: DialectTurn): EventData[] {
  return [
    ...(words === undefined ? [] : text(0, words)),
    ...(input === undefined
      ? []
      : tool(words === undefined ? 0 : 1, `toolu_${turn}`, 'sum_numbers', json(input))),
  ];
}

function plainItems({ words, call: input, turn }: DialectTurn): EventData[] {
  return [
    ...(words === undefined ? [] : [msg(words, { id: `msg_${turn}` })]),
    ...(input === undefined
      ? []
      : [call(json(input), { id: `fc_${turn}`, call_id: `call_${turn}` })]),
  ];
}

const finished = (turn: DialectTurn): EventData[] => {
  const items = plainItems(turn);
  return [...items.map((one, at) => item(one, at)), done(items)];
};

const reasonOf = ({ call: input }: DialectTurn): string =>
  input === undefined ? 'end_turn' : 'tool_use';

export const dialects: readonly Dialect[] = [
  dialect('Ollama: no usage at first, input with the start, arguments as objects', {
    messages: (turn) => [
      start(null),
      ...(turn.words === undefined ? [] : text(0, turn.words)),
      ...(turn.call === undefined
        ? []
        : block(
            turn.words === undefined ? 0 : 1,
            { type: 'tool_use', id: `call_${turn.turn}`, name: 'sum_numbers', input: turn.call },
            { type: 'input_json_delta', partial_json: '{}' },
          )),
      end(reasonOf(turn)),
      stop,
    ],
    responses: (turn) => {
      const items = plainItems(turn).map((one) =>
        one.type === 'function_call' ? { ...one, arguments: turn.call } : one,
      );
      return [...items.map((one, at) => item(one, at)), done(items)];
    },
  }),
  dialect('LM Studio: reasons of the other API, pieces without finished arguments', {
    messages: (turn) => [
      start(),
      ...plainBlocks(turn),
      end(turn.call === undefined ? 'stop' : 'tool_calls'),
      stop,
    ],
    responses: (turn) => {
      const items = plainItems(turn).map((one) =>
        one.type === 'function_call' ? { ...one, arguments: '' } : one,
      );
      return [
        ...items.flatMap((one, at) => [
          { type: 'response.output_item.added', output_index: at, item: one },
          ...(one.type === 'function_call'
            ? [
                {
                  ...{ type: 'response.function_call_arguments.delta', output_index: at },
                  delta: json(turn.call),
                },
              ]
            : []),
          item(one, at),
        ]),
        done(items),
      ];
    },
  }),
  dialect('vLLM: thinking without a signature, a mark of the end, nothing in the last event', {
    messages: (turn) => [
      start(),
      ...block(0, { type: 'thinking', thinking: '' }, { type: 'thinking_delta', thinking: 'Hm.' }),
      ...plainBlocks(turn).map((one) => ({ ...one, index: Number(one.index) + 1 })),
      end(reasonOf(turn)),
      stop,
    ],
    responses: (turn) => [
      item({ type: 'reasoning', id: `rs_${turn.turn}`, summary: [], content: [] }, 0),
      ...plainItems(turn).map((one, at) => item(one, at + 1)),
      done([]),
    ],
    wire: (sent) => `${sent}data: [DONE]\n\n`,
  }),
  dialect('llama.cpp: no names of events, one index for all, no last event', {
    messages: (turn) => [
      start(),
      ...plainBlocks(turn).map((one) => ({ ...one, index: 0 })),
      end(reasonOf(turn)),
    ],
    responses: (turn) => finished(turn).map((one) => ({ ...one, output_index: 0 })),
    wire: (sent) => sent.replaceAll(/event: .*\n/g, ''),
  }),
  dialect('LiteLLM: ids that are not taken back, a call with an ordinary end', {
    messages: (turn) => [
      start(),
      ...plainBlocks(turn).map((one) =>
        JSON.parse(JSON.stringify(one).replace('"toolu_', '"functions.sum_numbers:')),
      ),
      end('end_turn'),
      stop,
    ],
    responses: (turn) => {
      const items = plainItems(turn).map((one) =>
        one.type === 'function_call' ? { ...one, call_id: `call_${'x'.repeat(80)}` } : one,
      );
      return [...items.map((one, at) => item(one, at)), done(items)];
    },
  }),
  dialect('an aggregator: comments, also wrapped into data, and counts that sink', {
    messages: (turn) => [
      start({ input_tokens: 100, output_tokens: 1 }),
      ...plainBlocks(turn),
      end(reasonOf(turn), { input_tokens: 0, output_tokens: 5 }),
      stop,
    ],
    responses: finished,
    wire: (sent) =>
      `: PROCESSING\n\n${sent.replaceAll('\n\n', '\n\n: PROCESSING\n\ndata: : PROCESSING\n\n')}`,
  }),
  dialect('Azure: blank text, a commentary, fields that nobody knows', {
    messages: (turn) => [
      start(),
      ...(turn.call === undefined ? plainBlocks(turn) : text(0, '\n\n')),
      ...(turn.call === undefined
        ? []
        : plainBlocks(turn).map((one) => ({ ...one, index: Number(one.index) + 1, p: 'abcd' }))),
      end(reasonOf(turn)),
      stop,
    ],
    responses: (turn) => {
      const comment = msg('On it.', { id: `msg_c${turn.turn}`, phase: 'commentary' });
      const items = [comment, ...plainItems(turn)];
      const more = { content_filters: [{ blocked: false }] };
      return [...items.map((one, at) => ({ ...item(one, at), more })), done(items, more)];
    },
  }),
  dialect('a gateway that packs what it streams and calls it text', {
    messages: (turn) => [start(), ...plainBlocks(turn), end(reasonOf(turn)), stop],
    responses: finished,
    wire: (sent) => gzipSync(sent),
    headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
  }),
  {
    name: 'a gateway that does not stream',
    reply: (protocol, turn) => plainReply(200, wholeOf(protocol, turn)),
  },
];

function wholeOf(protocol: CaseProtocol, turn: DialectTurn): object {
  const usage = { input_tokens: 10, output_tokens: 5 };
  if (protocol === 'openai') {
    return { id: 'r', object: 'response', status: 'completed', output: plainItems(turn), usage };
  }
  const { words, call: input } = turn;
  return {
    ...{ id: 'm', type: 'message', role: 'assistant', stop_reason: reasonOf(turn), usage },
    content: [
      ...(words === undefined ? [] : [{ type: 'text', text: words }]),
      ...(input === undefined
        ? []
        : [{ type: 'tool_use', id: `toolu_${turn.turn}`, name: 'sum_numbers', input }]),
    ],
  };
}
