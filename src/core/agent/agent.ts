import { deepFreeze } from '../base/deepFreeze.ts';
import { UserError } from '../base/errors.ts';
import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { Provider, ToolSchema } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { toolSchemas } from '../tools/toolSchemas.ts';
import type { PromptPrefix } from './promptPrefix.ts';
import { describePrefix } from './promptPrefix.ts';

/** Where a conversation is stopped, whatever the model wants. */
export interface AgentLimits {
  /** Model responses in one conversation. */
  readonly maxTurns: number;
  /** Tokens of one model response. */
  readonly maxOutputTokens: number;
  /** Milliseconds a conversation may take from its first request on. */
  readonly timeoutMs: number;
  /** Tool calls in one conversation. */
  readonly maxToolCalls: number;
  /** Tool calls of one turn that run at the same time, where they run in parallel. */
  readonly parallelTools: number;
  /** Times that the same calls may follow one another before the model is told. */
  readonly repeatsNoted: number;
  /** Times after which the conversation is stopped. */
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
    repeatsNoted: values.repeatsNoted,
    repeatsStopped: values.repeatsStopped,
    toolTimeoutMs: values.toolSeconds * 1000,
    maxToolOutput: values.toolResultCharacters,
    maxToolOutputKept: values.toolResultKeptKB * 1000,
  };
}

export const defaultLimits: AgentLimits = agentLimits(defaultLimitValues);

/** What an agent is. Frozen through and through once it is in an `Agent`. */
export interface AgentConfig {
  readonly name: string;
  readonly systemPrompt: string;
  readonly tools: readonly Tool[];
  readonly model: string;
  readonly reasoningEffort?: ReasoningEffort;
  readonly toolExecution: 'serial' | 'parallel';
  readonly limits: AgentLimits;
}

/** The agent's configuration together with the tool schemas that follow from it. */
export interface FrozenAgentConfig extends AgentConfig {
  /** Made once, so that every request carries the same bytes. */
  readonly toolSchemas: readonly ToolSchema[];
  readonly prefix: PromptPrefix;
}

/**
 * A read-only configuration and the provider that answers for it. Nothing of a conversation is kept
 * here, so that one agent serves any number of them at once.
 */
export class Agent {
  readonly config: FrozenAgentConfig;
  readonly provider: Provider;
  readonly #toolsByName: ReadonlyMap<string, Tool>;

  /** Throws a `UserError` for a configuration that no conversation could run with. */
  constructor(config: AgentConfig, provider: Provider) {
    checkLimits(config);
    const tools = config.tools.map((tool) => Object.freeze({ ...tool }));
    const limits = { ...config.limits };
    const schemas = toolSchemas(tools);
    const prefix = describePrefix(config.systemPrompt, schemas);
    this.config = deepFreeze({ ...config, limits, tools, toolSchemas: schemas, prefix });
    this.provider = provider;
    this.#toolsByName = new Map(tools.map((tool) => [tool.name, tool]));
  }

  /** Tools by name. A view for looking up, not for changing. */
  get toolsByName(): ReadonlyMap<string, Tool> {
    return this.#toolsByName;
  }

  /** The same agent, but for answers that may be so many times as long. */
  withRoom(times: number): Agent {
    const { limits } = this.config;
    const maxOutputTokens = limits.maxOutputTokens * times;
    return new Agent({ ...this.config, limits: { ...limits, maxOutputTokens } }, this.provider);
  }
}

function checkLimits({ model, limits }: AgentConfig): void {
  if (model.trim() === '') throw new UserError('No model is chosen. Name one and run again.');
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isFinite(value) && value >= 1) continue;
    throw new UserError(`${name} must be a number of at least 1, but it is ${value}.`);
  }
}
