import type { Usage } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import type { Message } from '../providers/message.ts';
import { tokenBound, tokenBoundOf } from './tokenBound.ts';

/** What the tokens of a request are bounded by. */
export interface CountedRequest {
  readonly agent: AgentParts;
  readonly messages: readonly Message[];
  readonly conversation: Pick<ConversationState, 'turns'>;
}

/** Safety factor while nothing is known about how the model counts tokens. */
const unknownFactor = 4;

/** Upper bounds of a request's input tokens: from the texts, and from the usage of earlier requests once known. */
export class RequestBounds {
  /** Bound of an agent's system prompt and tools, in tokens; corrected by the first usage. */
  readonly #prefixes = new WeakMap<AgentParts, number>();
  readonly #told = new WeakSet<AgentParts>();
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
    // The usage of a first request includes what is sent around the prompt.
    const [first, ...rest] = messages;
    const isTold = this.#told.has(agent) && first?.role === 'user';
    const texts = isTold ? tokenBound(first.text) + tokenBoundOf(rest) : tokenBoundOf(messages);
    return Math.ceil((this.#prefixOf(agent) + texts) * this.#excess);
  }

  /** Safety factor: above 1 while nothing is known about how the model counts. */
  doubtOf({ agent }: CountedRequest): number {
    return this.#told.has(agent) ? 1 : unknownFactor;
  }

  /** Average tokens of an answer; 0 while there is none. */
  get usualOutput(): number {
    return this.#outputs === 0 ? 0 : Math.ceil(this.#outputTokens / this.#outputs);
  }

  /** A request was answered. */
  learn(request: CountedRequest, bound: number, usage: Usage): void {
    if (usage.incomplete) return;
    this.#outputs++;
    this.#outputTokens += usage.outputTokens;
    const { agent, messages } = request;
    if (!messages.some(({ role }) => role === 'assistant')) {
      const told = usage.inputTokens;
      this.#prefixes.set(agent, Math.min(this.#prefixOf(agent), told));
      this.#told.add(agent);
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
