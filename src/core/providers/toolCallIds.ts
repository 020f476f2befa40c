import type { Message } from './message.ts';

/**
 * Gives every tool call of a conversation an id of its own. An id that is missing, empty or taken is
 * replaced; the same conversation always gets the same replacements.
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
    const unique = id !== undefined && id !== '' && !this.#taken.has(id) ? id : this.#replacement();
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
