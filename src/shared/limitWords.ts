import type { LimitReason } from './outcome.ts';

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

/** The words for a limit; undefined for any other reason. */
export function limitWordsOf(reason: string | undefined): string | undefined {
  const isLimit = reason !== undefined && Object.hasOwn(limitWords, reason);
  return isLimit ? limitWords[reason as LimitReason] : undefined;
}
