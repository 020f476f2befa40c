import type { ConversationStatus } from '../../shared/conversationEvents.ts';

/** What a pool runs. */
export interface ConversationPoolOptions {
  /** How many may be under way at once. */
  readonly atOnce: number;
  /** Runs one conversation until it has ended. Never rejects. */
  readonly run: (index: number, signal: AbortSignal) => Promise<ConversationStatus>;
  readonly onEnded: (index: number, status: ConversationStatus) => void;
  /** Called whenever nothing is under way and nothing waits. */
  readonly onIdle: () => void;
}

/** Starts the conversations of a run in prompt order, as many at once as the run allows. */
export class ConversationPool {
  readonly #options: ConversationPoolOptions;
  readonly #waiting: Set<number> = new Set();
  readonly #active = new Map<number, AbortController>();
  #isHeld = false;

  constructor(options: ConversationPoolOptions) {
    this.#options = options;
  }

  /** What waits or is under way, by its index. */
  get indices(): readonly number[] {
    return [...this.#waiting, ...this.#active.keys()];
  }

  /** Whether it waits or is under way: whoever hears of its end may have it run again at once. */
  has(index: number): boolean {
    return this.#waiting.has(index) || this.#active.has(index);
  }

  /** Has conversations wait for their start, which `pump` brings about. */
  add(indices: Iterable<number>): void {
    for (const index of indices) this.#waiting.add(index);
  }

  /** Starts nothing while `act` is under way, whatever is asked for in it. */
  hold(act: () => void): void {
    this.#isHeld = true;
    try {
      act();
    } finally {
      this.#isHeld = false;
    }
  }

  /** Starts what may start now. */
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
   * Aborts the conversation, for this reason, where it is under way. True when it had not been started,
   * and now never is.
   */
  cancel(index: number, reason?: unknown): boolean {
    this.#active.get(index)?.abort(reason);
    return this.#waiting.delete(index);
  }

  /** Aborts what is under way. What waits is never started. */
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
