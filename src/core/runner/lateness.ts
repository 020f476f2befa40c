import type { ConversationStep } from '../../shared/conversationEvents.ts';

/** How late this program is: the sum of its delays, in ms, while it is watched. */
export interface Lateness {
  /** Ms in all so far. */
  now(): number;
  start(): void;
  stop(): void;
}

const intervalMs = 25;
/** A timer that fires this much later is not late: timers are not exact. */
const toleranceMs = 4;

/** Measures by a timer how long the event loop keeps everything waiting. */
export class LoopLateness implements Lateness {
  #totalMs = 0;
  #dueMs = 0;
  #timer: NodeJS.Timeout | undefined;

  now(): number {
    return this.#totalMs + this.#overdueMs();
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#dueMs = performance.now() + intervalMs;
    this.#timer = setInterval(() => {
      this.#totalMs += this.#overdueMs();
      this.#dueMs = performance.now() + intervalMs;
    }, intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    this.#totalMs += this.#overdueMs();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #overdueMs(): number {
    if (this.#timer === undefined) return 0;
    const overdue = performance.now() - this.#dueMs;
    return overdue <= toleranceMs ? 0 : overdue;
  }
}

/**
 * How late this program was during each request and tool call of a run. What is measured as their time is longer
 * by that: an answer that has arrived waits until the program reads it.
 */
export class StepLateness {
  readonly #lateness: Lateness;
  /** The lateness at the start of what goes on, by conversation and by what it is. */
  readonly #open = new Map<number, Map<string, number>>();

  constructor(lateness: Lateness) {
    this.#lateness = lateness;
  }

  /** Called with every step. Returns the lateness of a request or tool call that ends with it, in whole ms. */
  follow(conversation: number, step: ConversationStep): number | undefined {
    switch (step.type) {
      case 'turn.started':
        this.#begin(conversation, keyOf(step, ''));
        return undefined;
      case 'tool.started':
        this.#begin(conversation, keyOf(step, step.callId));
        return undefined;
      case 'turn.finished':
        return this.#end(conversation, keyOf(step, ''));
      case 'tool.finished':
        return this.#end(conversation, keyOf(step, step.callId));
      case 'conversation.finished':
        if (step.within === undefined) this.#forget(conversation);
        return undefined;
      default:
        return undefined;
    }
  }

  /** The run emits nothing more. */
  stop(): void {
    this.#open.clear();
    this.#lateness.stop();
  }

  #begin(conversation: number, key: string): void {
    this.#lateness.start();
    const open = this.#open.get(conversation) ?? new Map<string, number>();
    open.set(key, this.#lateness.now());
    this.#open.set(conversation, open);
  }

  #end(conversation: number, key: string): number | undefined {
    const open = this.#open.get(conversation);
    const start = open?.get(key);
    if (open === undefined || start === undefined) return undefined;
    const lateMs = Math.round(this.#lateness.now() - start);
    open.delete(key);
    if (open.size === 0) this.#forget(conversation);
    return lateMs === 0 ? undefined : lateMs;
  }

  #forget(conversation: number): void {
    this.#open.delete(conversation);
    if (this.#open.size === 0) this.#lateness.stop();
  }
}

function keyOf({ within = [] }: Pick<ConversationStep, 'within'>, callId: string): string {
  return `${within.join('/')}/${callId}`;
}
