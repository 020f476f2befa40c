import type { ConversationStep } from '../../shared/conversationEvents.ts';

/**
 * Tells when a conversation does nothing but wait for decisions on the tool calls of a turn. While one of them
 * runs, the conversation runs; its clocks stop when all that is left waits.
 */
export class DecisionWaits {
  readonly #emit: (step: ConversationStep) => void;
  readonly #running = new Set<string>();
  readonly #undecided = new Set<string>();
  #isAsking = false;

  constructor(emit: (step: ConversationStep) => void) {
    this.#emit = emit;
  }

  /** Calls are asked about meanwhile: what is told of them is told after it. */
  whileAsking<T>(ask: () => T): T {
    this.#isAsking = true;
    try {
      return ask();
    } finally {
      this.#isAsking = false;
    }
  }

  waiting(callId: string): void {
    this.#undecided.add(callId);
    if (!this.#isAsking) this.tell();
  }

  /** This call is next. */
  next(callId: string): void {
    if (this.#undecided.has(callId)) this.tell();
  }

  /** The call is decided on, and may wait for others that run. */
  decided(callId: string): void {
    this.#undecided.delete(callId);
  }

  started(callId: string): void {
    this.#undecided.delete(callId);
    this.#running.add(callId);
  }

  ended(callId: string): void {
    this.#undecided.delete(callId);
    if (this.#running.delete(callId)) this.tell();
  }

  tell(): void {
    if (this.#undecided.size === 0 || this.#running.size > 0) return;
    this.#emit({ type: 'conversation.waiting', reason: 'decision' });
  }
}
