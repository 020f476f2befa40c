import type {
  ConversationStatus,
  ConversationStep,
  RunEvent,
  RunStarted,
} from '../../shared/conversationEvents.ts';
import { hasEnded } from '../../shared/conversationState.ts';
import { costOf } from '../../shared/modelPrice.ts';
import type { RunResult } from '../../shared/runResult.ts';
import { toRunResult } from '../../shared/runResult.ts';
import type { RunState } from '../../shared/runState.ts';
import { applyRunEvent, startRunState } from '../../shared/runState.ts';
import type { Agent } from '../agent/agent.ts';
import type { ConversationContext } from '../agent/conversation.ts';
import { asProviderError, toConversationError } from '../agent/conversationError.ts';
import type { TurnGate } from '../agent/turnGate.ts';
import type { Clock } from '../base/clock.ts';
import { startClock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import type { Message } from '../providers/message.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { Limiter } from './limiter.ts';
import type { RestoredRun, RunItem, RunPlan, RunServices } from './runPlan.ts';
import { runStarted } from './runPlan.ts';
import { hideKeysInEvent, hideKeysInPieces } from './streamedKeys.ts';
import type { WarmUp } from './warmUp.ts';
import { createWarmUps } from './warmUp.ts';

/**
 * One batch of conversations. All of them are started at once (one after another in serial mode) and
 * then waited for; the results are in prompt order, whatever order they finish in.
 */
export class Run {
  readonly state: RunState;
  readonly #plan: RunPlan;
  readonly #services: RunServices;
  readonly #clock: Clock;
  readonly #emitter: Emitter<RunEvent>;
  readonly #waiting: Set<number> = new Set();
  readonly #active = new Map<number, AbortController>();
  /** What conversations that are resumed go on from. */
  readonly #histories: ReadonlyMap<number, readonly Message[]>;
  readonly #resumed = new Set<number>();
  #warmUps: ReadonlyMap<Agent, WarmUp>;
  #abandoned = false;
  #cancelled = false;
  /** Whether everything of this leg was told to stop; a rerun begins a new leg. */
  #restCancelled = false;
  #ended: PromiseWithResolvers<RunResult> = Promise.withResolvers();

  /** `restored` is a run of an earlier process, with the same plan, that is to go on. */
  constructor(plan: RunPlan, services: RunServices, restored?: RestoredRun) {
    this.#plan = plan;
    this.#services = services;
    this.#clock = startClock(services.clock, restored?.state.atMs);
    this.#emitter = new Emitter(services.onListenerError);
    this.#histories = restored?.messages ?? new Map();
    this.state = restored?.state ?? startRunState(services.redactor.hideKeysIn(runStarted(plan)));
    this.#warmUps = createWarmUps(plan, services.clock);
  }

  /** Every event of the run, after it was folded into `state`. */
  get onEvent(): Event<RunEvent> {
    return this.#emitter.event;
  }

  get id(): string {
    return this.#plan.id;
  }

  /** Milliseconds since the run's start. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** Starts every conversation. To be called once, when the listeners are in place. */
  start(): void {
    this.#plan.recorder?.event(this.state.started);
    this.#emitter.fire(this.state.started);
    // Starting a run is asking for another try, whatever an earlier one ran into.
    this.resume();
    for (const index of this.#plan.items.keys()) this.#waiting.add(index);
    this.#pump();
  }

  /** Resolves with the result when every conversation has ended; a rerun makes a new promise. */
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
    this.#abandoned = true;
    for (const controller of this.#active.values()) controller.abort();
  }

  /** Cancels one conversation, if it has not ended. */
  cancelConversation(index: number): void {
    this.#cancelOne(index);
    this.#pump();
  }

  /**
   * Runs ended conversations again, in their places; how they ended before is kept until they
   * succeed. Indices of conversations that have not ended are left out.
   */
  rerun(indices: readonly number[]): void {
    const again = indices.filter((index) => {
      const conversation = this.state.conversations[index];
      return conversation !== undefined && hasEnded(conversation);
    });
    if (again.length === 0) return;
    if (this.state.state !== 'running') this.#reopen();
    this.resume();
    for (const index of again) {
      this.#emit(index, { type: 'conversation.requeued' });
      this.#resumed.delete(index);
      this.#waiting.add(index);
    }
    this.#pump();
  }

  /** Goes on with the conversations that the end of an earlier process interrupted. */
  resumeInterrupted(): void {
    const interrupted = this.state.conversations.filter(({ reason }) => reason === 'interrupted');
    if (interrupted.length === 0 || this.state.state === 'running') return;
    this.#reopen();
    for (const { index } of interrupted) {
      this.#emit(index, { type: 'conversation.resumed' });
      this.#resumed.add(index);
      this.#waiting.add(index);
    }
    this.#pump();
  }

  /** Goes on after a pause: tries whether what held the run back is mended. */
  resume(): void {
    if (this.state.paused !== undefined) this.#fire({ type: 'run.resumed', ...this.#stamp() });
    for (const item of this.#plan.items) {
      const limiter = this.#limiterOf(item);
      limiter.cap(this.#plan.caps);
      limiter.resume();
    }
  }

  #gateOf(item: RunItem): TurnGate {
    const { concurrency } = this.#plan.agent;
    const own = concurrency === 'auto' ? item.agent.provider.defaultConcurrency : undefined;
    const gate = this.#limiterOf(item).gate(own ?? concurrency);
    return this.#warmUps.get(item.agent)?.gate(gate) ?? gate;
  }

  #limiterOf({ agent }: RunItem): Limiter {
    return this.#services.limiters.for(agent.provider, agent.config.model);
  }

  /** The first conversation that hears of it pauses the run; the others only wait. */
  #onBlocked(failure: ProviderError): 'wait' | 'fail' {
    if (this.#plan.whenBlocked === 'fail') return 'fail';
    if (this.state.paused === undefined && this.state.state === 'running') {
      const error = toConversationError(failure, 1);
      this.#fire({ type: 'run.paused', error, ...this.#stamp() });
    }
    return 'wait';
  }

  /** Every conversation may have the same to say; it is said once. */
  #note(text: string): void {
    if (this.state.notes.includes(text)) return;
    this.#fire({ type: 'run.noted', text, ...this.#stamp() });
  }

  #reopen(): void {
    this.#warmUps = createWarmUps(this.#plan, this.#services.clock);
    this.#cancelled = false;
    this.#restCancelled = false;
    this.#ended = Promise.withResolvers();
    this.#fire({ type: 'run.reopened', ...this.#stamp() });
  }

  /** Starts what may start now, and ends the run when nothing is left. */
  #pump(): void {
    const atOnce = this.#plan.agent.mode === 'serial' ? 1 : Number.POSITIVE_INFINITY;
    for (const index of this.#waiting) {
      if (this.#active.size >= atOnce) break;
      this.#waiting.delete(index);
      void this.#execute(index);
    }
    if (this.#active.size > 0 || this.#waiting.size > 0 || this.state.state !== 'running') return;
    const state = this.#cancelled ? 'cancelled' : 'finished';
    this.#fire({ type: 'run.finished', state, ...this.#stamp() });
    this.#ended.resolve(this.result());
  }

  async #execute(index: number): Promise<void> {
    const item = this.#plan.items[index];
    if (item === undefined) return;
    const controller = new AbortController();
    this.#active.set(index, controller);
    const status = await this.#runItem(item, index, controller);
    // A listener that heard of its end may have had it run again already.
    if (this.#active.get(index) === controller) this.#active.delete(index);
    const failed = status === 'failed' || status === 'stopped';
    if (failed && this.#plan.failure === 'allOrNothing') this.#cancelRest();
    this.#pump();
  }

  /** Agents do not reject; if one does all the same, only its own conversation fails. */
  async #runItem(
    item: RunItem,
    index: number,
    controller: AbortController,
  ): Promise<ConversationStatus> {
    try {
      const context = this.#context(item, index, controller.signal);
      return (await item.agent.run(this.#messagesOf(item, index), context)).status;
    } catch (thrown) {
      const error = toConversationError(asProviderError(thrown), 0);
      const ending = { status: 'failed', reason: 'internal', answer: '', error } as const;
      this.#emit(index, { type: 'conversation.finished', ...ending });
      return 'failed';
    }
  }

  #messagesOf(item: RunItem, index: number): readonly Message[] {
    const history = this.#resumed.has(index) ? this.#histories.get(index) : undefined;
    if (history !== undefined) return history;
    const messages = item.messages ?? [{ role: 'user', text: item.planned.prompt }];
    for (const message of messages) this.#plan.recorder?.message(index, message);
    return messages;
  }

  #context(item: RunItem, index: number, signal: AbortSignal): ConversationContext {
    const { retry, redactor } = this.#services;
    const hide = hideKeysInPieces(redactor);
    return {
      emit: (step) => this.#emit(index, hide(step)),
      hideKeys: redactor.hideKeys,
      signal,
      gate: this.#gateOf(item),
      clock: this.#clock,
      retry,
      onBlocked: (failure) => this.#onBlocked(failure),
      isBudgetSpent: () => this.#isBudgetSpent(index),
      record: (message) => this.#plan.recorder?.message(index, message),
      commit: async () => this.#plan.recorder?.commit(),
      onNote: (text) => this.#note(text),
    };
  }

  /** What has been answered counts; requests under way may still go beyond the limit. */
  #isBudgetSpent(index: number): boolean {
    const { maxCostUsd, maxConversationCostUsd } = this.#plan;
    const conversation = this.state.conversations[index];
    const own = conversation?.price && costOf(conversation.usage, conversation.price);
    return (this.state.costUsd ?? 0) >= maxCostUsd || (own ?? 0) >= maxConversationCostUsd;
  }

  #cancelRest(): void {
    if (this.#restCancelled) return;
    this.#restCancelled = true;
    for (const index of [...this.#waiting, ...this.#active.keys()]) this.#cancelOne(index);
    this.#pump();
  }

  #cancelOne(index: number): void {
    this.#active.get(index)?.abort();
    if (!this.#waiting.delete(index)) return;
    const ending = { status: 'cancelled', reason: 'cancelled', answer: '' } as const;
    this.#emit(index, { type: 'conversation.finished', ...ending });
  }

  #emit(conversation: number, step: ConversationStep): void {
    this.#fire({ ...step, ...this.#stamp(), conversation });
  }

  #fire(happened: Exclude<RunEvent, RunStarted>): void {
    if (this.#abandoned) return;
    const event = hideKeysInEvent(happened, this.#services.redactor);
    applyRunEvent(this.state, event);
    this.#plan.recorder?.event(event);
    this.#emitter.fire(event);
  }

  #stamp(): { readonly seq: number; readonly atMs: number } {
    return { seq: this.state.seq + 1, atMs: this.#clock.now() };
  }
}
