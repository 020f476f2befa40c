import type { ConversationState } from '../../shared/conversationState.ts';
import type { Usage } from '../../shared/usage.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import type { Message } from '../providers/message.ts';
import { tokenBound, tokenBoundOf } from './tokenBound.ts';

/** The parts of a request that its tokens depend on. */
export interface CountedRequest {
  readonly agent: AgentParts;
  readonly messages: readonly Message[];
  readonly conversation: Pick<ConversationState, 'turns'>;
}

/** Safety factor while it is unknown how the model counts tokens. */
const unknownFactor = 4;

/** Upper bounds of the input tokens of requests, from their texts and from the usage of earlier requests. */
export class RequestBounds {
  /** Bound of an agent's system prompt and tools, in tokens; corrected by the first usage. */
  readonly #prefixes = new WeakMap<AgentParts, number>();
  /** Agents with a first usage. */
  readonly #known = new WeakSet<AgentParts>();
  /** Factor by which the server counts more than the texts suggest. */
  #excess = 1;
  #outputs = 0;
  #outputTokens = 0;

  /** Max tokens of input. */
  inputOf({ agent, messages, conversation }: CountedRequest): number {
    const last = conversation.turns.at(-1)?.usage;
    const answer = messages.findLastIndex(({ role }) => role === 'assistant');
    if (last !== undefined && !last.incomplete && answer >= 0) {
      const news = tokenBoundOf(messages.slice(answer + 1));
      return Math.ceil(last.inputTokens + last.outputTokens + news * this.#excess);
    }
    // Once known, the prefix includes what the provider adds around a prompt.
    const [first, ...rest] = messages;
    const isKnown = this.#known.has(agent) && first?.role === 'user';
    const texts = isKnown ? tokenBound(first.text) + tokenBoundOf(rest) : tokenBoundOf(messages);
    return Math.ceil((this.#prefixOf(agent) + texts) * this.#excess);
  }

  /** Safety factor: above 1 while it is unknown how the model counts. */
  safetyFactorOf({ agent }: CountedRequest): number {
    return this.#known.has(agent) ? 1 : unknownFactor;
  }

  /** Average tokens of an answer; 0 while there is none. */
  get usualOutput(): number {
    return this.#outputs === 0 ? 0 : Math.ceil(this.#outputTokens / this.#outputs);
  }

  /** Learns from the usage of an answered request. */
  learn(request: CountedRequest, bound: number, usage: Usage): void {
    if (usage.incomplete) return;
    this.#outputs++;
    this.#outputTokens += usage.outputTokens;
    const { agent, messages } = request;
    if (!messages.some(({ role }) => role === 'assistant')) {
      this.#prefixes.set(agent, Math.min(this.#prefixOf(agent), usage.inputTokens));
      this.#known.add(agent);
    }
    if (usage.inputTokens > bound) this.#excess *= usage.inputTokens / Math.max(1, bound);
  }

  #prefixOf(agent: AgentParts): number {
    const known = this.#prefixes.get(agent);
    if (known !== undefined) return known;
    const { systemPrompt } = agent.spec;
    const { toolSchemas } = agent;
    const most = tokenBound(systemPrompt) + tokenBound(JSON.stringify(toolSchemas)) + 500;
    this.#prefixes.set(agent, most);
    return most;
  }
}
