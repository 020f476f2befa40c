import type { ToolCallRequest } from '../../shared/conversationEvents.ts';

/** A tool call; `inputError` says why its arguments could not be read, and then it is never run. */
export interface ToolCall extends ToolCallRequest {
  readonly inputError?: string;
}

/** What a tool call came to. `content` is text for the model. */
export interface ToolOutcome {
  readonly callId: string;
  readonly name: string;
  readonly content: string;
  readonly isError: boolean;
}

export interface UserMessage {
  readonly role: 'user';
  readonly text: string;
}

/** A model's answer. `native` holds the provider's own content items, to be sent back verbatim. */
export interface AssistantMessage {
  readonly role: 'assistant';
  /** All that was said. */
  readonly text: string;
  /** The part of it that is the answer; absent where that is all. */
  readonly answer?: string;
  /** What the server calls this response; absent where it does not say. */
  readonly responseId?: string;
  readonly toolCalls: readonly ToolCall[];
  /** Empty for a message that no provider made; the request is then built from `text` and `toolCalls`. */
  readonly native: readonly unknown[];
}

/** The results of all tool calls of the assistant message before it, in call order. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly outcomes: readonly ToolOutcome[];
}

/** One message of a conversation. The list only ever grows; no message is changed once it is in. */
export type Message = UserMessage | AssistantMessage | ToolMessage;

/** What the server called its last response; undefined where there was none, or it did not say. */
export function lastResponseId(messages: readonly Message[]): string | undefined {
  const last = messages.findLast((message) => message.role === 'assistant');
  return last?.role === 'assistant' ? last.responseId : undefined;
}
