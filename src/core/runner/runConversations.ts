import type { ConversationStatus, ConversationStep } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import type { RaisedLimits } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import { asProviderError, toConversationError } from '../agent/conversationError.ts';
import type { Ending } from '../agent/nextStep.ts';
import type { Clock } from '../base/clock.ts';
import type { Limiter } from '../limiter/limiter.ts';
import type { Message } from '../providers/message.ts';
import { ConversationContexts } from './conversationContexts.ts';
import { ConversationPool } from './conversationPool.ts';
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
  /** Whether everything was cancelled, and nothing was run again since. */
  #restCancelled = false;

  constructor(options: RunConversationsOptions) {
    this.#options = options;
    const { plan, restored, events } = options;
    this.#events = events;
    this.#startingPoints = new StartingPoints(plan.items, restored?.messages ?? new Map());
    this.#contexts = new ConversationContexts({
      ...options,
      runId: options.identity.id,
      listener: {
        emit: (conversation, step) => this.#emit(conversation, step),
        record: (conversation, message) => this.#record(conversation, message),
        note: (text) => events.note(text),
      },
      lastTurns: restored?.lastTurns ?? new Map(),
    });
    this.#pool = new ConversationPool({
      atOnce: plan.agent.mode === 'serial' ? 1 : Number.POSITIVE_INFINITY,
      run: (index, signal) => this.#runConversation(index, signal),
      onEnded: (index, status) => this.#onEnded(index, status),
      onIdle: options.onIdle,
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
  }

  /**
   * The conversation goes on from its last complete turn, with a higher limit if a limit stopped it. Says which
   * turns were lost: a conversation is never shortened silently.
   */
  goOn(conversation: ConversationState): void {
    const { index, name, turns } = conversation;
    const keptTurns = this.#startingPoints.turns(index);
    const lost = turns.filter(({ turn }) => turn > keptTurns).length;
    const raised = this.#raise(conversation);
    this.#events.emit(index, {
      type: 'conversation.resumed',
      ...(lost > 0 ? { keptTurns } : {}),
      ...(Object.keys(raised).length > 0 ? { raised } : {}),
    });
    if (lost > 0) this.#events.note(lossNote(name, lost, keptTurns));
    this.#startingPoints.goOn(conversation, { ...conversation.raised, ...raised });
  }

  /** Doubles the one limit that stopped the conversation. */
  #raise(conversation: ConversationState): RaisedLimits {
    const { index, reason, turns, toolCalls, raised = {} } = conversation;
    const { limits } = this.#itemAt(index).agent.spec;
    switch (reason) {
      case 'max_turns': {
        const now = raised.maxTurns ?? limits.maxTurns;
        // The answer that was asked for at the limit counts as a turn, too.
        return { maxTurns: Math.max(2 * now, turns.length + now) };
      }
      case 'max_tool_calls':
        return {
          toolCalls: Math.max(2 * (raised.toolCalls ?? limits.maxToolCalls), toolCalls.length),
        };
      case 'loop':
        return { repeatsStopped: 2 * (raised.repeatsStopped ?? limits.repeatsStopped) };
      case 'budget':
        return this.#contexts.raiseBudget(conversation);
      default:
        return {};
    }
  }

  /** Cancels one, if it has not ended. */
  cancel(index: number): void {
    this.#endOne(index, cancelled);
    this.#pool.pump();
  }

  /** Cancels all that have not ended. */
  cancelAll(): void {
    if (this.#restCancelled) return;
    this.#restCancelled = true;
    this.endAll(cancelled);
  }

  /** Ends all that have not ended; `why` is the reason of their signals. */
  endAll(ending: EarlyEnding, why?: unknown): void {
    for (const index of this.#pool.indices) this.#endOne(index, ending, why);
    this.#pool.pump();
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
