import type { FinishReason, LimitReason } from './outcome.ts';
import type { BudgetLimit, RaisableLimit } from './raisedLimits.ts';
import { budgetLimits } from './raisedLimits.ts';

/** The limits of which one was reached, for each reason after which a higher one lets a conversation go on. */
const limitsBehind: { readonly [R in LimitReason]?: readonly RaisableLimit[] } = {
  max_turns: ['maxTurns'],
  max_tool_calls: ['toolCalls'],
  loop: ['repeatsStopped'],
  timeout: ['timeoutSeconds'],
  budget: budgetLimits,
  max_run_turns: ['maxRunTurns'],
  max_run_tool_calls: ['maxRunToolCalls'],
  max_run_time: ['maxRunSeconds'],
};

/** How a conversation ended, as far as limits are concerned. */
export interface LimitedEnd {
  readonly reason?: FinishReason;
  readonly limit?: BudgetLimit;
}

/**
 * The limit that ended a conversation; several where it is not known which of them did, and none where a higher limit
 * does not help.
 */
export function limitsReached({ reason, limit }: LimitedEnd): readonly RaisableLimit[] {
  return limit === undefined ? limitsOfReason(reason) : [limit];
}

function limitsOfReason(reason: FinishReason | undefined): readonly RaisableLimit[] {
  if (reason === undefined || !Object.hasOwn(limitsBehind, reason)) return [];
  return limitsBehind[reason as LimitReason] ?? [];
}

/** The limit that stopped a conversation; none where it is not known which one did. */
export function stoppedBy({ phase, ...end }: LimitedEnd & { readonly phase: string }): {
  readonly limit?: RaisableLimit;
} {
  const [limit, another] = phase === 'stopped' ? limitsReached(end) : [];
  return limit === undefined || another !== undefined ? {} : { limit };
}

/** Whether a conversation that ended for this reason goes on only with a higher limit. */
export function needsHigherLimit(reason: FinishReason | undefined): boolean {
  return limitsOfReason(reason).length > 0;
}

/** The label of the action that goes on with a conversation that ended for this reason. */
export function continueLabel(reason: FinishReason | undefined): string {
  return needsHigherLimit(reason) ? 'Raise Limit and Continue' : 'Continue';
}
