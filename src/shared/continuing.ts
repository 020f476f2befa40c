import type { FinishReason } from './conversationEvents.ts';

const raisedReasons: ReadonlySet<unknown> = new Set<FinishReason>([
  'max_turns',
  'max_tool_calls',
  'loop',
  'budget',
]);

/** Whether a conversation that ended for this reason goes on only with a higher limit. */
export function needsHigherLimit(reason: FinishReason | undefined): boolean {
  return raisedReasons.has(reason);
}

/** The label of the action that goes on with a conversation that ended for this reason. */
export function continueLabel(reason: FinishReason | undefined): string {
  return needsHigherLimit(reason) ? 'Raise Limit and Continue' : 'Continue';
}
