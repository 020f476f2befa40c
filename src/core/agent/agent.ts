import type { Answerer } from '../../shared/answerer.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import { deepFreeze } from '../base/deepFreeze.ts';
import type { Message } from '../providers/message.ts';
import type { Provider, ToolSchema } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { createToolBox, pickTools, type ToolBox } from '../tools/toolBox.ts';
import { toolSchemas } from '../tools/toolSchemas.ts';
import type { AgentLimits, AgentSpec } from './agentSpec.ts';
import { checkSpec } from './agentSpec.ts';
import type { ConversationOutcome } from './conversation.ts';
import { runConversation } from './conversation.ts';
import type { ConversationContext } from './conversationContext.ts';
import type { PromptPrefix } from './promptPrefix.ts';
import { describePrefix } from './promptPrefix.ts';
import type { Contact } from './team/contact.ts';
import type { TeamMember, TeamPlace } from './team/team.ts';
import { contactsAt } from './team/team.ts';
import type { TeamAgent } from './team/teamAgent.ts';

/** What serves an agent. */
export interface AgentServing {
  readonly provider: Provider;
  /** The tools that its spec names, at least. */
  readonly tools: readonly Tool[];
  /** Absent if unknown. */
  readonly price?: ModelPrice;
  /** Absent for an agent that knows no others. */
  readonly place?: TeamPlace;
}

/** The limits that a conversation keeps when it is handed over: nobody gets more by doing so. */
function ofWhole({ maxTurns, timeoutMs, maxToolCalls, repeatsNoted, repeatsStopped }: AgentLimits) {
  return { maxTurns, timeoutMs, maxToolCalls, repeatsNoted, repeatsStopped };
}

/**
 * A frozen spec with its provider and tools. It has no state of a conversation, so one agent can run any number of
 * conversations at once.
 */
export class Agent implements TeamAgent {
  readonly spec: AgentSpec;
  readonly provider: Provider;
  readonly tools: ToolBox;
  readonly toolSchemas: readonly ToolSchema[];
  readonly prefix: PromptPrefix;
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly answerer: Answerer;
  readonly #serving: AgentServing;
  /** The agents that it reaches, each made once: all conversations share them. */
  readonly #reached = new Map<Contact, Agent>();

  /** Throws a `UserError` for an invalid spec and for unknown tools. */
  constructor(spec: AgentSpec, serving: AgentServing) {
    checkSpec(spec);
    this.spec = deepFreeze(structuredClone(spec));
    const { provider, tools, price, place } = serving;
    this.provider = provider;
    const chosen = pickTools(tools, spec.tools).map((tool) => Object.freeze({ ...tool }));
    this.#serving = { ...serving, tools: chosen };
    const contacts = place === undefined ? [] : contactsAt(place);
    this.contacts = new Map(contacts.map((contact) => [contact.tool.name, contact]));
    const all = [...chosen, ...contacts.map(({ tool }) => tool)];
    this.tools = createToolBox(all);
    this.toolSchemas = toolSchemas(all);
    this.prefix = Object.freeze(describePrefix(spec.systemPrompt, this.toolSchemas));
    this.answerer = Object.freeze({
      ...(place === undefined ? {} : { agent: spec.name }),
      ...{ provider: provider.id, model: spec.model },
      ...(price === undefined ? {} : { price }),
    });
  }

  get path(): readonly string[] {
    return this.#serving.place?.path ?? [this.spec.name];
  }

  /** Every agent that its conversations may come to, and what serves it. */
  get team(): readonly TeamMember[] {
    return [...(this.#serving.place?.team.members.values() ?? [])];
  }

  /** A copy of the agent with these changes to its limits. */
  withLimits(changes: Partial<AgentLimits>): Agent {
    const spec = { ...this.spec, limits: { ...this.spec.limits, ...changes } };
    return new Agent(spec, this.#serving);
  }

  reach(contact: Contact): Agent {
    const known = this.#reached.get(contact);
    if (known !== undefined) return known;
    const made = this.#make(contact);
    this.#reached.set(contact, made);
    return made;
  }

  #make({ kind, to }: Contact): Agent {
    const { place, tools: own } = this.#serving;
    const member = place?.team.members.get(to);
    if (place === undefined || member === undefined) throw new RangeError(`no agent ${to}`);
    const allowed = new Set(own.map(({ name }) => name));
    const tools = member.tools.filter(({ name }) => allowed.has(name));
    const { spec, provider, price } = member;
    const limits = kind === 'ask' ? spec.limits : { ...spec.limits, ...ofWhole(this.spec.limits) };
    return new Agent(
      { ...spec, limits, tools: tools.map(({ name }) => name) },
      {
        ...{ provider, tools, place: { team: place.team, path: [...place.path, to] } },
        ...(price === undefined ? {} : { price }),
      },
    );
  }

  /** Runs one conversation to its end. Never changes `messages`. Never rejects: the outcome says how it ended. */
  run(messages: readonly Message[], context: ConversationContext): Promise<ConversationOutcome> {
    return runConversation(this, messages, context);
  }
}
