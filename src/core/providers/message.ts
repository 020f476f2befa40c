import type { ToolCallRequest } from '../../shared/conversationEvents.ts';

/** A tool call. With `inputError`, its arguments could not be read and it is never run. */
export interface ToolCall extends ToolCallRequest {
  readonly inputError?: string;
}

/** The result of a tool call. `content` is text for the model. */
export interface ToolOutcome {
  readonly callId: string;
  readonly name: string;
  readonly content: string;
  readonly isError: boolean;
}

/** A prompt, or a text that the loop adds. */
export interface UserMessage {
  readonly role: 'user';
  readonly text: string;
}

/** A model response. */
export interface AssistantMessage {
  readonly role: 'assistant';
  /** All visible text. */
  readonly text: string;
  /** The part of `text` that is the answer; absent when that is all of it. */
  readonly answer?: string;
  /** The server's id of this response; absent when it sends none. */
  readonly responseId?: string;
  readonly toolCalls: readonly ToolCall[];
  /**
   * The provider's own content items, sent back verbatim. Empty for a message that no provider made:
   * requests are then built from `text` and `toolCalls`.
   */
  readonly native: readonly unknown[];
}

/** Another agent takes over, with a history of its own. */
export interface HandOver {
  /** Its name. */
  readonly agent: string;
  /** Its first message: the prompt, and what the agent before passed on. */
  readonly task: string;
}

/** The results of all tool calls of the preceding assistant message, in call order. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly outcomes: readonly ToolOutcome[];
  /** Present if one of the calls hands the conversation over. Never sent. */
  readonly handOver?: HandOver;
}

/** One message of a conversation. The list is append-only, and messages are immutable. */
export type Message = UserMessage | AssistantMessage | ToolMessage;

/** Number of complete turns: each ends with an assistant message. */
export function countTurns(messages: readonly Message[]): number {
  return messages.filter(({ role }) => role === 'assistant').length;
}

/** The server's id of the last response; undefined without a response or an id. */
export function lastResponseId(messages: readonly Message[]): string | undefined {
  const last = messages.findLast((message) => message.role === 'assistant');
  return last?.role === 'assistant' ? last.responseId : undefined;
}
