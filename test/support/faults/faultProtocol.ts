import { createAnthropicProvider } from '../../../src/core/providers/anthropic/provider.ts';
import type { ApiProviderOptions } from '../../../src/core/providers/api/apiProvider.ts';
import { createOpenAiProvider } from '../../../src/core/providers/openai/provider.ts';
import type { Provider } from '../../../src/core/providers/provider.ts';
import { anthropicEvents } from '../loopback/anthropicScript.ts';
import { openAiEvents } from '../loopback/openAiScript.ts';
import type { EventData } from '../loopback/replies.ts';

/** A scripted model's tool call; a text input is sent unchanged. */
export interface ScriptedCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly input: unknown;
}

/** A scripted turn, whatever the protocol. */
export interface ScriptedTurn {
  readonly text?: string;
  readonly thinking?: string;
  readonly calls?: readonly ScriptedCall[];
  readonly end?: 'truncated' | 'refused';
}

/** What fault tests need from a protocol. */
export interface FaultProtocol {
  readonly name: 'anthropic' | 'openai';
  create(options: ApiProviderOptions): Provider;
  events(turn: ScriptedTurn): readonly EventData[];
  /** An error in mid-stream. */
  errorEvent(code: string): EventData;
  /** The error object of a response without a stream. */
  errorBody(code: string, message: string): object;
  /** The text of a request's first message. */
  promptOf(body: string): string;
}

const anthropic: FaultProtocol = {
  name: 'anthropic',
  create: createAnthropicProvider,
  events: ({ text, thinking, calls = [], end }) =>
    anthropicEvents({
      content: [
        ...(thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: 'c2lnbmVk' }]),
        ...(text === undefined ? [] : [{ type: 'text', text }]),
        ...calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
      ],
      stopReason: anthropicStop(end, calls.length > 0),
    }),
  errorEvent: (code) => ({ type: 'error', error: { type: code, message: 'No luck.' } }),
  errorBody: (code, message) => ({ type: 'error', error: { type: code, message } }),
  promptOf: (body) => textOf((JSON.parse(body) as Bodies).messages?.[0]?.content),
};

const openai: FaultProtocol = {
  name: 'openai',
  create: createOpenAiProvider,
  events: ({ text, thinking, calls = [], end }) =>
    openAiEvents({
      output: [
        ...(thinking === undefined ? [] : [reasoning(thinking)]),
        ...(text === undefined ? [] : [messageItem(text, end === 'refused')]),
        ...calls.map(({ id, name, input }, index) => ({
          type: 'function_call',
          id: `fc_${index}_${id}`,
          call_id: id,
          name,
          arguments: typeof input === 'string' ? input : JSON.stringify(input),
          status: end === 'truncated' ? 'incomplete' : 'completed',
        })),
      ],
      ...(end === 'truncated'
        ? {
            status: 'incomplete' as const,
            response: { incomplete_details: { reason: 'max_output_tokens' } },
          }
        : {}),
    }),
  errorEvent: (code) => ({ type: 'error', code, message: 'No luck.' }),
  errorBody: (code, message) => ({ error: { type: code, code, message } }),
  promptOf: (body) => textOf((JSON.parse(body) as Bodies).input?.[0]?.content),
};

export const faultProtocols: readonly FaultProtocol[] = [anthropic, openai];

interface Bodies {
  readonly messages?: readonly { readonly content: unknown }[];
  readonly input?: readonly { readonly content: unknown }[];
}

function anthropicStop(end: ScriptedTurn['end'], hasCalls: boolean): string {
  if (end === 'truncated') return 'max_tokens';
  if (end === 'refused') return 'refusal';
  return hasCalls ? 'tool_use' : 'end_turn';
}

function reasoning(thinking: string): EventData {
  return {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: thinking }],
    encrypted_content: 'ZW5jcnlwdGVk',
  };
}

function messageItem(text: string, refused: boolean): EventData {
  const part = refused ? { type: 'refusal', refusal: text } : { type: 'output_text', text };
  return { type: 'message', id: 'msg_1', role: 'assistant', content: [part] };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = (content ?? []) as readonly { readonly text?: string }[];
  return parts.map(({ text }) => text ?? '').join('');
}
