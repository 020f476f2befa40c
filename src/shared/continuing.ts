import type { FinishReason, LimitReason } from './outcome.ts';
import type { RaisableLimit } from './raisedLimits.ts';

/** The limits of which one was reached, for each reason after which a higher one lets a conversation go on. */
const limitsBehind: { readonly [R in LimitReason]?: readonly RaisableLimit[] } = {
  max_turns: ['maxTurns'],
  max_tool_calls: ['toolCalls'],
  loop: ['repeatsStopped'],
  timeout: ['timeoutSeconds'],
  budget: ['maxCostUsd', 'maxRunTokens', 'maxConversationCostUsd', 'maxConversationTokens'],
  max_run_turns: ['maxRunTurns'],
  max_run_tool_calls: ['maxRunToolCalls'],
  max_run_time: ['maxRunSeconds'],
};

/** The limits of which one ended a conversation for this reason; none where a higher limit does not help. */
export function limitsOfReason(reason: FinishReason | undefined): readonly RaisableLimit[] {
  if (reason === undefined || !Object.hasOwn(limitsBehind, reason)) return [];
  return limitsBehind[reason as LimitReason] ?? [];
}

/** Whether a conversation that ended for this reason goes on only with a higher limit. */
export function needsHigherLimit(reason: FinishReason | undefined): boolean {
  return limitsOfReason(reason).length > 0;
}

/** The label of the action that goes on with a conversation that ended for this reason. */
export function continueLabel(reason: FinishReason | undefined): string {
  return needsHigherLimit(reason) ? 'Raise Limit and Continue' : 'Continue';
}
