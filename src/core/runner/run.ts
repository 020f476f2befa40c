import type { ConversationError, RunEvent } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { canContinue, hasEnded } from '../../shared/conversationState.ts';
import type { RunResult } from '../../shared/runResult.ts';
import { toRunResult } from '../../shared/runResult.ts';
import type { RunState } from '../../shared/runState.ts';
import { startRunState } from '../../shared/runState.ts';
import { waitIsTooLong } from '../agent/conversation.ts';
import type { Clock } from '../base/clock.ts';
import { startClock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import { RunConversations } from './runConversations.ts';
import { RunEvents } from './runEvents.ts';
import { waitNote } from './runNotes.ts';
import { RunPatience } from './runPatience.ts';
import { RunPause } from './runPause.ts';
import type { RunParts, RunRecorder } from './runPlan.ts';
import { runStarted } from './runPlan.ts';

/**
 * One batch of conversations. All start at once (one after another in serial mode) and are awaited together.
 * Results are in prompt order, in whatever order the conversations finish.
 */
export class Run {
  readonly id: string;
  readonly state: RunState;
  readonly #recorder: RunRecorder | undefined;
  readonly #clock: Clock;
  readonly #events: RunEvents;
  readonly #conversations: RunConversations;
  readonly #pause: RunPause;
  #cancelled = false;
  /** What a person should know when the run starts or goes on. */
  #note: string | undefined;
  #ended: PromiseWithResolvers<RunResult> = Promise.withResolvers();

  constructor(parts: RunParts) {
    const { plan, identity, recorder, services, restored, note } = parts;
    this.id = identity.id;
    this.#recorder = recorder;
    this.#note = note;
    this.#clock = startClock(services.clock, restored?.state.atMs);
    const started = (): RunState =>
      startRunState(services.redactor.hideKeysIn(runStarted(plan, identity)));
    this.state = restored?.state ?? started();
    this.#events = new RunEvents({
      ...{ state: this.state, recorder, clock: this.#clock, redactor: services.redactor },
      onListenerError: (error) => services.onListenerError(error),
    });
    this.#conversations = new RunConversations({
      ...parts,
      ...{ clock: this.#clock, state: this.state, events: this.#events },
      onBlocked: (limiter) => this.#pause.heedBlock(limiter),
      onIdle: () => this.#end(),
    });
    const saving = recorder?.saving;
    this.#pause = new RunPause({
      saving,
      limiters: this.#conversations.limiters(),
      caps: plan.caps,
      isRunning: () => this.state.state === 'running',
      onChange: (error) => this.#showPause(error),
    });
    if (plan.maxWaitMs !== undefined) this.#heedWaits(plan.maxWaitMs);
    // Deferred: a note may come while an event is being told.
    saving?.onDidNote((text) => queueMicrotask(() => this.#events.note(text)));
    // A restored run does nothing before it is told to go on.
    if (this.state.state !== 'running') this.#ended.resolve(this.result());
  }

  /** Fires every event, after it was folded into `state`. */
  get onEvent(): Event<RunEvent> {
    return this.#events.onEvent;
  }

  /** Whether the run is recorded, and the record is complete so far. */
  get isSaved(): boolean {
    return this.#recorder !== undefined && this.#recorder.saving?.failure?.final !== true;
  }

  /** Milliseconds since the run's start. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** Starts every conversation. Call it once, after attaching the listeners. */
  start(): void {
    this.#recorder?.event(this.state.started);
    // A listener may cancel conversations that are not started yet.
    this.#conversations.queueAll(() => this.#events.tell(this.state.started));
    this.#tellNote();
    // Starting a run asks for another try, whatever an earlier run ran into.
    this.resume();
    this.#pause.watch();
    this.#conversations.pump();
  }

  /**
   * Resolves with the result when every conversation has ended; a rerun makes a new promise. A restored run
   * counts as ended until it goes on.
   */
  ended(): Promise<RunResult> {
    return this.#ended.promise;
  }

  /** The result as it stands; conversations that have not ended count as cancelled. */
  result(): RunResult {
    return toRunResult(this.state);
  }

  /** Cancels every conversation that has not ended. Answers stay. */
  cancel(): void {
    if (this.state.state !== 'running') return;
    this.#cancelled = true;
    this.#conversations.cancelAll();
  }

  /**
   * Leaves the run as it is because the process is about to end: aborts requests, and emits and records nothing
   * more, so that the run can be resumed from here.
   */
  abandon(): void {
    this.#events.silence();
    this.#pause.clear();
    this.#conversations.abort();
  }

  /** Cancels one conversation, if it has not ended. */
  cancelConversation(index: number): void {
    this.#conversations.cancel(index);
  }

  /**
   * Runs ended conversations again, in their places. The earlier outcome is kept until the new one is a success.
   * Ignores conversations that have not ended.
   */
  rerun(indices: readonly number[]): void {
    const ended = this.#conversationsAt(indices).filter(hasEnded);
    this.#runAgain(ended, (conversation) => this.#conversations.restart(conversation));
  }

  /**
   * Goes on with conversations that ended early, from their last complete turns. One whose answer was cut off
   * gets twice the output limit. Ignores conversations that cannot go on.
   */
  continue(indices: readonly number[]): void {
    this.#goOn(this.#conversationsAt(indices).filter(canContinue));
  }

  /** Goes on with the conversations that were interrupted by the end of an earlier process. */
  resumeInterrupted(): void {
    if (this.state.state === 'running') return;
    this.#goOn(this.state.conversations.filter(({ reason }) => reason === 'interrupted'));
  }

  /** Resumes after a pause: tries whether its cause is mended. */
  resume(): void {
    this.#pause.resume();
  }

  #conversationsAt(indices: readonly number[]): readonly ConversationState[] {
    return indices.flatMap((index) => this.state.conversations[index] ?? []);
  }

  #goOn(again: readonly ConversationState[]): void {
    this.#runAgain(again, (conversation) => this.#conversations.goOn(conversation));
  }

  #runAgain(
    again: readonly ConversationState[],
    prepare: (conversation: ConversationState) => void,
  ): void {
    if (again.length === 0 || this.#events.isSilent) return;
    // A new wish overrules an earlier cancel.
    this.#cancelled = false;
    this.#conversations.allow();
    if (this.state.state !== 'running') this.#reopen();
    this.resume();
    this.#conversations.runAgain(again, prepare);
  }

  #reopen(): void {
    this.#conversations.beginLeg();
    this.#ended = Promise.withResolvers();
    this.#events.fire({ type: 'run.reopened', ...this.#events.stamp() });
    this.#tellNote();
    this.#pause.watch();
  }

  #tellNote(): void {
    if (this.#note !== undefined) this.#events.note(this.#note);
    this.#note = undefined;
  }

  #showPause(error: ConversationError | undefined): void {
    if (this.state.paused !== undefined)
      this.#events.fire({ type: 'run.resumed', ...this.#events.stamp() });
    if (error !== undefined)
      this.#events.fire({ type: 'run.paused', error, ...this.#events.stamp() });
  }

  /** Every conversation has ended. */
  #end(): void {
    if (this.state.state !== 'running') return;
    const state = this.#cancelled ? 'cancelled' : 'finished';
    this.#pause.clear();
    const unsaved = this.#recorder?.saving?.failure?.message;
    const finished = this.#events.keep({
      ...{ type: 'run.finished', state, ...this.#events.stamp() },
      ...(unsaved === undefined ? {} : { unsaved }),
    });
    // Before listeners are told, who may run it again.
    this.#ended.resolve(this.result());
    if (finished !== undefined) this.#events.tell(finished);
  }

  /** Stops the run as soon as all of it would wait longer than that. */
  #heedWaits(maxWaitMs: number): void {
    const patience = new RunPatience({
      ...{ maxWaitMs, clock: this.#clock, state: this.state },
      onTooLong: (forMs) => {
        this.#events.note(waitNote(this.id, maxWaitMs, forMs));
        const ending = { status: 'stopped', reason: 'max_wait' } as const;
        this.#conversations.endAll(ending, waitIsTooLong);
      },
    });
    this.onEvent(({ type }) => {
      if (type === 'run.finished') patience.dispose();
      else patience.heed(type);
    });
  }
}
