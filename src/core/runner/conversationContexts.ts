import type { CallDecision } from '../../shared/callDecision.ts';
import type { ConversationStep, DecidedCall } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { hasEnded } from '../../shared/conversationState.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
import type { RaisedLimits, RunLimitName } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import type { Agent } from '../agent/agent.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import type { ConversationContext, ServedAgent } from '../agent/conversationContext.ts';
import type { RequestSlots } from '../agent/requestSlots.ts';
import type { Clock } from '../base/clock.ts';
import type { WorkSlices } from '../base/workSlices.ts';
import { Budget } from '../limiter/budget.ts';
import type { Limiter } from '../limiter/limiter.ts';
import { RunLimits } from '../limiter/runLimits.ts';
import type { Overlays } from '../proposals/overlays.ts';
import type { Message } from '../providers/message.ts';
import { approvalGate } from './approvalGate.ts';
import { createCallJournal } from './runCalls.ts';
import type { RunPlan, RunRecorder, RunServices } from './runPlan.ts';
import { SaveHold } from './saveHold.ts';
import { slicedSlots } from './slicedSlots.ts';
import { hideKeysInPieces } from './streamedKeys.ts';
import { WarmUps } from './warmUp.ts';

/** What the conversations of a run report to it. */
interface RunListener {
  emit(conversation: number, step: ConversationStep): void;
  /** A message was added to a conversation's history. */
  record(conversation: number, message: Message): void;
  note(text: string): void;
  /** Calls that waited for the user were decided on. */
  readonly decided: (decision: CallDecision, calls: readonly DecidedCall[]) => void;
}

export interface ConversationContextsOptions {
  readonly plan: RunPlan;
  readonly runId: string;
  /** Nothing is recorded when absent. */
  readonly recorder?: RunRecorder | undefined;
  readonly services: RunServices;
  readonly clock: Clock;
  /** Live, and only read here. */
  readonly state: RunState;
  readonly listener: RunListener;
  readonly overlays: Overlays;
  /** For conversations that go on together. */
  readonly slices: WorkSlices;
  /** The last turns of conversations of an earlier process that have not continued yet. */
  readonly lastTurns: ReadonlyMap<number, LastTurn>;
}

/** Creates the context of each conversation: its slots, record and budget. */
export class ConversationContexts {
  readonly #options: ConversationContextsOptions;
  readonly #saveHold: SaveHold;
  readonly #runLimits: RunLimits;
  readonly #budget: Budget;
  /** Tool calls of the run, running ones included. */
  #toolCalls: number;
  readonly #lastTurns: Map<number, LastTurn>;
  #warmUps: WarmUps;

