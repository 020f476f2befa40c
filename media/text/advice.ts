import type { ErrorKind, FinishReason, LimitReason } from '../../src/shared/conversationEvents.ts';

/** What each limit means, and what a person can do. */
const stopAdvice: { readonly [R in LimitReason]: string } = {
  max_turns:
    'The conversation needs more turns. Raise Limit and Continue allows twice as many; or raise interleave.maxTurns, or maxTurns in the prompt, and retry.',
  max_tokens:
    'The answer was cut off at the limit on output tokens. Continue allows twice as many; or raise interleave.maxTokens, or maxTokens in the prompt, and retry.',
  context_full:
    'The conversation no longer fits into the context of the model. Ask for less at once, or choose a model with a larger context, and retry.',
  refused: 'The model declined to answer. Ask in other words, or choose another model, and retry.',
  budget:
    'The run or the conversation reached its limit on cost or tokens. Raise Limit and Continue doubles that limit; or raise interleave.maxCostUsd, interleave.maxConversationCostUsd, interleave.maxRunTokens or interleave.maxConversationTokens, and retry.',
  loop: 'The model repeated the same tool calls, or calls that could not be run. Raise Limit and Continue lets it try on; or say more exactly what you want and which tools to use, and retry.',
  max_tool_calls:
    'The conversation reached its limit on tool calls. Raise Limit and Continue allows twice as many; or raise interleave.limits.toolCalls, or ask for less at once, and retry.',
  max_wait:
    'The wait would exceed the limit. Continue later; or raise interleave.maxWaitSeconds, and retry.',
  timeout:
    'The conversation reached its time limit. Raise Limit and Continue allows twice as much; or raise interleave.timeoutSeconds, or timeout in the prompt, and retry.',
  max_run_turns:
    'All conversations of the run together reached its limit on turns. Raise Limit and Continue allows twice as many; or raise interleave.maxRunTurns, and retry.',
  max_run_tool_calls:
    'All conversations of the run together reached its limit on tool calls. Raise Limit and Continue allows twice as many; or raise interleave.maxRunToolCalls, and retry.',
  max_run_time:
    'The run reached its time limit. Raise Limit and Continue allows twice as much; or raise interleave.maxRunSeconds, and retry.',
  denied:
    'A tool call was denied, and the conversation ended with it. Continue without it, or retry.',
  needs_approval:
    'Tool calls were denied because nobody was there to ask. Allow them with interleave resume --allow, or retry.',
};

/** Advice for a conversation that a limit stopped; undefined for any other end. */
export function adviceFor(reason: FinishReason | undefined): string | undefined {
  if (reason === undefined || !Object.hasOwn(stopAdvice, reason)) return undefined;
  return stopAdvice[reason as LimitReason];
}

/** What a person must do before a paused run can go on; empty if the message says it. */
export function pauseAdvice(kind: ErrorKind, provider: string): string {
  if (kind === 'internal') return '';
  if (kind === 'network')
    return 'The run goes on by itself once the server answers; Resume tries at once.';
  if (needsOtherModel(kind, provider)) {
    return 'Resume, or cancel, select another model and run again.';
  }
  return 'Resume goes on from where the run paused.';
}

/** Whether to offer another model instead of a key. VS Code's own models have no key. */
export function needsOtherModel(kind: ErrorKind | undefined, provider: string): boolean {
  if (kind === 'not_found') return true;
  return provider === 'vscode' && (kind === 'auth' || kind === 'quota');
}
