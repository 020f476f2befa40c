import type { Usage } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import type { Agent } from '../agent/agent.ts';
import type { Message } from '../providers/message.ts';
import { mostTokens, mostTokensOf } from './mostTokens.ts';

/** A request as far as its tokens are concerned. */
export interface CountedRequest {
  readonly agent: Agent;
  readonly messages: readonly Message[];
  readonly conversation: Pick<ConversationState, 'turns'>;
}

/** Tokens that a first request may have before anything is known of how its model counts, in parallel. */
const unknownFactor = 4;

/**
 * Knows how many tokens of input a request has at most: by the texts, until the server has told how many
 * an earlier one had.
 */
export class RequestBounds {
  /** What instructions and tools of an agent come to at most; with a prompt and all around it once told. */
  readonly #prefixes = new WeakMap<Agent, number>();
  readonly #told = new WeakSet<Agent>();
  /** By how much a server was seen to count more than the texts say. */
  #excess = 1;
  #outputs = 0;
  #outputTokens = 0;

  /** Tokens of input, at most. */
  inputOf({ agent, messages, conversation }: CountedRequest): number {
    const last = conversation.turns.at(-1)?.usage;
    const answer = messages.findLastIndex(({ role }) => role === 'assistant');
    if (last !== undefined && !last.incomplete && answer >= 0) {
      const news = mostTokensOf(messages.slice(answer + 1));
      return Math.ceil(last.inputTokens + last.outputTokens + news * this.#excess);
    }
    // What a server has told of a first request holds what is sent around a prompt.
    const [first, ...rest] = messages;
    const isTold = this.#told.has(agent) && first?.role === 'user';
    const texts = isTold ? mostTokens(first.text) + mostTokensOf(rest) : mostTokensOf(messages);
    return Math.ceil((this.#prefixOf(agent) + texts) * this.#excess);
  }

  /** By how much more it may be while nothing is known of how the model counts. */
  doubtOf({ agent }: CountedRequest): number {
    return this.#told.has(agent) ? 1 : unknownFactor;
  }

  /** Tokens that an answer had on average; 0 while there is none. */
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

  #prefixOf(agent: Agent): number {
    const known = this.#prefixes.get(agent);
    if (known !== undefined) return known;
    const { systemPrompt } = agent.spec;
    const { toolSchemas } = agent;
    const most = mostTokens(systemPrompt) + mostTokens(JSON.stringify(toolSchemas)) + 500;
    this.#prefixes.set(agent, most);
    return most;
  }
}
