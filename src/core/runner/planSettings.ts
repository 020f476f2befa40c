import { given } from '../../shared/given.ts';
import type { RunLimitName } from '../../shared/raisedLimits.ts';
import type { AgentLimits } from '../agent/agentSpec.ts';
import { agentLimits } from '../agent/agentSpec.ts';
import { retryLimits } from '../agent/retryPolicy.ts';
import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import type { BudgetLimits } from '../limiter/budgetRoom.ts';
import type { RunPlan } from './runPlan.ts';

/** What the limits decide for the run as a whole. Zero means that there is no limit. */
export function runLimits(
  limits: LimitValues,
): Pick<RunPlan, 'caps' | 'maxWaitMs' | 'retry' | keyof BudgetLimits | RunLimitName> {
  const { requestsPerMinute, tokensPerMinute, maxWaitSeconds } = limits;
  return {
    caps: {
      requestsPerMinute: requestsPerMinute || undefined,
      tokensPerMinute: tokensPerMinute || undefined,
    },
    maxCostUsd: limits.maxCostUsd || Number.POSITIVE_INFINITY,
    maxConversationCostUsd: limits.maxConversationCostUsd || Number.POSITIVE_INFINITY,
    maxConversationTokens: limits.maxConversationTokens || Number.POSITIVE_INFINITY,
    maxRunTokens: limits.maxRunTokens || Number.POSITIVE_INFINITY,
    maxRunTurns: limits.maxRunTurns || Number.POSITIVE_INFINITY,
    maxRunToolCalls: limits.maxRunToolCalls || Number.POSITIVE_INFINITY,
    maxRunSeconds: limits.maxRunSeconds || Number.POSITIVE_INFINITY,
    ...(maxWaitSeconds > 0 ? { maxWaitMs: maxWaitSeconds * 1000 } : {}),
    ...(hasOwnRetries(limits) ? { retry: retryLimits(limits) } : {}),
  };
}

/** With the defaults the retry policy of the process holds. */
function hasOwnRetries({ attempts, retrySeconds }: LimitValues): boolean {
  const { attempts: usualAttempts, retrySeconds: usualSeconds } = defaultLimitValues;
  return attempts !== usualAttempts || retrySeconds !== usualSeconds;
}

/** The limits of an agent; those of its prompts' own come first. */
export function limitsOfAgent(
  limits: LimitValues,
  { maxTurns, maxTokens, timeout }: PromptOptions,
): AgentLimits {
  return agentLimits({
    ...limits,
    ...given({ maxTurns, maxTokens, timeoutSeconds: timeout }),
  });
}
