import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import type { ConversationStatus, LimitReason } from '../../shared/outcome.ts';
import type { RaisedLimits, RunLimitName } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import { LimitReached } from '../agent/conversation.ts';
import { asProviderError, toConversationError } from '../agent/conversationError.ts';
import type { Ending } from '../agent/nextStep.ts';
import type { Clock } from '../base/clock.ts';
import { WorkSlices } from '../base/workSlices.ts';
import type { Limiter } from '../limiter/limiter.ts';
import type { ConversationProposals } from '../proposals/fileProposal.ts';
import { Overlays } from '../proposals/overlays.ts';
import type { Message } from '../providers/message.ts';
import { ConversationContexts } from './conversationContexts.ts';
import { ConversationPool } from './conversationPool.ts';
import { givenFor, raiseFor } from './raiseFor.ts';
import type { RunEvents } from './runEvents.ts';
import { lossNote } from './runNotes.ts';
import type { RunItem, RunParts } from './runPlan.ts';
import { StartingPoints } from './startingPoints.ts';

export interface RunConversationsOptions extends RunParts {
  readonly clock: Clock;
  /** Live: read, never changed. */
  readonly state: RunState;
  readonly events: RunEvents;
  /** A conversation waits for a server that refuses everyone. */
  readonly onBlocked: (limiter: Limiter) => void;
  /** Called whenever no conversation is queued or under way. */
  readonly onIdle: () => void;
}

/** The conversations of a run: each starts from its prompt or goes on, runs to its end, or is cancelled. */
export class RunConversations {
  readonly #options: RunConversationsOptions;
  readonly #events: RunEvents;
  readonly #pool: ConversationPool;
  readonly #startingPoints: StartingPoints;
  readonly #contexts: ConversationContexts;
  readonly #overlays: Overlays;
  /** Whether everything was cancelled, and nothing was run again since. */
  #restCancelled = false;

