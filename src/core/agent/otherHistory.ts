import type { Message } from '../providers/message.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isContextOverflow, isThinkingRefusal } from '../providers/providerError.ts';
import { trimHistory, withoutThinking } from './trimHistory.ts';

/** What was already removed from a conversation's history. Each is removed once at most. */
export interface HistoryChanges {
  /** Old tool results, because the history was too long. */
  trimmed: boolean;
  /** Thinking, because the server refused it. */
  unthought: boolean;
}

/**
 * A history that the server may accept after it refused this one; undefined when there is none. Where the
 * history is too long, old tool results are removed; where its thinking is refused, the thinking is. Each
 * happens once in a conversation, which would otherwise lose more and more of what it knows.
 */
export function otherHistory(
  failure: ProviderError,
  messages: readonly Message[],
  changes: HistoryChanges,
): readonly Message[] | undefined {
  if (isContextOverflow(failure) && !changes.trimmed) {
    changes.trimmed = true;
    return trimHistory(messages);
  }
  if (isThinkingRefusal(failure) && !changes.unthought) {
    changes.unthought = true;
    return withoutThinking(messages);
  }
  return undefined;
}
