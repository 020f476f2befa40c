import { limitsReached } from '../../shared/continuing.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import type { RaisedLimits, RunLimitName } from '../../shared/raisedLimits.ts';
import { onlyLimits } from '../../shared/raisedLimits.ts';
import type { AgentLimits } from '../agent/agentSpec.ts';

/** Raises the limits that several conversations share. */
export interface SharedRaises {
  /** Doubles the limit on cost or tokens that stopped the conversation. */
  raiseBudget(conversation: ConversationState): RaisedLimits;
  /** Doubles a limit of the run, unless that was done since it stopped the conversation. */
  raiseOfRun(name: RunLimitName, conversation: ConversationState): RaisedLimits;
}

/** Doubles the one limit that stopped the conversation; none where no limit did. */
export function raiseFor(
  conversation: ConversationState,
  limits: AgentLimits,
  shared: SharedRaises,
): RaisedLimits {
  const { reason, turns, toolCalls, raised = {} } = conversation;
  switch (reason) {
    case 'max_turns': {
      const now = raised.maxTurns ?? limits.maxTurns;
      // The answer that was asked for at the limit counts as a turn, too.
      return { maxTurns: Math.max(2 * now, turns.length + now) };
    }
    case 'max_tool_calls': {
      const now = raised.toolCalls ?? limits.maxToolCalls;
      return { toolCalls: Math.max(2 * now, toolCalls.length) };
    }
    case 'loop':
      return { repeatsStopped: 2 * (raised.repeatsStopped ?? limits.repeatsStopped) };
    case 'timeout':
      return { timeoutSeconds: 2 * (raised.timeoutSeconds ?? limits.timeoutMs / 1000) };
    case 'budget':
      return shared.raiseBudget(conversation);
    case 'max_run_turns':
      return shared.raiseOfRun('maxRunTurns', conversation);
    case 'max_run_tool_calls':
      return shared.raiseOfRun('maxRunToolCalls', conversation);
    case 'max_run_time':
      return shared.raiseOfRun('maxRunSeconds', conversation);
    default:
      return {};
  }
}

/** Those of the given limits that stopped the conversation, or may have. */
export function givenFor(conversation: ConversationState, given: RaisedLimits): RaisedLimits {
  return onlyLimits(given, limitsReached(conversation));
}
