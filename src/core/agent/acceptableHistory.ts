import type { Message } from '../providers/message.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isContextOverflow, isThinkingRefusal } from '../providers/providerError.ts';
import { trimHistory, withoutThinking } from './trimHistory.ts';

/** What was already removed from the history. Each part is removed at most once. */
export interface HistoryChanges {
  /** Old tool results, because the history was too long. */
  trimmed: boolean;
  /** Thinking, because the server refused it. */
  unthought: boolean;
}

/**
 * A history that the server may accept after it rejected this one; undefined when there is none. Removes old tool
 * results from a history that is too long, and thinking when the server rejects it. Each happens at most once, so
 * that a conversation does not lose more and more of its history.
 */
export function acceptableHistory(
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
