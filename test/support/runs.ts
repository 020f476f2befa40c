import { Agent } from '../../src/core/agent/agent.ts';
import { type AgentSpec, defaultLimits } from '../../src/core/agent/agentSpec.ts';
import type { RetryPolicy } from '../../src/core/agent/retryPolicy.ts';
import type { RunRules } from '../../src/core/approvals/runRules.ts';
import type { RateCaps } from '../../src/core/limiter/admissionPolicy.ts';
import type { RunLimitValues } from '../../src/core/limiter/runLimits.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import type { Run } from '../../src/core/runner/run.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import { originAgent } from '../../src/core/runner/runOrigin.ts';
import type { RestoredRun, RunItem, RunPlan, RunRecorder } from '../../src/core/runner/runPlan.ts';
import { createArithmeticTools } from '../../src/core/tools/arithmetic/arithmeticTools.ts';
import type { Tool } from '../../src/core/tools/tool.ts';
import type { RunEvent } from '../../src/shared/conversationEvents.ts';
import { runLimitNames } from '../../src/shared/raisedLimits.ts';
import type { RunOrigin } from '../../src/shared/runOrigin.ts';

/** Retries without waiting. */
export const impatient: RetryPolicy = {
  maxAttempts: 3,
  maxUnreadable: 2,
  maxRateLimited: 5,
  baseDelayMs: 0,
  maxDelayMs: 0,
  budgetMs: 60_000,
  firstProbesMs: [0, 0, 0],
  laterProbesMs: 60_000,
};

/** An agent's spec with tools instead of tool names. */
export interface TestAgentOptions extends Partial<Omit<AgentSpec, 'tools'>> {
  readonly tools?: readonly Tool[];
}

export function testAgent(
  provider: Provider,
  { tools = createArithmeticTools(), ...spec }: TestAgentOptions = {},
): Agent {
  return new Agent(
    {
      name: 'test',
      systemPrompt: 'Be brief.',
      tools: tools.map(({ name }) => name),
      model: 'test-model',
      toolExecution: 'serial',
      limits: defaultLimits,
      ...spec,
    },
    { provider, tools },
  );
}

export interface TestRunOptions extends RunLimitValues {
  readonly mode?: 'concurrent' | 'serial';
  readonly failure?: 'keepPartial' | 'allOrNothing';
  readonly warmUpCache?: boolean;
  readonly caps?: RateCaps;
  readonly recorder?: RunRecorder;
  readonly maxConversationCostUsd?: number;
  readonly maxConversationTokens?: number;
  readonly maxWaitMs?: number;
  readonly whenBlocked?: 'pause' | 'fail';
  readonly concurrency?: 'auto' | 'unlimited' | number;
  readonly items?: readonly RunItem[];
  readonly runner?: Runner;
  readonly rules?: RunRules;
  /** An earlier process's run to resume. */
  readonly restored?: RestoredRun;
}

/** A run of these prompts with one agent, not yet started. */
export function testRun(
  agent: Agent,
  prompts: readonly string[],
  options: TestRunOptions = {},
): Run {
  const { mode = 'concurrent', failure = 'keepPartial', concurrency = 'unlimited' } = options;
  const { whenBlocked = 'fail' } = options;
  const items = prompts.map((prompt, index) => ({ planned: planned(prompt, index), agent }));
  const plan: RunPlan = {
    title: 'test',
    simulated: false,
    failure,
    whenBlocked,
    warmUpCache: options.warmUpCache ?? true,
    caps: options.caps ?? {},
    maxConversationCostUsd: options.maxConversationCostUsd ?? Number.POSITIVE_INFINITY,
    agent: {
      name: 'test',
      provider: agent.provider.id,
      model: agent.spec.model,
      tools: agent.spec.tools,
      mode,
      toolExecution: 'serial',
      concurrency,
    },
    origin: originOf(agent),
    items: options.items ?? items,
    ...runLimitsOf(options),
    ...(options.maxConversationTokens === undefined
      ? {}
      : { maxConversationTokens: options.maxConversationTokens }),
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    ...(options.maxWaitMs === undefined ? {} : { maxWaitMs: options.maxWaitMs }),
  };
  const runner = options.runner ?? new Runner({ retry: impatient });
  const { recorder, restored } = options;
  if (restored !== undefined) return runner.restoreRun(plan, restored, recorder);
  return runner.createRun(plan, { recorder });
}

function runLimitsOf(options: RunLimitValues): RunLimitValues {
  const given = runLimitNames.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}

/** The origin of a run with one agent. */
export function originOf(agent: Agent): RunOrigin {
  const program = { name: 'interleave-test', version: '1.2.3' };
  return { program, folders: [], agents: [originAgent(agent)] };
}

export function planned(prompt: string, index: number) {
  const provider = 'demo';
  return { id: `t.prompts.md#p${index}`, name: `P${index}`, prompt, provider, model: 'test-model' };
}

/** Collects a run's events from its start. */
export function record(run: Run): RunEvent[] {
  const events: RunEvent[] = [];
  run.onEvent((event) => events.push(event));
  return events;
}
