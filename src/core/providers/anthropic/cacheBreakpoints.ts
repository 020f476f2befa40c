import { isJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import type { MessageParam } from './messageParam.ts';

/** Ends a prefix that the prompt cache keeps. The API takes four of them in a request. */
export const breakpoint: JsonObject = { cache_control: { type: 'ephemeral' } };

/** UTF-16 units of a first prompt from which on it is kept: a shorter one costs more to keep than to read. */
const longPrompt = 4_000;

/**
 * Marks the ends of what the next request begins with as well: the first prompt, when it is long and
 * tools make another request likely, what was the end before the newest results, and those themselves. A
 * mark is looked for no more than 20 blocks back, so that the newest alone would miss the one before it
 * after a turn with many calls.
 */
export function withBreakpoints(
  messages: readonly MessageParam[],
  hasTools: boolean,
): readonly MessageParam[] {
  const users = messages.flatMap(({ role }, index) => (role === 'user' ? index : []));
  const marked = new Set(users.length > 1 ? users.slice(-2) : []);
  const [first] = users;
  if (first !== undefined) {
    const isWorthIt = hasTools && lengthOf(messages[first]) >= longPrompt;
    if (isWorthIt) marked.add(first);
    else marked.delete(first);
  }
  return messages.map((message, index) => (marked.has(index) ? withMark(message) : message));
}

function withMark(message: MessageParam): MessageParam {
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
