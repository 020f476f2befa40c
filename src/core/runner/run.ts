import type {
  ConversationError,
  ConversationStatus,
  ConversationStep,
  RunEvent,
} from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { canContinue, hasEnded } from '../../shared/conversationState.ts';
import type { RunResult } from '../../shared/runResult.ts';
import { toRunResult } from '../../shared/runResult.ts';
import type { RunState } from '../../shared/runState.ts';
import { startRunState } from '../../shared/runState.ts';
import { waitIsTooLong } from '../agent/conversation.ts';
import { asProviderError, toConversationError } from '../agent/conversationError.ts';
import type { Ending } from '../agent/nextStep.ts';
import type { Clock } from '../base/clock.ts';
import { startClock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import type { Message } from '../providers/message.ts';
import type { RunListener } from './conversationContexts.ts';
import { ConversationContexts } from './conversationContexts.ts';
import { ConversationPool } from './conversationPool.ts';
import { RunEvents } from './runEvents.ts';
import { lossNote, waitNote } from './runNotes.ts';
import { RunPatience } from './runPatience.ts';
import { RunPause } from './runPause.ts';
import type { RestoredRun, RunItem, RunPlan, RunServices } from './runPlan.ts';
import { runStarted } from './runPlan.ts';
import { StartingPoints } from './startingPoints.ts';

/**
 * One batch of conversations. All start at once (one after another in serial mode) and are awaited together.
 * Results are in prompt order, in whatever order the conversations finish.
 */
export class Run {
  readonly state: RunState;
  readonly #plan: RunPlan;
  readonly #clock: Clock;
  readonly #events: RunEvents;
  readonly #pool: ConversationPool;
  readonly #startingPoints: StartingPoints;
  readonly #contexts: ConversationContexts;
  readonly #pause: RunPause;
  #cancelled = false;
  /** Whether everything was cancelled, and nothing was run again since. */
  #restCancelled = false;
  #ended: PromiseWithResolvers<RunResult> = Promise.withResolvers();

  /** `restored` is a run of an earlier process, with the same plan, that goes on. */
  constructor(plan: RunPlan, services: RunServices, restored?: RestoredRun) {
    this.#plan = plan;
    this.#clock = startClock(services.clock, restored?.state.atMs);
    this.#startingPoints = new StartingPoints(plan.items, restored?.messages ?? new Map());
    this.state = restored?.state ?? startRunState(services.redactor.hideKeysIn(runStarted(plan)));
    plan.recorder?.follow?.(this.state);
    this.#events = new RunEvents({
      state: this.state,
      recorder: plan.recorder,
      redactor: services.redactor,
      clock: this.#clock,
      onListenerError: (error) => services.onListenerError(error),
    });
    this.#contexts = new ConversationContexts({
      plan,
      services,
      clock: this.#clock,
      state: this.state,
      listener: this.#listener(),
      lastTurns: restored?.lastTurns ?? new Map(),
    });
    this.#pool = new ConversationPool({
      atOnce: plan.agent.mode === 'serial' ? 1 : Number.POSITIVE_INFINITY,
      run: (index, signal) => this.#runConversation(index, signal),
      onEnded: (index, status) => this.#onConversationEnded(index, status),
      onIdle: () => this.#end(),
    });
    const saving = plan.recorder?.saving;
    this.#pause = new RunPause({
      saving,
      limiters: this.#contexts.limiters(),
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

  get id(): string {
    return this.#plan.id;
  }

  /** Whether the run is recorded, and the record is complete so far. */
  get isSaved(): boolean {
    const { recorder } = this.#plan;
    return recorder !== undefined && recorder.saving?.failure?.final !== true;
  }

  /** Milliseconds since the run's start. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** Starts every conversation. Call it once, after attaching the listeners. */
  start(): void {
    this.#plan.recorder?.event(this.state.started);
    this.#pool.add(this.#plan.items.keys());
    // A listener may cancel conversations that are not started yet.
    this.#pool.hold(() => this.#events.tell(this.state.started));
    // Starting a run asks for another try, whatever an earlier run ran into.
    this.resume();
    this.#pause.watch();
    this.#pool.pump();
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
    this.#cancelRest();
  }

  /**
   * Leaves the run as it is because the process is about to end: aborts requests, and emits and records nothing
   * more, so that the run can be resumed from here.
   */
  abandon(): void {
    this.#events.silence();
    this.#pause.clear();
    this.#pool.abort();
  }

  /** Cancels one conversation, if it has not ended. */
  cancelConversation(index: number): void {
    this.#cancelOne(index);
    this.#pool.pump();
  }

  /**
   * Runs ended conversations again, in their places. The earlier outcome is kept until the new one is a success.
   * Ignores conversations that have not ended.
   */
  rerun(indices: readonly number[]): void {
    this.#runAgain(this.#conversationsAt(indices).filter(hasEnded), ({ index }) => {
      this.#events.emit(index, { type: 'conversation.requeued' });
      this.#startingPoints.restart(index);
      this.#contexts.forgetLastTurn(index);
    });
  }

  /**
   * Goes on with conversations that ended early, from their last complete turns. One whose answer was cut off
   * gets twice the output limit. Ignores conversations that cannot go on.
   */
  continue(indices: readonly number[]): void {
    this.#runAgain(this.#conversationsAt(indices).filter(canContinue), (conversation) => {
      this.#emitResumed(conversation);
      const { index, reason } = conversation;
      if (reason === 'max_tokens') this.#startingPoints.goOnWithRoom(index);
      else this.#startingPoints.goOn(index);
    });
  }

  #conversationsAt(indices: readonly number[]): readonly ConversationState[] {
    return indices.flatMap((index) => this.state.conversations[index] ?? []);
  }

  #runAgain(
    asked: readonly ConversationState[],
    prepare: (conversation: ConversationState) => void,
  ): void {
    const again = asked.filter(({ lost }) => !lost);
    if (again.length === 0 || this.#events.isSilent) return;
    // A new wish overrules an earlier cancel.
    this.#cancelled = false;
    this.#restCancelled = false;
    if (this.state.state !== 'running') this.#reopen();
    this.resume();
    this.#pool.hold(() => {
      for (const conversation of again) {
        // A listener may cancel everything.
        if (this.#restCancelled) return;
        this.#pool.add([conversation.index]);
        prepare(conversation);
      }
    });
    this.#pool.pump();
  }

  /** Goes on with the conversations that were interrupted by the end of an earlier process. */
  resumeInterrupted(): void {
    if (this.state.state === 'running') return;
    const interrupted = this.state.conversations.filter(({ reason }) => reason === 'interrupted');
    this.#runAgain(interrupted, (conversation) => {
      this.#emitResumed(conversation);
      this.#startingPoints.goOn(conversation.index);
    });
  }

  /** Says which turns were lost: a conversation is never shortened silently. */
  #emitResumed({ index, name, turns }: ConversationState): void {
    const keptTurns = this.#startingPoints.turns(index);
    const lost = turns.filter(({ turn }) => turn > keptTurns).length;
    this.#events.emit(index, { type: 'conversation.resumed', ...(lost > 0 ? { keptTurns } : {}) });
    if (lost > 0) this.#events.note(lossNote(name, lost, keptTurns));
  }

  /** Resumes after a pause: tries whether its cause is mended. */
  resume(): void {
    this.#pause.resume();
  }

  #showPause(error: ConversationError | undefined): void {
    if (this.state.paused !== undefined)
      this.#events.fire({ type: 'run.resumed', ...this.#events.stamp() });
    if (error !== undefined)
      this.#events.fire({ type: 'run.paused', error, ...this.#events.stamp() });
  }

  #listener(): RunListener {
    return {
      emit: (conversation, step) => this.#emit(conversation, step),
      record: (conversation, message) => this.#record(conversation, message),
      note: (text) => this.#events.note(text),
    };
  }

  #record(conversation: number, message: Message): void {
    // After `abandon` nothing is added to the history.
    if (this.#events.isSilent) return;
    // First the record: the run never goes on from what was not recorded.
    this.#plan.recorder?.message(conversation, message);
    this.#startingPoints.add(conversation, message);
  }

  #emit(conversation: number, step: ConversationStep): void {
    this.#events.emit(conversation, step);
    if (step.type !== 'conversation.waiting' || step.reason !== 'blocked') return;
    this.#pause.heedBlock(this.#contexts.limiterOf(this.#itemAt(conversation)));
  }

  #reopen(): void {
    this.#contexts.beginLeg();
    this.#ended = Promise.withResolvers();
    this.#events.fire({ type: 'run.reopened', ...this.#events.stamp() });
    this.#pause.watch();
  }

  /** Every conversation has ended. */
  #end(): void {
    if (this.state.state !== 'running') return;
    const state = this.#cancelled ? 'cancelled' : 'finished';
    this.#pause.clear();
    const unsaved = this.#plan.recorder?.saving?.failure?.message;
    const finished = this.#events.keep({
      ...{ type: 'run.finished', state, ...this.#events.stamp() },
      ...(unsaved === undefined ? {} : { unsaved }),
    });
    // Before listeners are told, who may run it again.
    this.#ended.resolve(this.result());
    if (finished !== undefined) this.#events.tell(finished);
  }

  /** Agents do not reject. If one does all the same, only its own conversation fails. */
  async #runConversation(index: number, signal: AbortSignal): Promise<ConversationStatus> {
    try {
      const item = this.#itemAt(index);
      const context = this.#contexts.create(item, index, signal);
      const { agent, messages, fresh } = this.#startingPoints.of(index, item);
      for (const message of fresh) context.record(message);
      const { status } = await agent.run(messages, context);
      return status;
    } catch (thrown) {
      const error = toConversationError(asProviderError(thrown), 0);
      const ending = { status: 'failed', reason: 'internal', answer: '', error } as const;
      this.#events.emit(index, { type: 'conversation.finished', ...ending });
      return 'failed';
    }
  }

  /** Stops the run as soon as all of it would wait longer than that. */
  #heedWaits(maxWaitMs: number): void {
    const patience = new RunPatience({
      ...{ maxWaitMs, clock: this.#clock, state: this.state },
      onTooLong: (forMs) => {
        this.#events.note(waitNote(this.id, maxWaitMs, forMs));
        const ending = { status: 'stopped', reason: 'max_wait' } as const;
        for (const index of this.#pool.indices) this.#endOne(index, ending, waitIsTooLong);
        this.#pool.pump();
      },
    });
    this.onEvent(({ type }) => {
      if (type === 'run.finished') patience.dispose();
      else patience.heed(type);
    });
  }

  #itemAt(index: number): RunItem {
    const item = this.#plan.items[index];
    if (item === undefined) throw new RangeError(`the run has no conversation ${index}`);
    return item;
  }

  #onConversationEnded(index: number, status: ConversationStatus): void {
    if (status === 'done' && !this.#pool.has(index)) this.#startingPoints.restart(index);
    this.#contexts.ended(index);
    const failed = status === 'failed' || status === 'stopped';
    if (failed && this.#plan.failure === 'allOrNothing') this.#cancelRest();
  }

  #cancelRest(): void {
    if (this.#restCancelled) return;
    this.#restCancelled = true;
    for (const index of this.#pool.indices) this.#cancelOne(index);
    this.#pool.pump();
  }

  #cancelOne(index: number): void {
    this.#endOne(index, { status: 'cancelled', reason: 'cancelled' });
  }

  #endOne(index: number, ending: Pick<Ending, 'status' | 'reason'>, why?: unknown): void {
    if (!this.#pool.cancel(index, why)) return;
    this.#events.emit(index, { type: 'conversation.finished', ...ending, answer: '' });
  }
}
