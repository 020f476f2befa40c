import type { ConversationStep, RunEvent, RunStarted } from '../../shared/conversationEvents.ts';
import type { RunState } from '../../shared/runState.ts';
import { applyRunEvent } from '../../shared/runState.ts';
import type { Clock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import type { RunRecorder, RunServices } from './runPlan.ts';
import { hideKeysInEvent } from './streamedKeys.ts';

/** Whatever happens after the start. */
export type LaterEvent = Exclude<RunEvent, RunStarted>;

export interface RunEventsOptions extends Pick<RunServices, 'redactor' | 'onListenerError'> {
  readonly state: RunState;
  readonly recorder: RunRecorder | undefined;
  readonly clock: Clock;
}

/**
 * What happens in a run. Every event loses its keys, is folded into the state, is kept, and only then
 * is told, in this order.
 */
export class RunEvents {
  readonly #options: RunEventsOptions;
  readonly #emitter: Emitter<RunEvent>;
  #isSilent = false;

  constructor(options: RunEventsOptions) {
    this.#options = options;
    this.#emitter = new Emitter((error) => options.onListenerError(error));
  }

  get onEvent(): Event<RunEvent> {
    return this.#emitter.event;
  }

  /** Whether nothing that happens counts any more. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** From now on nothing is folded, kept or told: the run stays as it is. */
  silence(): void {
    this.#isSilent = true;
  }

  /** The number and the time of the event that happens now. */
  stamp(): { readonly seq: number; readonly atMs: number } {
    return { seq: this.#options.state.seq + 1, atMs: this.#options.clock.now() };
  }

  emit(conversation: number, step: ConversationStep): void {
    const { state, clock } = this.#options;
    // The hottest of all lines: one object, and no other on the way.
    this.fire({ ...step, seq: state.seq + 1, atMs: clock.now(), conversation });
  }

  /** Every conversation may have the same to say; it is said once. */
  note(text: string): void {
    if (this.#options.state.notes.includes(text)) return;
    this.fire({ type: 'run.noted', text, ...this.stamp() });
  }

  fire(happened: LaterEvent): void {
    const event = this.keep(happened);
    if (event !== undefined) this.tell(event);
  }

  /**
   * Folds and keeps an event. Gives it as it is to be told; undefined when the run stays as it is. Throws
   * when it cannot be kept, and has told it then.
   */
  keep(happened: LaterEvent): LaterEvent | undefined {
    if (this.#isSilent) return undefined;
    const { state, recorder, redactor } = this.#options;
    const event = hideKeysInEvent(happened, redactor);
    applyRunEvent(state, event);
    try {
      recorder?.event(event);
    } catch (error) {
      // It has happened all the same; whoever it happened to goes no further.
      this.tell(event);
      throw error;
    }
    return event;
  }

  tell(event: RunEvent): void {
    this.#emitter.fire(event);
  }
}
