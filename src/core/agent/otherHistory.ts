import type { Message } from '../providers/message.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isContextOverflow, isThinkingRefusal } from '../providers/providerError.ts';
import { trimHistory, withoutThinking } from './trimHistory.ts';

/** What was left out of a conversation's history already: each once is all there is to gain. */
export interface HistoryChanges {
  /** Old tool results, because it was too long. */
  trimmed: boolean;
  /** Thinking, because the server did not take it back. */
  unthought: boolean;
}

/**
 * A history that the server may take where it has refused the one it got; undefined for none. A request
 * that is too long is sent again without the results of old tool calls, and one whose thinking is refused
 * without it: each once in a conversation, which would otherwise lose more and more of what it knows.
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
