import type { ToolCall } from '../../src/core/providers/message.ts';
import type { ModelInfo } from '../../src/core/providers/modelInfo.ts';
import type {
  ModelRequest,
  ModelTurn,
  Provider,
  TurnObserver,
} from '../../src/core/providers/provider.ts';
import type { TurnStop } from '../../src/shared/conversationEvents.ts';
import type { Usage } from '../../src/shared/usage.ts';

/** One scripted answer: a turn, an error to throw, or a function that returns either. */
export type Reply =
  | { readonly text?: string; readonly calls?: readonly ToolCall[]; readonly stop?: TurnStop }
  | Error
  | ((request: ModelRequest, signal: AbortSignal) => Promise<Reply> | Reply);

export const oneToken: Usage = {
  inputTokens: 10,
  outputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

/**
 * A provider that answers from a script. `script` computes the reply from the request alone, so
 * that any number of conversations can share it. Records requests as sent.
 */
export class ScriptedProvider implements Provider {
  readonly id = 'demo' as const;
  readonly origin = 'http://127.0.0.1:1';
  readonly requests: ModelRequest[] = [];
  readonly #script: (request: ModelRequest, turn: number) => Reply | Promise<Reply>;
  active = 0;
  maxActive = 0;

  constructor(script: (request: ModelRequest, turn: number) => Reply | Promise<Reply>) {
    this.#script = script;
  }

  async turn(
    request: ModelRequest,
    observer: TurnObserver,
    signal: AbortSignal,
  ): Promise<ModelTurn> {
    this.requests.push(structuredClone(request));
    this.active++;
    this.maxActive = Math.max(this.maxActive, this.active);
    try {
      const turn = request.messages.filter(({ role }) => role === 'assistant').length + 1;
      let reply = await this.#script(request, turn);
      while (typeof reply === 'function') reply = await reply(request, signal);
      signal.throwIfAborted();
      if (reply instanceof Error) throw reply;
      const { text = '', calls = [] } = reply;
      if (text !== '') observer.onText?.(text);
      const stop = reply.stop ?? (calls.length > 0 ? 'tool_calls' : 'final');
      const message = { role: 'assistant', text, toolCalls: calls, native: [] } as const;
      return { message, stop, usage: oneToken };
    } finally {
      this.active--;
    }
  }

  async listModels(): Promise<readonly ModelInfo[]> {
    return [];
  }

  dispose(): void {}
}

/** Answers every prompt with the prompt in upper case. */
export function echoProvider(): ScriptedProvider {
  return new ScriptedProvider((request) => {
    const [first] = request.messages;
    return { text: first?.role === 'user' ? first.text.toUpperCase() : '' };
  });
}

/** A request's prompt: the text of its first message. */
export function promptOf(request: ModelRequest): string {
  const [first] = request.messages;
  return first?.role === 'user' ? first.text : '';
}

/** Rejects when the signal is aborted, and never settles otherwise. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
