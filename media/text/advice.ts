import type { ErrorKind, FinishReason, LimitReason } from '../../src/shared/conversationEvents.ts';

/** What each limit means, and what a person can do about it. */
const stopAdvice: { readonly [R in LimitReason]: string } = {
  max_turns:
    'It was still at work when it had used up its turns. Raise interleave.maxTurns, or maxTurns in the prompt, and retry.',
  max_tokens:
    'The answer is longer than a response may be and is cut off. Continue gives it room for twice as much; or raise interleave.maxTokens, or maxTokens in the prompt, and retry.',
  context_full:
    'The conversation no longer fits into the context of the model. Ask for less at once, or choose a model with a larger context, and retry.',
  refused: 'The model declined to answer. Ask in other words, or choose another model, and retry.',
  budget:
    'The run or the conversation has used up the cost or the tokens that it may. Raise interleave.maxCostUsd, interleave.maxConversationCostUsd or interleave.maxRunTokens, and retry.',
  loop: 'It made the same tool calls again and again, or calls that could not be run. Say more exactly what is wanted and with which tools, and retry.',
  max_tool_calls:
    'It asked for more tool calls than it may. Raise interleave.limits.toolCalls, or ask for less at once, and retry.',
  max_wait:
    'It would have waited longer than a run may. Continue it later; or raise interleave.maxWaitSeconds, and retry.',
  timeout:
    'It took longer than a conversation may. Raise interleave.timeoutSeconds, or timeout in the prompt, and retry.',
};

/** What a stopped conversation ran into and what to do; undefined for every other ending. */
export function adviceFor(reason: FinishReason | undefined): string | undefined {
  if (reason === undefined || !Object.hasOwn(stopAdvice, reason)) return undefined;
  return stopAdvice[reason as LimitReason];
}

/** What must happen before a paused run can go on; nothing where the message says all. */
export function pauseAdvice(kind: ErrorKind, provider: string): string {
  if (kind === 'internal') return '';
  if (kind === 'network')
    return 'It goes on by itself once something answers; Resume tries at once.';
  if (needsOtherModel(kind, provider)) {
    return 'Then resume; or cancel, select another model and run again.';
  }
  return 'Resume goes on where it was held back.';
}

/** Whether what went wrong may be got round with another model. VS Code's own have no key to be set. */
export function needsOtherModel(kind: ErrorKind | undefined, provider: string): boolean {
  if (kind === 'not_found') return true;
  return provider === 'vscode' && (kind === 'auth' || kind === 'quota');
}
