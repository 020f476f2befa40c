import { expect, it } from 'vitest';
import { AnthropicAssembler } from '../../../../../src/core/providers/anthropic/assembler.ts';
import { OpenAiAssembler } from '../../../../../src/core/providers/openai/assembler.ts';
import type {
  AssemblerOptions,
  TurnAssembler,
} from '../../../../../src/core/providers/turn/assembler.ts';
import type { EventData } from '../../../../support/loopback/replies.ts';

const asEvents = {
  anthropic: [
    { type: 'message_start', message: { id: 'msg_1', usage: {} } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'sum', input: {} },
    },
  ],
  openai: [
    { type: 'response.created', response: { id: 'resp_1' } },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'sum', arguments: '' },
    },
  ],
  'openai without the start of the item': [
    { type: 'response.created', response: { id: 'resp_1' } },
    {
      type: 'response.function_call_arguments.delta',
      output_index: 0,
      item_id: 'fc_1',
      delta: '{',
    },
  ],
} as const satisfies { readonly [name: string]: readonly [EventData, EventData] };

const makers = {
  anthropic: (options: AssemblerOptions): TurnAssembler => new AnthropicAssembler(options),
  openai: (options: AssemblerOptions): TurnAssembler => new OpenAiAssembler(options),
};

it.each(Object.entries(asEvents))(
  'tells when a tool call begins, before its input is there: %s',
  (name, [first, call]) => {
    const told: string[] = [];
    const context = { host: 'api.example.com', apiKey: undefined, model: 'some-model' };
    const observer = { onToolCall: () => told.push('call'), onText: () => told.push('text') };
    const make = name === 'anthropic' ? makers.anthropic : makers.openai;
    const assembler = make({ messages: [], context, observer });
    const accept = (data: EventData) =>
      assembler.accept({ name: String(data.type), data: JSON.stringify(data) });
    accept(first);
    expect(told).toEqual([]);
    accept(call);
    expect(told).toEqual(['call']);
  },
);
