import type { Message } from '../message.ts';

/** What both APIs take for an id. Some servers give others, and refuse them when they are sent back. */
const usableId = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Gives every tool call of a conversation an id of its own. An id that is missing, taken or of no use to
 * the APIs is replaced; the same conversation always gets the same replacements.
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

  claim(id: string | undefined): string {
    const isFree = id !== undefined && usableId.test(id) && !this.#taken.has(id);
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
