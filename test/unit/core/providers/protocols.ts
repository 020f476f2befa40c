import { createAnthropicProvider } from '../../../../src/core/providers/anthropic/provider.ts';
import type { ApiProviderOptions } from '../../../../src/core/providers/api/apiProvider.ts';
import type { ToolOutcome } from '../../../../src/core/providers/message.ts';
import { createOpenAiProvider } from '../../../../src/core/providers/openai/provider.ts';
import type { ModelRequest, Provider } from '../../../../src/core/providers/provider.ts';
import { anthropicEvents } from '../../../support/loopback/anthropicScript.ts';
import { openAiEvents } from '../../../support/loopback/openAiScript.ts';
import { type EventData, sseText } from '../../../support/loopback/replies.ts';

/** What tests for both protocols need from each. */
export interface TestedProtocol {
  readonly name: string;
  readonly create: (options: ApiProviderOptions) => Provider;
  /** The events of a turn that answers with a text. */
  readonly answer: (text: string) => readonly EventData[];
  /** An error in mid-stream. */
  readonly streamError: (name: string) => EventData;
}

const anthropic: TestedProtocol = {
  name: 'anthropic',
  create: createAnthropicProvider,
  answer: (text) => anthropicEvents({ content: [{ type: 'text', text }], stopReason: 'end_turn' }),
  streamError: (name) => ({ type: 'error', error: { type: name, message: 'No luck.' } }),
};

const openai: TestedProtocol = {
  name: 'openai',
  create: createOpenAiProvider,
  answer: (text) =>
    openAiEvents({
      output: [
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          content: [{ type: 'output_text', text }],
        },
      ],
    }),
  streamError: (name) => ({ type: 'error', code: name, message: 'No luck.' }),
};

export const protocols: readonly TestedProtocol[] = [anthropic, openai];

export function answerText(protocol: TestedProtocol, text = 'The answer is 20.'): string {
  return sseText(protocol.answer(text));
}

/** A minimal request. */
export const smallRequest: ModelRequest = {
  model: 'some-model',
  system: '',
  messages: [{ role: 'user', text: 'What is 4 times 5?' }],
  tools: [],
  maxOutputTokens: 1000,
};

/** A signal that is never aborted. */
export function noAbort(): AbortSignal {
  return new AbortController().signal;
}

export function testedProtocol(name: 'anthropic' | 'openai'): TestedProtocol {
  return name === 'anthropic' ? anthropic : openai;
}

/** The outcome of a call of the tool `sum`. */
export function outcome(callId: string, content: string, isError: boolean): ToolOutcome {
  return { callId, name: 'sum', content, isError } as ToolOutcome;
}
