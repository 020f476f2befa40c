import type { LimitedEnd } from '../../src/shared/continuing.ts';
import type { ErrorKind, LimitReason } from '../../src/shared/outcome.ts';
import type { BudgetLimit } from '../../src/shared/raisedLimits.ts';

/** What each limit means, and what the user can do. */
const stopAdvice: { readonly [R in LimitReason]: string } = {
  max_turns:
    'The conversation needs more turns. Select Raise Limit and Continue to allow twice as many, or raise interleave.maxTurns, or maxTurns in the prompt, and retry.',
  max_tokens:
    'The answer was cut off at the limit on output tokens. Continue with twice the limit, or raise interleave.maxTokens, or maxTokens in the prompt, and retry.',
  context_full:
    'The conversation no longer fits into the context of the model. Ask for less in one prompt, or use a model with a larger context, and retry.',
  refused: 'The model declined to answer. Rephrase the prompt, or use another model, and retry.',
  budget:
    'The run or the conversation reached its limit on cost or tokens. Select Raise Limit and Continue to double that limit, or raise interleave.maxCostUsd, interleave.maxConversationCostUsd, interleave.maxRunTokens or interleave.maxConversationTokens, and retry.',
  loop: 'The model repeated the same tool calls, or calls that could not run. Select Raise Limit and Continue to let it try further, or describe more precisely what you want and which tools to use, and retry.',
  max_tool_calls:
    'The conversation reached its limit on tool calls. Select Raise Limit and Continue to allow twice as many, or raise interleave.limits.toolCalls, or ask for less in one prompt, and retry.',
  max_wait:
    'The wait would exceed the limit. Continue later, or raise interleave.maxWaitSeconds and retry.',
  timeout:
    'The conversation reached its time limit. Select Raise Limit and Continue to allow twice as much time, or raise interleave.timeoutSeconds, or timeout in the prompt, and retry.',
  max_run_turns:
    'The conversations of the run together reached its limit on turns. Select Raise Limit and Continue to allow twice as many, or raise interleave.maxRunTurns, and retry.',
  max_run_tool_calls:
    'The conversations of the run together reached its limit on tool calls. Select Raise Limit and Continue to allow twice as many, or raise interleave.maxRunToolCalls, and retry.',
  max_run_time:
    'The run reached its time limit. Select Raise Limit and Continue to allow twice as much time, or raise interleave.maxRunSeconds, and retry.',
  denied:
    'A tool call was denied, so the conversation ended. Continue without that call, or allow it and retry.',
  needs_approval:
    'Tool calls were denied because there was nobody to ask. Allow them in interleave.rules, or with --allow on the command line, and continue or retry.',
};

const budgetAdvice: { readonly [L in BudgetLimit]: string } = {
  maxCostUsd:
    'The conversations of the run together reached its limit on cost. Select Raise Limit and Continue to allow twice as much, or raise interleave.maxCostUsd, and retry.',
  maxRunTokens:
    'The conversations of the run together reached its limit on tokens. Select Raise Limit and Continue to allow twice as many, or raise interleave.maxRunTokens, and retry.',
  maxConversationCostUsd:
    'The conversation reached its limit on cost. Select Raise Limit and Continue to allow twice as much, or raise interleave.maxConversationCostUsd, and retry.',
  maxConversationTokens:
    'The conversation reached its limit on tokens. Select Raise Limit and Continue to allow twice as many, or raise interleave.maxConversationTokens, and retry.',
};

/** Advice for a conversation that a limit stopped; undefined for any other end. */
export function adviceFor({ reason, limit }: LimitedEnd): string | undefined {
  if (limit !== undefined) return budgetAdvice[limit];
  if (reason === undefined || !Object.hasOwn(stopAdvice, reason)) return undefined;
  return stopAdvice[reason as LimitReason];
}

/** What the user must do before a paused run can continue; empty if the message says it. */
export function pauseAdvice(kind: ErrorKind, provider: string): string {
  if (kind === 'internal') return '';
  if (kind === 'network')
    return 'The run resumes automatically when the server answers. Resume tries now.';
  if (needsOtherModel(kind, provider)) {
    return 'Resume, or cancel the run, select another model and run again.';
  }
  return 'Resume continues from where the run paused.';
}

/** Whether to offer *Select Model…* instead of *Set API Key…*. Models in VS Code have no API key. */
export function needsOtherModel(kind: ErrorKind | undefined, provider: string): boolean {
  if (kind === 'not_found') return true;
  return provider === 'vscode' && (kind === 'auth' || kind === 'quota');
}
