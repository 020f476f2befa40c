import type { RunEvent, RunStarted } from '../../shared/conversationEvents.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
import type { PlannedConversation, RunAgent } from '../../shared/plannedRun.ts';
import type { RunOrigin } from '../../shared/runOrigin.ts';
import type { RunState } from '../../shared/runState.ts';
import type { Agent } from '../agent/agent.ts';
import type { SleepWatch } from '../agent/awakeClock.ts';
import type { WholeOutput } from '../agent/conversationContext.ts';
import type { RetryPolicy } from '../agent/retryPolicy.ts';
import type { Clock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import type { Redactor } from '../base/redact.ts';
import type { RateCaps } from '../limiter/admissionPolicy.ts';
import type { BudgetLimits } from '../limiter/budget.ts';
import type { Limiters } from '../limiter/limiters.ts';
import type { Message } from '../providers/message.ts';
import { estimateRun } from './estimate.ts';

/** One conversation to run, and its agent. */
export interface RunItem {
  readonly planned: PlannedConversation;
  readonly agent: Agent;
  /** The messages to start from; the prompt as one user message when absent. */
  readonly messages?: readonly Message[];
}

/** What was decided from what was asked for: what a run does, and how. */
export interface RunPlan extends BudgetLimits {
  readonly title: string;
  readonly simulated: boolean;
  readonly agent: RunAgent;
  /** `allOrNothing`: the first conversation that does not succeed cancels the others. */
  readonly failure: 'keepPartial' | 'allOrNothing';
  /**
   * When a key is refused or a quota is used up: wait until a person has mended it and calls `resume`, or let
   * the conversations fail that need it.
   */
  readonly whenBlocked: 'pause' | 'fail';
  /** Whether one conversation goes first where several share a prefix that a prompt cache can hold. */
  readonly warmUpCache: boolean;
  /** The user's own limits per minute, for each server, key and model. */
  readonly caps: RateCaps;
  /** Max wait of the run while no conversation makes progress; no limit when absent. */
  readonly maxWaitMs?: number;
  /** Retry policy of this run, on top of the process's. */
  readonly retry?: Pick<RetryPolicy, 'maxAttempts' | 'budgetMs'>;
  readonly origin: RunOrigin;
  readonly items: readonly RunItem[];
}

/** What a run is known by. */
export interface RunIdentity {
  readonly id: string;
  /** Counts the runs of this window or process from 1. */
  readonly number: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/**
 * Records a run, so that it survives the end of this process. Throws for what cannot be recorded: that fails
 * its own conversation and no other.
 */
export interface RunRecorder {
  /** Every event except text deltas, in the order of `seq`. */
  event(event: RunEvent): void;
  /** A message that was added to a conversation's history. */
  message(conversation: number, message: Message): void;
  /** A tool result that was too long for the model, before it was shortened. */
  output?(conversation: number, output: WholeOutput): void;
  /** A call of a tool that changes something is about to be made: after `commit`. */
  beginCall?(call: BegunCall): void;
  /** That call has ended. */
  endCall?(call: EndedCall): void;
  /** Resolves when everything so far is on disk. Rejects when it never will be: nothing more is done then. */
  commit(): Promise<void>;
  /** Whether the run can be saved; absent where it always can. */
  readonly saving?: RunSaving;
}

/** A call of a tool that changes something. No other call ever has its key. */
export interface BegunCall {
  readonly conversation: number;
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
  readonly idempotencyKey: string;
}

export interface EndedCall extends Pick<BegunCall, 'conversation' | 'callId' | 'idempotencyKey'> {
  readonly result: 'done' | 'failed';
}

/** Whether a run can be saved. While it cannot, nothing new is begun. */
export interface RunSaving {
  /** Why it cannot be saved now; `final` when it never will be. Undefined while it can. */
  readonly failure: { readonly message: string; readonly final: boolean } | undefined;
  /** False while it cannot be saved, and while that is being tried. */
  readonly isReady: boolean;
  /** `failure` or `isReady` may have changed. May fire at any moment. */
  readonly onDidChange: Event<void>;
  /** What a person should know about the saving. May fire at any moment. */
  readonly onDidNote: Event<string>;
  /** Tries to save at once; that is also tried every few seconds. Never rejects. */
  retry(): Promise<void>;
}

/** A run of an earlier process, from its record. */
export interface RestoredRun {
  readonly state: RunState;
  /** The history of every conversation, as far as it was recorded. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** What is known of the last turns, besides the messages. */
  readonly lastTurns?: ReadonlyMap<number, LastTurn>;
}

/** What the runs of a window or process share. */
export interface RunServices {
  /** Stops while the machine sleeps. */
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  readonly retry: RetryPolicy;
  readonly limiters: Limiters;
  /** Takes keys out of every event, and out of tool results. */
  readonly redactor: Redactor;
  /** Called with what listeners throw. They never disturb the run. */
  onListenerError(error: unknown): void;
}

/** What a run is made of. */
export interface RunParts {
  readonly plan: RunPlan;
  readonly identity: RunIdentity;
  /** Nothing is recorded when absent. */
  readonly recorder?: RunRecorder | undefined;
  readonly services: RunServices;
  /** A run of an earlier process, with the same plan, that goes on. */
  readonly restored?: RestoredRun;
  /** What a person should know when it starts or goes on. */
  readonly note?: string | undefined;
}

/** The first event of a run, from its plan. */
export function runStarted(plan: RunPlan, { id, number, startedAt }: RunIdentity): RunStarted {
  const { title, simulated, agent, origin } = plan;
  const conversations = plan.items.map(({ planned }) => planned);
  const estimate = estimateRun(plan.items);
  const what = { id, number, title, startedAt, simulated, agent, origin, conversations, estimate };
  return { type: 'run.started', ...what };
}
