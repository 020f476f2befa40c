import { addCosts, costOrUnknown } from '../../shared/cost.ts';
import type { PlannedConversation, RunEstimate } from '../../shared/plannedRun.ts';
import type { Usage } from '../../shared/usage.ts';
import { noUsage } from '../../shared/usage.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import { estimateTokens } from '../agent/promptPrefix.ts';

/** What the first request of a conversation consists of. */
interface FirstRequest {
  readonly planned: Pick<PlannedConversation, 'prompt' | 'price'>;
  readonly agent: Pick<AgentParts, 'prefix'>;
}

/** The minimum cost of a run. Answers, tool results and further turns come on top. */
export function estimateRun(items: readonly FirstRequest[]): RunEstimate {
  let inputTokens = 0;
  let costUsd: number | null = 0;
  for (const { agent, planned } of items) {
    const tokens = agent.prefix.tokens + estimateTokens(planned.prompt);
    const usage: Usage = { ...noUsage, inputTokens: tokens };
    inputTokens += tokens;
    costUsd = addCosts(costUsd, costOrUnknown(usage, planned.price));
  }
  return { inputTokens, costUsd };
}