  constructor(options: RunConversationsOptions) {
    this.#options = options;
    const { plan, restored, events } = options;
    this.#events = events;
    this.#startingPoints = new StartingPoints(plan.items, restored?.messages ?? new Map());
    this.#overlays = new Overlays(restored?.overlays);
    const slices = new WorkSlices({ now: () => options.services.clock.now() });
    this.#contexts = new ConversationContexts({
      ...options,
      slices,
      overlays: this.#overlays,
      runId: options.identity.id,
      listener: {
        emit: (conversation, step) => this.#emit(conversation, step),
        record: (conversation, message) => this.#record(conversation, message),
        note: (text) => events.note(text),
        decided: (decision, calls) =>
          events.fire({ type: 'run.decided', decision, calls, ...events.stamp() }),
      },
      lastTurns: restored?.lastTurns ?? new Map(),
    });
    this.#pool = new ConversationPool({
      atOnce: plan.agent.mode === 'serial' ? 1 : Number.POSITIVE_INFINITY,
      run: (index, signal) => this.#runConversation(index, signal),
      onEnded: (index, status) => this.#onEnded(index, status),
      onIdle: options.onIdle,
      slices,
    });
  }

  /** The limiters that they use. */
  limiters(): ReadonlySet<Limiter> {
    return this.#contexts.limiters();
  }

  /** The run goes on after its end. */
  beginLeg(): void {
    this.#contexts.beginLeg();
  }

  /** Queues all of them. `tell` may cancel some: nothing starts before `pump`. */
  queueAll(tell: () => void): void {
    this.#pool.add(this.#options.plan.items.keys());
    this.#pool.hold(tell);
  }

  /** Starts those that may start now. */
  pump(): void {
    this.#pool.pump();
  }

  /** A new wish overrules an earlier cancel. */
  allow(): void {
    this.#restCancelled = false;
  }

  /** Runs ended ones again. `prepare` is called for each first: `restart` or `goOn`. */
  runAgain(
    again: readonly ConversationState[],
    prepare: (conversation: ConversationState) => void,
  ): void {
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

  /** The conversation starts from its prompt. */
  restart({ index }: ConversationState): void {
    this.#events.emit(index, { type: 'conversation.requeued' });
    this.#startingPoints.restart(index);
    this.#contexts.forgetLastTurn(index);
    this.#overlays.forget(index);
    const { services, identity } = this.#options;
    services.inbox.forget({ runId: identity.id, conversation: index });
  }

  /** What they propose, in prompt order; only those that propose something. */
  proposals(): readonly ConversationProposals[] {
    return this.#overlays.proposals(this.#options.state.conversations);
  }

  /**
   * The conversation goes on from its last complete turn, with a higher limit if a limit stopped it: the given
   * one, or else twice as much. Says which turns were lost: a conversation is never shortened silently.
   */
  goOn(conversation: ConversationState, given?: RaisedLimits): void {
    const { index, name, turns } = conversation;
    const keptTurns = this.#startingPoints.turns(index);
    const lost = turns.filter(({ turn }) => turn > keptTurns).length;
    const raised = this.#raise(conversation, given);
    const proposals = this.#overlays.of(index).summary();
    this.#events.emit(index, {
      type: 'conversation.resumed',
      ...(lost > 0 ? { keptTurns } : {}),
      ...(Object.keys(raised).length > 0 ? { raised } : {}),
      ...(proposals.length > 0 ? { proposals } : {}),
    });
    if (lost > 0) this.#events.note(lossNote(name, lost, keptTurns));
    this.#startingPoints.goOn(conversation, { ...conversation.raised, ...raised });
  }

  #raise(conversation: ConversationState, given?: RaisedLimits): RaisedLimits {
    const { limits } = this.#itemAt(conversation.index).agent.spec;
    if (given === undefined) return raiseFor(conversation, limits, this.#contexts);
    const raised = givenFor(conversation, given);
    this.#contexts.applyOfRun(raised);
    return raised;
  }

  /** A limit of the run, as it stands; infinite where there is none. */
  limitOfRun(name: RunLimitName): number {
    return this.#contexts.limitOfRun(name);
  }

  /** Cancels one, if it has not ended. */
  cancel(index: number): void {
    this.#endOne(index, cancelled);
  }

  /** Cancels all that have not ended. */
  cancelAll(): void {
    if (this.#restCancelled) return;
    this.#restCancelled = true;
    this.#endAll(cancelled);
  }

  /** A limit stops all that have not ended. */
  stopAll(reason: LimitReason): void {
    this.#endAll({ status: 'stopped', reason }, new LimitReached(reason));
  }

  /** `why` is the reason of their signals. */
  #endAll(ending: EarlyEnding, why?: unknown): void {
    for (const index of this.#pool.indices) this.#endOne(index, ending, why);
  }

  /** Aborts what is under way. What is queued never starts. */
  abort(): void {
    this.#pool.abort();
  }

  #emit(conversation: number, step: ConversationStep): void {
    this.#events.emit(conversation, step);
    if (step.type !== 'conversation.waiting' || step.reason !== 'blocked') return;
    // Its agents may ask several servers. Those that refuse nobody are not blocked.
    for (const limiter of this.#contexts.limiters()) this.#options.onBlocked(limiter);
  }

  #record(conversation: number, message: Message): void {
    // After `abandon` nothing is added to the history.
    if (this.#events.isSilent) return;
    // First the record: the run never goes on from what was not recorded.
    this.#options.recorder?.message(conversation, message);
    this.#startingPoints.add(conversation, message);
  }

  /** Agents do not reject. If one does all the same, only its own conversation fails. */
  async #runConversation(index: number, signal: AbortSignal): Promise<ConversationStatus> {
    try {
      const item = this.#itemAt(index);
      const { agent, messages, fresh } = this.#startingPoints.of(index, item);
      const context = this.#contexts.create(agent, index, signal);
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

  #onEnded(index: number, status: ConversationStatus): void {
    if (status === 'done' && !this.#pool.has(index)) this.#startingPoints.restart(index);
    this.#contexts.ended(index);
    const failed = status === 'failed' || status === 'stopped';
    if (failed && this.#options.plan.failure === 'allOrNothing') this.cancelAll();
  }

  #endOne(index: number, ending: EarlyEnding, why?: unknown): void {
    if (!this.#pool.cancel(index, why)) return;
    this.#events.emit(index, { type: 'conversation.finished', ...ending, answer: '' });
  }

  #itemAt(index: number): RunItem {
    const item = this.#options.plan.items[index];
    if (item === undefined) throw new RangeError(`the run has no conversation ${index}`);
    return item;
  }
}

type EarlyEnding = Pick<Ending, 'status' | 'reason'>;

const cancelled: EarlyEnding = { status: 'cancelled', reason: 'cancelled' };
