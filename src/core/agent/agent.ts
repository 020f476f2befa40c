import { deepFreeze } from '../base/deepFreeze.ts';
import type { Message } from '../providers/message.ts';
import type { Provider, ToolSchema } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { createToolBox, pickTools, type ToolBox } from '../tools/toolBox.ts';
import { toolSchemas } from '../tools/toolSchemas.ts';
import type { AgentLimits, AgentParts, AgentSpec } from './agentSpec.ts';
import { checkSpec } from './agentSpec.ts';
import type { ConversationOutcome } from './conversation.ts';
import { runConversation } from './conversation.ts';
import type { ConversationContext } from './conversationContext.ts';
import type { PromptPrefix } from './promptPrefix.ts';
import { describePrefix } from './promptPrefix.ts';

/**
 * A frozen spec with its provider and tools. It has no state of a conversation, so one agent can run any number of
 * conversations at once.
 */
export class Agent implements AgentParts {
  readonly spec: AgentSpec;
  readonly provider: Provider;
  readonly tools: ToolBox;
  readonly toolSchemas: readonly ToolSchema[];
  readonly prefix: PromptPrefix;

  /** Throws a `UserError` for an invalid spec and for unknown tools. */
  constructor(
    spec: AgentSpec,
    { provider, tools }: { readonly provider: Provider; readonly tools: readonly Tool[] },
  ) {
    checkSpec(spec);
    this.spec = deepFreeze(structuredClone(spec));
    this.provider = provider;
    const chosen = pickTools(tools, spec.tools).map((tool) => Object.freeze({ ...tool }));
    this.tools = createToolBox(chosen);
    this.toolSchemas = toolSchemas(chosen);
    this.prefix = Object.freeze(describePrefix(spec.systemPrompt, this.toolSchemas));
  }

  /** A copy of the agent with these changes to its limits. */
  withLimits(changes: Partial<AgentLimits>): Agent {
    const spec = { ...this.spec, limits: { ...this.spec.limits, ...changes } };
    return new Agent(spec, { provider: this.provider, tools: [...this.tools.values()] });
  }

  /** Runs one conversation to its end. Never changes `messages`. Never rejects: the outcome says how it ended. */
  run(messages: readonly Message[], context: ConversationContext): Promise<ConversationOutcome> {
    return runConversation(this, structuredClone(messages), context);
  }
}
