import type { RunEvent } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { canContinue, hasEnded } from '../../shared/conversationState.ts';
import type { ConversationError } from '../../shared/outcome.ts';
import type { RaisedLimits } from '../../shared/raisedLimits.ts';
import type { RunResult } from '../../shared/runResult.ts';
import { toRunResult } from '../../shared/runResult.ts';
import type { RunState } from '../../shared/runState.ts';
import { startRunState } from '../../shared/runState.ts';
import type { Clock } from '../base/clock.ts';
import { startClock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import type { ConversationProposals } from '../proposals/fileProposal.ts';
import { RunConversations } from './runConversations.ts';
import { RunEvents } from './runEvents.ts';
import { waitNote } from './runNotes.ts';
import { RunPatience } from './runPatience.ts';
import { RunPause } from './runPause.ts';
import type { RunParts, RunRecorder } from './runPlan.ts';
import { runStarted } from './runPlan.ts';
import { RunTime } from './runTime.ts';

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
  /** What the user should know when the run starts or continues. */
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
    recorder?.follow?.(this.state);
    this.#events = new RunEvents({
      ...{ state: this.state, recorder, clock: this.#clock, redactor: services.redactor },
      lateness: services.createLateness?.(),
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
    this.#heedTime();
    // Deferred: a note may come while an event is being emitted.
    saving?.onDidNote((text) => queueMicrotask(() => this.#events.note(text)));
    // A restored run does nothing until it is resumed.
    if (this.state.state !== 'running') this.#ended.resolve(this.result());
  }

  /** Fires every event, after it was folded into `state`. */
  get onEvent(): Event<RunEvent> {
    return this.#events.onEvent;
  }

  /** Whether the run is saved, completely so far. */
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
    // A new run tries the servers again, even if an earlier run was paused.
    this.resume();
    this.#pause.watch();
    this.#conversations.pump();
  }

  /**
   * Resolves with the result when every conversation has ended; a rerun makes a new promise. A restored run
   * counts as ended until it continues.
   */
  ended(): Promise<RunResult> {
    return this.#ended.promise;
  }

  /** The current result; conversations that have not ended count as cancelled. */
  result(): RunResult {
    return toRunResult(this.state);
  }

  /** What its conversations propose, in prompt order, with contents; only those that propose something. */
  proposals(): readonly ConversationProposals[] {
    return this.#conversations.proposals();
  }

  /** Cancels every conversation that has not ended. Answers stay. */
  cancel(): void {
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
   * Continues conversations that ended early, from their last complete turns. A conversation with a truncated
   * answer gets twice the output limit. One that a limit stopped gets the `raised` limit, or else twice the limit.
   * Ignores conversations that cannot continue.
   */
  continue(indices: readonly number[], raised?: RaisedLimits): void {
    this.#goOn(this.#conversationsAt(indices).filter(canContinue), raised);
  }

  /** Continues the conversations that the end of an earlier process interrupted. */
  resumeInterrupted(): void {
    if (this.state.state === 'running') return;
    this.#goOn(this.state.conversations.filter(({ reason }) => reason === 'interrupted'));
  }

  /** Resumes after a pause: checks whether its cause is gone. */
  resume(): void {
    this.#pause.resume();
  }

  #conversationsAt(indices: readonly number[]): readonly ConversationState[] {
    return indices.flatMap((index) => this.state.conversations[index] ?? []);
  }

  #goOn(again: readonly ConversationState[], raised?: RaisedLimits): void {
    this.#runAgain(again, (conversation) => this.#conversations.goOn(conversation, raised));
  }

  #runAgain(
    asked: readonly ConversationState[],
    prepare: (conversation: ConversationState) => void,
  ): void {
    const again = asked.filter(({ lost }) => !lost);
    if (again.length === 0 || this.#events.isSilent) return;
    // A new start overrides an earlier cancellation.
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

  /** Called when every conversation has ended. */
  #end(): void {
    if (this.state.state !== 'running') return;
    const state = this.#cancelled ? 'cancelled' : 'finished';
    this.#pause.clear();
    const unsaved = this.#recorder?.saving?.failure?.message;
    const finished = this.#events.keep({
      ...{ type: 'run.finished', state, ...this.#events.stamp() },
      ...(unsaved === undefined ? {} : { unsaved }),
    });
    // Before listeners hear of it: they may start the run again.
    this.#ended.resolve(this.result());
    if (finished !== undefined) this.#events.tell(finished);
  }

  /** Stops the run when its time is used up. */
  #heedTime(): void {
    const time = new RunTime({
      ...{ clock: this.#clock, state: this.state },
      maxMs: () => this.#conversations.limitOfRun('maxRunSeconds') * 1000,
      onReached: () => this.#conversations.stopAll('max_run_time'),
    });
    this.onEvent((event) => time.heed(event));
  }

  /** Stops the run as soon as it would have to wait longer than its maximum. */
  #heedWaits(maxWaitMs: number): void {
    const patience = new RunPatience({
      ...{ maxWaitMs, clock: this.#clock, state: this.state },
      onTooLong: (forMs) => {
        this.#events.note(waitNote(this.id, maxWaitMs, forMs));
        this.#conversations.stopAll('max_wait');
      },
    });
    this.onEvent(({ type }) => {
      if (type === 'run.finished') patience.dispose();
      else patience.heed(type);
    });
  }
}
