import { deepFreeze } from '../base/deepFreeze.ts';
import { UserError } from '../base/errors.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { Message } from '../providers/message.ts';
import type { Provider, ToolSchema } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { toolSchemas } from '../tools/toolSchemas.ts';
import type { ConversationContext, ConversationOutcome } from './conversation.ts';
import { runConversation } from './conversation.ts';
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
  /** Milliseconds of one tool call, unless the tool has a limit of its own. */
  readonly toolTimeoutMs: number;
  /** Characters of one tool result. */
  readonly maxToolOutput: number;
}

export const defaultLimits: AgentLimits = {
  maxTurns: 50,
  maxOutputTokens: 16_000,
  timeoutMs: 600_000,
  maxToolCalls: 100,
  toolTimeoutMs: 30_000,
  maxToolOutput: 48_000,
};

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

  /**
   * Runs one conversation to its end, on a copy of `messages`: the caller's array and what is in it
   * never change. It does not reject: how it ended is in the outcome.
   */
  run(messages: readonly Message[], context: ConversationContext): Promise<ConversationOutcome> {
    return runConversation(this, structuredClone(messages), context);
  }
}

function checkLimits({ model, limits }: AgentConfig): void {
  if (model.trim() === '') throw new UserError('No model is chosen. Name one and run again.');
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isFinite(value) && value >= 1) continue;
    throw new UserError(`${name} must be a number of at least 1, but it is ${value}.`);
  }
}
