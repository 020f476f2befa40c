import type { ConversationStep } from '../../shared/conversationEvents.ts';

/**
 * Tells when a conversation does nothing but wait for decisions on the tool calls of a turn. While one of them
 * runs, the conversation runs; its clocks stop when all that is left waits.
 */
export class DecisionWaits {
  readonly #emit: (step: ConversationStep) => void;
  readonly #running = new Set<string>();
  readonly #undecided = new Set<string>();

  constructor(emit: (step: ConversationStep) => void) {
    this.#emit = emit;
  }

  waiting(callId: string): void {
    this.#undecided.add(callId);
    this.#tell();
  }

  /** The call may run, and waits for others that do. */
  decided(callId: string): void {
    this.#undecided.delete(callId);
  }

  started(callId: string): void {
    this.#undecided.delete(callId);
    this.#running.add(callId);
  }

  ended(callId: string): void {
    this.#undecided.delete(callId);
    if (this.#running.delete(callId)) this.#tell();
  }

  #tell(): void {
    if (this.#undecided.size === 0 || this.#running.size > 0) return;
    this.#emit({ type: 'conversation.waiting', reason: 'decision' });
  }
}