  constructor(options: ConversationContextsOptions) {
    this.#options = options;
    const { plan, recorder } = options;
    const { whenBlocked } = plan;
    this.#saveHold = new SaveHold({ saving: recorder?.saving, whenBlocked });
    this.#runLimits = new RunLimits(plan, options.state);
    this.#budget = new Budget(plan, this.#runLimits, {
      state: options.state,
      onUnreported: (model) => options.listener.note(unreportedUsageNote(model)),
    });
    this.#toolCalls = options.state.toolCalls;
    this.#lastTurns = new Map(options.lastTurns);
    this.#warmUps = new WarmUps(plan, options.services.clock);
  }

  /** Called when the run starts, or continues after its end: prompt caches are cold again. */
  beginLeg(): void {
    const { plan, services } = this.#options;
    this.#warmUps = new WarmUps(plan, services.clock);
  }

  /** Called when the conversation starts from its prompt, so that its last turn in an earlier process is dropped. */
  forgetLastTurn(index: number): void {
    this.#lastTurns.delete(index);
  }

  /** A conversation has ended: its reservations are released. */
  ended(index: number): void {
    this.#budget.ended(index);
  }

  /** Doubles the limit on cost or tokens that stopped the conversation. */
  raiseBudget(conversation: ConversationState): RaisedLimits {
    return this.#budget.raise(conversation);
  }

  /** Doubles a limit of the run, unless that was done since it stopped the conversation. */
  raiseOfRun(name: RunLimitName, conversation: ConversationState): RaisedLimits {
    return this.#runLimits.raise(name, conversation);
  }

  /** Raises the given limits of the run. */
  applyOfRun(raised: RaisedLimits): void {
    this.#runLimits.apply(raised);
  }

  /** The current value of a limit of the run; infinite when there is no limit. */
  limitOfRun(name: RunLimitName): number {
    return this.#runLimits.of(name);
  }

  #limiterOf({ provider, spec }: Pick<AgentParts, 'provider' | 'spec'>): Limiter {
    return this.#options.services.limiters.for(provider, spec.model);
  }

  /** Every limiter that the run may use, once. */
  limiters(): ReadonlySet<Limiter> {
    const { items } = this.#options.plan;
    const agents = new Set(items.map(({ agent }) => agent));
    const answering = [...agents].flatMap((agent) => [agent, ...agent.team]);
    return new Set(answering.map((one) => this.#limiterOf(one)));
  }

  /** The surroundings of a conversation that this agent has now. */
  create(agent: Agent, index: number, signal: AbortSignal): ConversationContext {
    const { plan, recorder, services, clock, listener } = this.#options;
    const { retry, redactor, sleepWatch } = services;
    const hide = hideKeysInPieces(redactor);
    return {
      emit: (step) => listener.emit(index, hide(step)),
      hideKeys: redactor.hideKeysInParts,
      signal,
      ...this.#served(agent, index),
      serve: (other, within) => this.#served(other, index, within),
      clock,
      sleepWatch,
      retry: { ...retry, ...plan.retry },
      whenBlocked: plan.whenBlocked,
      overlay: this.#options.overlays.of(index),
      keepProposal: (change) => recorder?.proposal?.(index, change),
      countCalls: (calls) => this.#countCalls(calls),
      keepOutput: (output) => recorder?.output?.(index, output),
      record: (message) => listener.record(index, message),
      commit: (onHold) => this.#commit(index, signal, onHold),
      onNote: (text) => listener.note(text),
      toolSlots: services.toolSlots,
      ...this.#toolGateOf(index),
      ...this.#callsOf(index, signal),
    };
  }

  #countCalls(calls: number): boolean {
    if (this.#toolCalls + calls > this.#runLimits.of('maxRunToolCalls')) return false;
    this.#toolCalls += calls;
    return true;
  }

  #served(agent: AgentParts, index: number, within: readonly string[] = []): ServedAgent {
    return {
      requestSlots: this.#slotsFor(agent),
      reserve: (need, abort) => this.#budget.reserve({ ...need, index, within, agent }, abort),
    };
  }

  #slotsFor(agent: AgentParts): RequestSlots {
    const { plan, slices } = this.#options;
    const { concurrency } = plan.agent;
    const own = concurrency === 'auto' ? agent.provider.defaultConcurrency : undefined;
    const limiter = this.#limiterOf(agent);
    const slots = this.#warmUps.slots(agent, limiter.slots(own ?? concurrency, plan));
    return slicedSlots(this.#saveHold.slots(slots), slices, limiter);
  }

  #toolGateOf(index: number): Pick<ConversationContext, 'toolGate'> {
    const { plan, runId, services, listener } = this.#options;
    const { rules } = plan;
    if (rules === undefined) return {};
    const options = {
      ...{ rules, runId, conversation: index },
      inbox: services.inbox,
      hideKeys: (input: unknown) => services.redactor.hideKeysIn(input),
      onDecided: listener.decided,
    };
    return { toolGate: (turn, caller) => approvalGate({ ...options, caller }, turn) };
  }

  #callsOf(
    index: number,
    signal: AbortSignal,
  ): Pick<ConversationContext, 'callJournal' | 'lastTurn'> {
    const { recorder, runId, state } = this.#options;
    const callJournal = createCallJournal(recorder, {
      runId,
      index,
      attempts: () => state.conversations[index]?.attempts ?? 0,
      commit: () => this.#commit(index, signal, () => undefined),
    });
    const lastTurn = this.#lastTurns.get(index);
    this.#lastTurns.delete(index);
    return {
      ...(callJournal === undefined ? {} : { callJournal }),
      ...(lastTurn === undefined ? {} : { lastTurn }),
    };
  }

  async #commit(index: number, signal: AbortSignal, onHold: () => void): Promise<void> {
    const { recorder, state, slices } = this.#options;
    const saved = recorder?.commit();
    if (saved === undefined) return;
    await this.#saveHold.commit(saved, () => {
      const conversation = state.conversations[index];
      if (!signal.aborted && conversation !== undefined && !hasEnded(conversation)) onHold();
    });
    // One sync lets all go on whose records it has saved.
    await slices.turn();
  }
}

function unreportedUsageNote(model: string): string {
  return `${model} does not always say how many tokens it used. For the limits of the run such requests count with the most that they can have used.`;
}
