import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { RunState } from '../../shared/runState.ts';
import { currentWait } from '../../shared/span.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

export interface RunPatienceOptions {
  /** Max wait of the run while no conversation makes progress, in ms. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  /** Live, and only read here. */
  readonly state: RunState;
  /** Called when the run would wait longer than the maximum: `forMs` more, when that is known. */
  readonly onTooLong: (forMs: number | undefined) => void;
}

/** Events that show progress. */
const progress: ReadonlySet<ConversationStep['type'] | string> = new Set([
  'turn.delta',
  'turn.thinking',
  'turn.finished',
  'tool.started',
  'tool.finished',
]);

/** Detects that a whole run would wait longer than its maximum. */
export class RunPatience implements Disposable {
  readonly #options: RunPatienceOptions;
  /** When progress stopped; undefined while there is progress. */
  #stuckSinceMs: number | undefined;
  #check: Disposable | undefined;

  constructor(options: RunPatienceOptions) {
    this.#options = options;
  }

  /** Call it with the type of every event. Its cost does not depend on the size of the run. */
  heed(type: string): void {
    if (progress.has(type)) this.#forget();
    else if (type === 'conversation.waiting' || type === 'run.paused') this.#lookSoon();
  }

  dispose(): void {
    this.#forget();
  }

  #forget(): void {
    this.#stuckSinceMs = undefined;
    this.#check?.dispose();
    this.#check = undefined;
  }

  /** Deferred: conversations that wait for the same thing report it one after another. */
  #lookSoon(): void {
    const { clock, state } = this.#options;
    if (state.counts.running > 0) return;
    this.#stuckSinceMs ??= clock.now();
    this.#check?.dispose();
    this.#check = clock.after(0, () => this.#look());
  }

  #look(): void {
    const { clock, state, maxWaitMs, onTooLong } = this.#options;
    if (state.state !== 'running' || state.counts.running > 0) return;
    if (state.counts.waiting === 0 && state.paused === undefined) return;
    // The user may take any time to decide.
    if (state.conversations.some((one) => currentWait(one)?.reason === 'decision')) return;
    const nowMs = clock.now();
    const leftMs = (this.#stuckSinceMs ?? nowMs) + maxWaitMs - nowMs;
    const nextMs = this.#msUntilNext(nowMs);
    if (leftMs < 0 || nextMs > maxWaitMs) {
      this.#forget();
      onTooLong(nextMs > 0 ? nextMs : undefined);
      return;
    }
    this.#check = clock.after(leftMs + 1, () => this.#look());
  }

  /** Milliseconds until the first wait ends; 0 unless the end of every wait is known. */
  #msUntilNext(nowMs: number): number {
    const ends = this.#options.state.conversations.flatMap((conversation) => {
      const wait = currentWait(conversation);
      if (conversation.phase !== 'waiting' || wait?.reason === 'slot') return [];
      return [wait?.untilMs ?? nowMs];
    });
    return ends.length === 0 ? 0 : Math.min(...ends) - nowMs;
  }
}
