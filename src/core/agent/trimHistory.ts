import type { Message, ToolMessage } from '../providers/message.ts';

/** Tool messages at the end of the history that keep their results. */
const keptToolMessages = 2;

const leftOut = '[Left out to make room: ask again if you still need it.]';

/**
 * A shorter history, in which a placeholder replaces the results of old tool calls. Undefined when there is nothing
 * to shorten. Drops the native content of messages, because some of it is valid only after an unchanged history.
 */
export function trimHistory(messages: readonly Message[]): readonly Message[] | undefined {
  const toolMessages = messages.filter((message) => message.role === 'tool');
  const old = new Set<Message>(toolMessages.slice(0, -keptToolMessages));
  if (![...old].some(hasContent)) return undefined;
  return messages.map((message) => {
    if (message.role === 'assistant') return { ...message, native: [] };
    return message.role === 'tool' && old.has(message) ? withoutContent(message) : message;
  });
}

/** Types of native content that is thinking, for both APIs. */
const thinkingTypes: ReadonlySet<unknown> = new Set(['thinking', 'redacted_thinking', 'reasoning']);

/** The history without the model's thinking; undefined when it has none. */
export function withoutThinking(messages: readonly Message[]): readonly Message[] | undefined {
  if (
    !messages.some((message) => message.role === 'assistant' && message.native.some(isThinking))
  ) {
    return undefined;
  }
  return messages.map((message) => {
    if (message.role !== 'assistant') return message;
    return { ...message, native: message.native.filter((part) => !isThinking(part)) };
  });
}

function isThinking(part: unknown): boolean {
  return (
    typeof part === 'object' && part !== null && 'type' in part && thinkingTypes.has(part.type)
  );
}

function hasContent(message: Message): boolean {
  return message.role === 'tool' && message.outcomes.some(({ content }) => content !== leftOut);
}

function withoutContent(message: ToolMessage): ToolMessage {
  const outcomes = message.outcomes.map((outcome) => ({ ...outcome, content: leftOut }));
  return { ...message, outcomes };
}
