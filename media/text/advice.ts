import type { ErrorKind, FinishReason, LimitReason } from '../../src/shared/conversationEvents.ts';

/** What each limit means, and what a person can do about it. */
const stopAdvice: { readonly [R in LimitReason]: string } = {
  max_turns:
    'It was still at work when it had used up its turns. Raise interleave.maxTurns, or maxTurns in the prompt, and retry.',
  max_tokens:
    'The answer is longer than a response may be and is cut off. Raise interleave.maxTokens, or maxTokens in the prompt, and retry.',
  context_full:
    'The conversation no longer fits into the context of the model. Ask for less at once, or choose a model with a larger context, and retry.',
  refused: 'The model declined to answer. Ask in other words, or choose another model, and retry.',
  budget:
    'The cost limit of the run or of the conversation is reached. Raise interleave.maxCostUsd or interleave.maxConversationCostUsd, and retry.',
  loop: 'It made the same tool calls again and again, or calls that could not be run. Say more exactly what is wanted and with which tools, and retry.',
  timeout:
    'It took longer than a conversation may. Raise interleave.timeoutSeconds, or timeout in the prompt, and retry.',
};

/** What a stopped conversation ran into and what to do; undefined for every other ending. */
export function adviceFor(reason: FinishReason | undefined): string | undefined {
  if (reason === undefined || !Object.hasOwn(stopAdvice, reason)) return undefined;
  return stopAdvice[reason as LimitReason];
}

/** What must happen before a paused run can go on. */
export function pauseAdvice(kind: ErrorKind): string {
  if (kind === 'auth') return 'Set another key, then resume.';
  if (kind === 'quota') return 'Raise the limit at the provider, then resume.';
  return 'Mend the cause, then resume.';
}
