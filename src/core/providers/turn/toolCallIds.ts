import type { Message } from '../message.ts';
import type { ModelRequest } from '../provider.ts';

/** The messages whose call ids are taken: those that are sent, and earlier ones of the conversation. */
export function messagesWithIds({
  messages,
  earlier = messages,
}: Pick<ModelRequest, 'messages' | 'earlier'>): readonly Message[] {
  return earlier;
}

/** Ids that both APIs accept. Some servers make others and reject them when they are sent back. */
const validId = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Gives every tool call of a conversation a unique id. Missing, duplicate and invalid ids are replaced,
 * deterministically for a given conversation.
 */
export class ToolCallIds {
  readonly #taken = new Set<string>();
  #replacements = 0;

  constructor(messages: readonly Message[]) {
    for (const message of messages) {
      if (message.role !== 'assistant') continue;
      for (const call of message.toolCalls) this.#taken.add(call.callId);
    }
  }

  /** The given id if it is valid and free, else a new one. */
  claim(id: string | undefined): string {
    const isFree = id !== undefined && validId.test(id) && !this.#taken.has(id);
    const unique = isFree ? id : this.#replacement();
    this.#taken.add(unique);
    return unique;
  }

  #replacement(): string {
    let id: string;
    do {
      this.#replacements += 1;
      id = `call_${this.#replacements}`;
    } while (this.#taken.has(id));
    return id;
  }
}
