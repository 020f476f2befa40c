import type { ConversationStatus } from '../../shared/conversationEvents.ts';

/** What a pool runs, and who it tells. */
export interface ConversationPoolOptions {
  /** Max conversations under way at once. */
  readonly atOnce: number;
  /** Runs one conversation until it has ended. Never rejects. */
  readonly run: (index: number, signal: AbortSignal) => Promise<ConversationStatus>;
  readonly onEnded: (index: number, status: ConversationStatus) => void;
  /** Called whenever no conversation is queued or under way. */
  readonly onIdle: () => void;
}

/** Starts the conversations of a run in prompt order, up to `atOnce` at once. */
export class ConversationPool {
  readonly #options: ConversationPoolOptions;
  readonly #waiting: Set<number> = new Set();
  readonly #active = new Map<number, AbortController>();
  #isHeld = false;

  constructor(options: ConversationPoolOptions) {
    this.#options = options;
  }

  /** Conversations that are queued or under way, by index. */
  get indices(): readonly number[] {
    return [...this.#waiting, ...this.#active.keys()];
  }

  /** Whether it is queued or under way: a listener may run it again as soon as it has ended. */
  has(index: number): boolean {
    return this.#waiting.has(index) || this.#active.has(index);
  }

  /** Queues conversations; `pump` starts them. */
  add(indices: Iterable<number>): void {
    for (const index of indices) this.#waiting.add(index);
  }

  /** Starts nothing during `act`, even when `act` asks for it. */
  hold(act: () => void): void {
    this.#isHeld = true;
    try {
      act();
    } finally {
      this.#isHeld = false;
    }
  }

  /** Starts the conversations that may start now. */
  pump(): void {
    if (this.#isHeld) return;
    const { atOnce, onIdle } = this.#options;
    for (const index of this.#waiting) {
      if (this.#active.size >= atOnce) break;
      this.#waiting.delete(index);
      void this.#execute(index);
    }
    if (this.#active.size === 0 && this.#waiting.size === 0) onIdle();
  }

  /**
   * Aborts the conversation with this reason if it is under way. Returns true when it was still queued, and
   * now never starts.
   */
  cancel(index: number, reason?: unknown): boolean {
    this.#active.get(index)?.abort(reason);
    return this.#waiting.delete(index);
  }

  /** Aborts what is under way. What is queued never starts. */
  abort(): void {
    this.#waiting.clear();
    for (const controller of this.#active.values()) controller.abort();
  }

  async #execute(index: number): Promise<void> {
    const controller = new AbortController();
    this.#active.set(index, controller);
    const status = await this.#options.run(index, controller.signal);
    if (this.#active.get(index) === controller) this.#active.delete(index);
    this.#options.onEnded(index, status);
    this.pump();
  }
}
