import type { ConversationStatus } from '../../shared/outcome.ts';
import type { WorkSlices } from '../base/workSlices.ts';

/** So many conversations start at once. More of them start in slices. */
const maxTogether = 250;

/** Options of a conversation pool. */
export interface ConversationPoolOptions {
  /** Max concurrent conversations. */
  readonly atOnce: number;
  /** Runs one conversation until it has ended. Never rejects. */
  readonly run: (index: number, signal: AbortSignal) => Promise<ConversationStatus>;
  readonly onEnded: (index: number, status: ConversationStatus) => void;
  /** Called whenever no conversation is queued or running. */
  readonly onIdle: () => void;
  /** For those that start together. */
  readonly slices: WorkSlices;
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

  /** The queued and running conversations, by index. */
  get indices(): readonly number[] {
    return [...this.#waiting, ...this.#active.keys()];
  }

  /** Whether the conversation is queued or running. A listener may run it again as soon as it has ended. */
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
    const { atOnce, onIdle, slices } = this.#options;
    const isMany = this.#waiting.size > maxTogether;
    for (const index of this.#waiting) {
      if (this.#active.size >= atOnce) break;
      this.#waiting.delete(index);
      const controller = new AbortController();
      this.#active.set(index, controller);
      if (isMany) void slices.turn().then(() => this.#execute(index, controller));
      else void this.#execute(index, controller);
    }
    if (this.#active.size === 0 && this.#waiting.size === 0) onIdle();
  }

  /**
   * Aborts the conversation with this reason if it is running. If it is queued, removes it from the queue and
   * returns true.
   */
  cancel(index: number, reason?: unknown): boolean {
    this.#active.get(index)?.abort(reason);
    return this.#waiting.delete(index);
  }

  /** Aborts the running conversations. Queued ones never start. */
  abort(): void {
    this.#waiting.clear();
    for (const controller of this.#active.values()) controller.abort();
  }

  async #execute(index: number, controller: AbortController): Promise<void> {
    const status = await this.#options.run(index, controller.signal);
    if (this.#active.get(index) === controller) this.#active.delete(index);
    this.#options.onEnded(index, status);
    this.pump();
  }
}
