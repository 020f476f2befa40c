import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import type { MessageParam } from './messageParam.ts';

/** Marks the end of a prefix for the prompt cache. The API allows four breakpoints a request. */
export const breakpoint: JsonObject = { cache_control: { type: 'ephemeral' } };

/** UTF-16 units. Writing a shorter first prompt to the cache costs more than reading it again. */
const minCachedPrompt = 4_000;

/**
 * Adds breakpoints to the last two user messages, and to the first prompt if it is long and tools make
 * another request likely. The last message but one needs its own: the cache looks for earlier breakpoints
 * in 20 blocks only, and a turn with many tool calls has more.
 */
export function withBreakpoints(
  messages: readonly MessageParam[],
  hasTools: boolean,
): readonly MessageParam[] {
  const users = messages.flatMap(({ role }, index) => (role === 'user' ? index : []));
  const marked = new Set(users.length > 1 ? users.slice(-2) : []);
  const [first] = users;
  if (first !== undefined) {
    const isWorthCaching = hasTools && lengthOf(messages[first]) >= minCachedPrompt;
    if (isWorthCaching) marked.add(first);
    else marked.delete(first);
  }
  return messages.map((message, index) => (marked.has(index) ? withBreakpoint(message) : message));
}

function withBreakpoint(message: MessageParam): MessageParam {
  const block = message.content.at(-1);
  if (!isJsonObject(block)) return message;
  return { ...message, content: [...message.content.slice(0, -1), { ...block, ...breakpoint }] };
}

function lengthOf(message: MessageParam | undefined): number {
  const texts = (message?.content ?? []).map((block) =>
    isJsonObject(block) && typeof block.text === 'string' ? block.text.length : 0,
  );
  return texts.reduce((sum, length) => sum + length, 0);
}
