import type { AgentLimits } from '../../src/core/agent/agentSpec.ts';
import { ruleSystemOf } from '../../src/core/approvals/rules/ruleSystem.ts';
import { knownTools } from '../../src/core/approvals/rules/ruleTools.ts';
import type { LimitValues } from '../../src/core/base/limits.ts';
import { defaultLimitValues } from '../../src/core/base/limits.ts';
import type { Provider, ProviderId } from '../../src/core/providers/provider.ts';
import type { PlanContext } from '../../src/core/runner/planRun.ts';
import type { RunOverrides, RunRequest, RunSettings } from '../../src/core/runner/runRequest.ts';
import { withOverrides } from '../../src/core/runner/runRequest.ts';

const settings: RunSettings = {
  provider: 'demo',
  model: '',
  agent: '',
  reasoningEffort: 'default',
  systemPrompt: 'Be brief.',
  tools: [],
  toolExecution: 'serial',
  cpuTools: 'auto',
  concurrency: 'auto',
  mode: 'concurrent',
  failure: 'keepPartial',
  warmUpCache: false,
  limits: defaultLimitValues,
};

/** Asks for these texts to be run, with settings that differ from the usual ones. */
export function requestFor(texts: readonly string[], overrides: RunOverrides = {}): RunRequest {
  return {
    title: 'test',
    prompts: texts.map((text, index) => ({
      ...{ id: `t.prompts.md#p${index}`, name: `P${index}`, text, options: {} },
    })),
    settings: withOverrides(settings, overrides),
    interactive: false,
  };
}

/** What decides on tool calls where nobody has written a rule. */
export const noRules: PlanContext['rules'] = {
  current: () => [],
  tools: knownTools([]),
  system: ruleSystemOf('linux'),
};

/** What a plan is made with: one provider for all, and no tools. */
export function contextOf(
  provider: Provider | (() => Provider),
  more: Partial<PlanContext> = {},
): PlanContext {
  const resolve = typeof provider === 'function' ? provider : () => provider;
  return {
    provider: 'demo' as ProviderId,
    place: { program: { name: 'interleave-test', version: '1.2.3' }, folders: [] },
    tools: [],
    rules: noRules,
    resolve,
    ...more,
  };
}

/** The limits that people set which give an agent these. */
export function limitsFor(limits: Partial<AgentLimits>): Partial<LimitValues> {
  const all: { readonly [K in keyof LimitValues]?: number | undefined } = {
    maxTurns: limits.maxTurns,
    maxTokens: limits.maxOutputTokens,
    timeoutSeconds: limits.timeoutMs && limits.timeoutMs / 1000,
    toolCalls: limits.maxToolCalls,
    parallelTools: limits.parallelTools,
    repeatsNoted: limits.repeatsNoted,
    repeatsStopped: limits.repeatsStopped,
    toolSeconds: limits.toolTimeoutMs && limits.toolTimeoutMs / 1000,
    toolResultCharacters: limits.maxToolOutput,
    toolResultKeptKB: limits.maxToolOutputSaved && limits.maxToolOutputSaved / 1000,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
