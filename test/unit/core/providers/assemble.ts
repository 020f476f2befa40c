import { AnthropicAssembler } from '../../../../src/core/providers/anthropic/assembler.ts';
import type { Message } from '../../../../src/core/providers/message.ts';
import { OpenAiAssembler } from '../../../../src/core/providers/openai/assembler.ts';
import type { ModelTurn } from '../../../../src/core/providers/provider.ts';
import { SseReader } from '../../../../src/core/providers/transport/sseReader.ts';
import type {
  AssemblerOptions,
  TurnAssembler,
} from '../../../../src/core/providers/turn/assembler.ts';
import { type EventData, sseText } from '../../../support/loopback/replies.ts';

export type AssembledTurn = Omit<ModelTurn, 'requestId'> & {
  /** The text passed to the observer, joined. */
  readonly streamed: string;
};

const makers = {
  anthropic: (options: AssemblerOptions): TurnAssembler => new AnthropicAssembler(options),
  openai: (options: AssemblerOptions): TurnAssembler => new OpenAiAssembler(options),
};

/** Builds a turn from chunks of bytes. Throws when it is incomplete. */
export function assembleBytes(
  api: keyof typeof makers,
  chunks: readonly Buffer[],
  messages: readonly Message[] = [],
): AssembledTurn {
  let streamed = '';
  let complete = false;
  const context = { host: 'api.example.com', apiKey: undefined, model: 'some-model' };
  const onText = (text: string): void => {
    streamed += text;
  };
  const assembler = makers[api]({ messages, context, observer: { onText } });
  const reader = new SseReader((event) => {
    if (!complete) complete = assembler.accept(event);
  }, 1024 * 1024);
  for (const chunk of chunks) reader.push(chunk);
  if (!complete) throw new Error('the turn never ended');
  return { ...assembler.finish(), streamed };
}

export function assemble(
  api: keyof typeof makers,
  events: readonly EventData[],
  messages: readonly Message[] = [],
): AssembledTurn {
  return assembleBytes(api, [Buffer.from(sseText(events))], messages);
}

/** An assistant message that asked for tools under these ids. */
export function messageWithCalls(...callIds: readonly string[]): Message {
  const toolCalls = callIds.map((callId) => ({ callId, name: 't', input: {} }));
  return { role: 'assistant', text: '', toolCalls, native: [] };
}
