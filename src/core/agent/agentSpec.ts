import { UserError } from '../base/errors.ts';
import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { Provider, ToolSchema } from '../providers/provider.ts';
import type { ToolBox } from '../tools/toolBox.ts';
import type { PromptPrefix } from './promptPrefix.ts';

/** The limits of one conversation. */
export interface AgentLimits {
  /** Max model responses. */
  readonly maxTurns: number;
  /** Max tokens of one model response. */
  readonly maxOutputTokens: number;
  /** Timeout of the conversation from its first request on, in ms. */
  readonly timeoutMs: number;
  /** Max tool calls. */
  readonly maxToolCalls: number;
  /** Max concurrent tool calls of one turn, when they run in parallel. */
  readonly parallelTools: number;
  /** Max concurrent tool calls of all conversations whose tool calls run in parallel. */
  readonly toolsInFlight: number;
  /** Identical tool calls in a row before the model gets a warning. */
  readonly repeatsNoted: number;
  /** Identical tool calls in a row before the conversation stops. */
  readonly repeatsStopped: number;
  /** Timeout of a tool without its own, in ms. */
  readonly toolTimeoutMs: number;
  /** Max characters of a tool result for the model. */
  readonly maxToolOutput: number;
  /** Max bytes of the saved full text of a longer tool result. */
  readonly maxToolOutputSaved: number;
}

/** The limits of an agent, from the user's settings. */
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
    maxToolOutputSaved: values.toolResultKeptKB * 1000,
  };
}

/** The default limits of a conversation. */
export const defaultLimits: AgentLimits = agentLimits(defaultLimitValues);

/** The definition of an agent, as plain data. */
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

/** The parts of an agent that a conversation uses. */
export interface AgentParts {
  readonly spec: AgentSpec;
  readonly provider: Provider;
  readonly tools: ToolBox;
  /** Created once, so that every request has the same bytes. */
  readonly toolSchemas: readonly ToolSchema[];
  readonly prefix: PromptPrefix;
}

/** Throws a `UserError` for an invalid spec. */
export function checkSpec({ model, limits }: AgentSpec): void {
  if (model.trim() === '') throw new UserError('No model is chosen. Name one and run again.');
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isFinite(value) && value >= 1) continue;
    throw new UserError(`${name} must be a number of at least 1, but it is ${value}.`);
  }
}
