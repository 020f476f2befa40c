import type { LimitedEnd } from './continuing.ts';
import type { LimitReason } from './outcome.ts';
import type { BudgetLimit } from './raisedLimits.ts';

/** Limits in words, the same in every view. They stand alone or after a colon. */
export const limitWords: { readonly [R in LimitReason]: string } = {
  max_turns: 'turn limit reached',
  max_tokens: 'answer truncated',
  context_full: 'context full',
  refused: 'refused by the model',
  budget: 'budget used up',
  loop: 'going in circles',
  max_tool_calls: 'tool call limit reached',
  max_wait: 'would wait too long',
  timeout: 'time limit reached',
  max_run_turns: 'turn limit of the run reached',
  max_run_tool_calls: 'tool call limit of the run reached',
  max_run_time: 'time limit of the run reached',
  denied: 'ended with a denied call',
  needs_approval: 'needs approval',
};

const budgetWords: { readonly [L in BudgetLimit]: string } = {
  maxCostUsd: 'cost limit of the run reached',
  maxRunTokens: 'token limit of the run reached',
  maxConversationCostUsd: 'cost limit reached',
  maxConversationTokens: 'token limit reached',
};

/** The words for the limit that ended a conversation; undefined when none did. */
export function limitWordsOf({ reason, limit }: LimitedEnd): string | undefined {
  if (limit !== undefined) return budgetWords[limit];
  const isLimit = reason !== undefined && Object.hasOwn(limitWords, reason);
  return isLimit ? limitWords[reason as LimitReason] : undefined;
}
