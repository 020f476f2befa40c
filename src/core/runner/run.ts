import type {
  ConversationError,
  ConversationStatus,
  RunEvent,
} from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { canContinue, hasEnded } from '../../shared/conversationState.ts';
import { formatDuration, plural } from '../../shared/quantities.ts';
import type { RunResult } from '../../shared/runResult.ts';
import { toRunResult } from '../../shared/runResult.ts';
import type { RunState } from '../../shared/runState.ts';
import { startRunState } from '../../shared/runState.ts';
import { untilWords } from '../../shared/waitWords.ts';
import { runConversation, waitIsTooLong } from '../agent/conversation.ts';
import { asProviderError, toConversationError } from '../agent/conversationError.ts';
import type { Ending } from '../agent/conversationLoop.ts';
import type { Clock } from '../base/clock.ts';
import { startClock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import type { Message } from '../providers/message.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { RunListener } from './conversationContexts.ts';
import { ConversationContexts } from './conversationContexts.ts';
import { ConversationPool } from './conversationPool.ts';
import { RunEvents } from './runEvents.ts';
import { RunPatience } from './runPatience.ts';
import { RunPause } from './runPause.ts';
import type { RestoredRun, RunItem, RunPlan, RunServices } from './runPlan.ts';
import { runStarted } from './runPlan.ts';
import { StartingPoints } from './startingPoints.ts';

/**
 * One batch of conversations. All of them are started at once (one after another in serial mode) and
 * then waited for; the results are in prompt order, whatever order they finish in.
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
  /** Whether everything was told to stop, and nothing to run again since. */
  #restCancelled = false;
  #ended: PromiseWithResolvers<RunResult> = Promise.withResolvers();

  /** `restored` is a run of an earlier process, with the same plan, that is to go on. */
  constructor(plan: RunPlan, services: RunServices, restored?: RestoredRun) {
    this.#plan = plan;
    this.#clock = startClock(services.clock, restored?.state.atMs);
    this.#startingPoints = new StartingPoints(plan.items, restored?.messages ?? new Map());
    this.state = restored?.state ?? startRunState(services.redactor.hideKeysIn(runStarted(plan)));
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
      isRunning: () => this.state.state === 'running',
      onChange: (error) => this.#showPause(error),
    });
    if (plan.maxWaitMs !== undefined) this.#heedWaits(plan.maxWaitMs);
    // Not at once: it may be said while an event is being told.
    saving?.onDidNote((text) => queueMicrotask(() => this.#events.note(text)));
    // Nothing goes on in it until someone has it go on.
    if (this.state.state !== 'running') this.#ended.resolve(this.result());
  }

  /** Every event of the run, after it was folded into `state`. */
  get onEvent(): Event<RunEvent> {
    return this.#events.onEvent;
  }

  get id(): string {
    return this.#plan.id;
  }

  /** Whether a record of the run is kept and still takes what happens. */
  get isSaved(): boolean {
    const { recorder } = this.#plan;
    return recorder !== undefined && recorder.saving?.failure?.final !== true;
  }

  /** Milliseconds since the run's start. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** Starts every conversation. To be called once, when the listeners are in place. */
  start(): void {
    this.#plan.recorder?.event(this.state.started);
    this.#pool.add(this.#plan.items.keys());
    // Whoever hears of the start may cancel what has not been started yet.
    this.#pool.hold(() => this.#events.tell(this.state.started));
    // Starting a run is asking for another try, whatever an earlier one ran into.
    this.resume();
    this.#pause.heedSaving();
    this.#pool.pump();
  }

  /**
   * Resolves with the result when every conversation has ended; a rerun makes a new promise. One of an
   * earlier process has ended until it goes on.
   */
  ended(): Promise<RunResult> {
    return this.#ended.promise;
  }

  /** The result as it stands; conversations that have not ended count as cancelled. */
  result(): RunResult {
    return toRunResult(this.state);
  }

  /** Cancels whatever has not ended. Answers that are there stay. */
  cancel(): void {
    if (this.state.state !== 'running') return;
    this.#cancelled = true;
    this.#cancelRest();
  }

  /**
   * Leaves the run as it is, because the process is about to end: requests are aborted, and nothing
   * more is emitted or recorded, so that it can be resumed where it stands.
   */
  abandon(): void {
    this.#events.silence();
    this.#pool.abort();
  }

  /** Cancels one conversation, if it has not ended. */
  cancelConversation(index: number): void {
    this.#cancelOne(index);
    this.#pool.pump();
  }

  /**
   * Runs ended conversations again, in their places; how they ended before is kept until they
   * succeed. Indices of conversations that have not ended are left out.
   */
  rerun(indices: readonly number[]): void {
    this.#runAgain(this.#conversationsAt(indices).filter(hasEnded), ({ index }) => {
      this.#events.emit(index, { type: 'conversation.requeued' });
      this.#startingPoints.restart(index);
      this.#contexts.forgetLastTurn(index);
    });
  }

  /**
   * Goes on with conversations that ended early, from their last complete turns; one whose answer was
   * cut off gets room for twice as much. Those for which that is not possible are left out.
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
    again: readonly ConversationState[],
    prepare: (conversation: ConversationState) => void,
  ): void {
    if (again.length === 0 || this.#events.isSilent) return;
    // Whatever was cancelled before, this is wanted.
    this.#cancelled = false;
    this.#restCancelled = false;
    if (this.state.state !== 'running') this.#reopen();
    this.resume();
    this.#pool.hold(() => {
      for (const conversation of again) {
        // Whoever hears of it may cancel everything.
        if (this.#restCancelled) return;
        this.#pool.add([conversation.index]);
        prepare(conversation);
      }
    });
    this.#pool.pump();
  }

  /** Goes on with the conversations that the end of an earlier process interrupted. */
  resumeInterrupted(): void {
    if (this.state.state === 'running') return;
    const interrupted = this.state.conversations.filter(({ reason }) => reason === 'interrupted');
    this.#runAgain(interrupted, (conversation) => {
      this.#emitResumed(conversation);
      this.#startingPoints.goOn(conversation.index);
    });
  }

  /** What was lost of a conversation is said: it is never shortened in silence. */
  #emitResumed({ index, name, turns }: ConversationState): void {
    const keptTurns = this.#startingPoints.turns(index);
    const lost = turns.filter(({ turn }) => turn > keptTurns).length;
    this.#events.emit(index, { type: 'conversation.resumed', ...(lost > 0 ? { keptTurns } : {}) });
    if (lost > 0) this.#events.note(lossNote(name, lost, keptTurns));
  }

  /** Goes on after a pause: tries whether what held the run back is mended. */
  resume(): void {
    this.#pause.resume();
    for (const item of this.#plan.items) {
      const limiter = this.#contexts.limiterOf(item);
      limiter.cap(this.#plan.caps);
      limiter.resume();
    }
  }

  #showPause(error: ConversationError | undefined): void {
    if (this.state.paused !== undefined)
      this.#events.fire({ type: 'run.resumed', ...this.#events.stamp() });
    if (error !== undefined)
      this.#events.fire({ type: 'run.paused', error, ...this.#events.stamp() });
  }

  #listener(): RunListener {
    return {
      emit: (conversation, step) => this.#events.emit(conversation, step),
      record: (conversation, message) => this.#record(conversation, message),
      onBlocked: (failure) => this.#onBlocked(failure),
      onUnblocked: (failure) => this.#onUnblocked(failure),
      note: (text) => this.#events.note(text),
    };
  }

  #record(conversation: number, message: Message): void {
    // What a conversation that was left as it is makes of its end is no part of it.
    if (this.#events.isSilent) return;
    // What cannot be kept is nothing to go on from.
    this.#plan.recorder?.message(conversation, message);
    this.#startingPoints.add(conversation, message);
  }

  /** The first conversation that hears of it pauses the run; the others only wait. */
  #onBlocked(failure: ProviderError): 'wait' | 'fail' {
    if (this.#plan.whenBlocked === 'fail') return 'fail';
    this.#pause.block(failure);
    return 'wait';
  }

  /** Goes on by itself when what paused the run has passed. */
  #onUnblocked(failure: ProviderError): void {
    if (this.#pause.isBlockedBy(failure)) this.resume();
  }

  #reopen(): void {
    this.#contexts.beginLeg();
    this.#ended = Promise.withResolvers();
    this.#events.fire({ type: 'run.reopened', ...this.#events.stamp() });
    this.#pause.heedSaving();
  }

  /** Nothing is left to be run. */
  #end(): void {
    if (this.state.state !== 'running') return;
    const state = this.#cancelled ? 'cancelled' : 'finished';
    this.#pause.clear();
    const unsaved = this.#plan.recorder?.saving?.failure?.message;
    const finished = this.#events.keep({
      ...{ type: 'run.finished', state, ...this.#events.stamp() },
      ...(unsaved === undefined ? {} : { unsaved }),
    });
    // Before anyone hears of it, who may have it run again.
    this.#ended.resolve(this.result());
    if (finished !== undefined) this.#events.tell(finished);
  }

  /** Agents do not reject; if one does all the same, only its own conversation fails. */
  async #runConversation(index: number, signal: AbortSignal): Promise<ConversationStatus> {
    try {
      const item = this.#itemAt(index);
      const context = this.#contexts.create(item, index, signal);
      const { agent, messages, fresh } = this.#startingPoints.of(index, item);
      for (const message of fresh) context.record(message);
      const { status } = await runConversation(agent, messages, context);
      return status;
    } catch (thrown) {
      const error = toConversationError(asProviderError(thrown), 0);
      const ending = { status: 'failed', reason: 'internal', answer: '', error } as const;
      this.#events.emit(index, { type: 'conversation.finished', ...ending });
      return 'failed';
    }
  }

  /** Ends what has not ended as soon as all of it would wait longer than that. */
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

function waitNote(id: string, maxWaitMs: number, forMs: number | undefined): string {
  const end =
    forMs === undefined ? '' : untilWords(new Date(Date.now() + forMs).toISOString(), forMs);
  const most = formatDuration(maxWaitMs);
  return `The run would have to wait${end && ` ${end}`}, longer than the ${most} that it may (interleave.maxWaitSeconds, --max-wait). It is stopped and keeps what it has. To go on later: interleave resume ${id}`;
}

function lossNote(name: string, lost: number, kept: number): string {
  const from = kept === 0 ? 'from its prompt' : `after turn ${kept}`;
  return `${plural(lost, 'turn')} of "${name}" could not be read back from the disk; it goes on ${from}.`;
}
