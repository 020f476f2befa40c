import { UserError } from '../base/errors.ts';
import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { Provider, ToolSchema } from '../providers/provider.ts';
import type { ToolBox } from '../tools/toolBox.ts';
import type { PromptPrefix } from './promptPrefix.ts';

/** Where a conversation is stopped, whatever the model wants. */
export interface AgentLimits {
  /** Model responses in one conversation. */
  readonly maxTurns: number;
  /** Tokens of one model response. */
  readonly maxOutputTokens: number;
  /** Milliseconds that a conversation may take from its first request on. */
  readonly timeoutMs: number;
  /** Tool calls in one conversation. */
  readonly maxToolCalls: number;
  /** Tool calls of one turn that run at the same time, where they run in parallel. */
  readonly parallelTools: number;
  /** Tool calls of all conversations that run in parallel at the same time. */
  readonly toolsInFlight: number;
  /** Repetitions of the same calls after which the model is told. */
  readonly repeatsNoted: number;
  /** Repetitions after which the conversation is stopped. */
  readonly repeatsStopped: number;
  /** Milliseconds of one tool call, unless the tool has a limit of its own. */
  readonly toolTimeoutMs: number;
  /** Characters of one tool result. */
  readonly maxToolOutput: number;
  /** Bytes of a longer tool result that are kept beside what the model gets. */
  readonly maxToolOutputKept: number;
}

/** The limits of an agent, from those that people set. */
export function agentLimits(values: LimitValues): AgentLimits {
  return {
    maxTurns: values.maxTurns,
    maxOutputTokens: values.maxTokens,
    timeoutMs: values.timeoutSeconds * 1000,
    maxToolCalls: values.toolCalls,
    parallelTools: values.parallelTools,
    toolsInFlight: values.toolsInFlight,
    repeatsNoted: values.repeatsNoted,
    repeatsStopped: values.repeatsStopped,
    toolTimeoutMs: values.toolSeconds * 1000,
    maxToolOutput: values.toolResultCharacters,
    maxToolOutputKept: values.toolResultKeptKB * 1000,
  };
}

export const defaultLimits: AgentLimits = agentLimits(defaultLimitValues);

/** What an agent is, as data. */
export interface AgentSpec {
  readonly name: string;
  readonly systemPrompt: string;
  /** Names of its tools. */
  readonly tools: readonly string[];
  readonly model: string;
  readonly reasoningEffort?: ReasoningEffort;
  readonly toolExecution: 'serial' | 'parallel';
  readonly limits: AgentLimits;
}

/** What a conversation uses of its agent. */
export interface AgentParts {
  readonly spec: AgentSpec;
  readonly provider: Provider;
  readonly tools: ToolBox;
  /** Made once, so that every request carries the same bytes. */
  readonly toolSchemas: readonly ToolSchema[];
  readonly prefix: PromptPrefix;
}

/** Throws a `UserError` for a spec that no conversation could run with. */
export function checkSpec({ model, limits }: AgentSpec): void {
  if (model.trim() === '') throw new UserError('No model is chosen. Name one and run again.');
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isFinite(value) && value >= 1) continue;
    throw new UserError(`${name} must be a number of at least 1, but it is ${value}.`);
  }
}
