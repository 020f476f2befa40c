import type { AgentDefinition } from '../../src/core/base/agentDefinition.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import type { PlanContext } from '../../src/core/runner/planRun.ts';
import { planRun } from '../../src/core/runner/planRun.ts';
import type { Run } from '../../src/core/runner/run.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import type { RunPlan, RunRecorder } from '../../src/core/runner/runPlan.ts';
import type { RunOverrides, RunRequest } from '../../src/core/runner/runRequest.ts';
import { createArithmeticTools } from '../../src/core/tools/arithmetic/arithmeticTools.ts';
import { contextOf, requestFor } from './requests.ts';
import { impatient } from './runs.ts';

/** An agent whose system prompt is its name. */
export function agentOf(name: string, more: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    ...{ name, description: `Does ${name}.`, systemPrompt: `You are ${name}.` },
    ...{ options: {}, handoffs: [], agents: [] },
    ...more,
  };
}

/** Asks for prompts to be answered by the first of these agents. */
export function teamRequest(
  agents: readonly AgentDefinition[],
  texts: readonly string[] = ['What is it?'],
  overrides: RunOverrides = {},
): RunRequest {
  return { ...requestFor(texts, { agent: agents[0]?.name ?? '', ...overrides }), agents };
}

/** Plans a run, with the arithmetic tools. */
export function planOf(
  request: RunRequest,
  provider: Provider,
  more: Partial<PlanContext> = {},
): Promise<RunPlan> {
  return planRun(request, contextOf(provider, { tools: createArithmeticTools(), ...more }));
}

/** A run of a plan that was not started yet. */
export function runOfPlan(plan: RunPlan, recorder?: RunRecorder): Run {
  return new Runner({ retry: impatient }).createRun(plan, { recorder });
}
