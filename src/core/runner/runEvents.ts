import type { ConversationStep, RunEvent, RunStarted } from '../../shared/conversationEvents.ts';
import type { RunState } from '../../shared/runState.ts';
import { applyRunEvent } from '../../shared/runState.ts';
import type { Clock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import type { Lateness } from './lateness.ts';
import { StepLateness } from './lateness.ts';
import type { RunRecorder, RunServices } from './runPlan.ts';
import { hideKeysInEvent } from './streamedKeys.ts';

/** Every event after the start. */
export type LaterEvent = Exclude<RunEvent, RunStarted>;

export interface RunEventsOptions extends Pick<RunServices, 'redactor' | 'onListenerError'> {
  readonly state: RunState;
  readonly recorder: RunRecorder | undefined;
  readonly clock: Clock;
  /** Not measured when absent. */
  readonly lateness?: Lateness | undefined;
}

/**
 * The events of a run. Of each event, keys are taken out; then it is folded into the state, recorded, and told
 * to the listeners, in this order.
 */
export class RunEvents {
  readonly #options: RunEventsOptions;
  readonly #emitter: Emitter<RunEvent>;
  readonly #lateness: StepLateness | undefined;
  #isSilent = false;

  constructor(options: RunEventsOptions) {
    this.#options = options;
    this.#lateness = options.lateness && new StepLateness(options.lateness);
    this.#emitter = new Emitter((error) => options.onListenerError(error));
  }

  get onEvent(): Event<RunEvent> {
    return this.#emitter.event;
  }

  /** Whether events are ignored from now on. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** From now on events are ignored: the run stays as it is. */
  silence(): void {
    this.#isSilent = true;
    this.#lateness?.stop();
  }

  /** Number and time of the next event. */
  stamp(): { readonly seq: number; readonly atMs: number } {
    return { seq: this.#options.state.seq + 1, atMs: this.#options.clock.now() };
  }

  emit(conversation: number, step: ConversationStep): void {
    const { state, clock } = this.#options;
    const lateMs = this.#lateness?.follow(conversation, step);
    // The hottest line: it makes one object only.
    if (lateMs === undefined) {
      this.fire({ ...step, seq: state.seq + 1, atMs: clock.now(), conversation });
      return;
    }
    const late = { ...step, lateMs } as ConversationStep;
    this.fire({ ...late, seq: state.seq + 1, atMs: clock.now(), conversation });
  }

  /** Tells a note once, even when every conversation has the same one. */
  note(text: string): void {
    if (this.#options.state.notes.includes(text)) return;
    this.fire({ type: 'run.noted', text, ...this.stamp() });
  }

  fire(happened: LaterEvent): void {
    const event = this.keep(happened);
    if (event !== undefined) this.tell(event);
  }

  /**
   * Folds and records an event. Returns it without keys, to be told; undefined when events are ignored. Throws
   * when it cannot be recorded, after telling it.
   */
  keep(happened: LaterEvent): LaterEvent | undefined {
    if (this.#isSilent) return undefined;
    const { state, recorder, redactor } = this.#options;
    const event = hideKeysInEvent(happened, redactor);
    applyRunEvent(state, event);
    try {
      recorder?.event(event);
    } catch (error) {
      // It has happened all the same: it is told, and its conversation fails.
      this.tell(event);
      throw error;
    }
    return event;
  }

  tell(event: RunEvent): void {
    this.#emitter.fire(event);
  }
}
