import type { RunEvent, RunStarted } from '../../shared/conversationEvents.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
import type { PlannedConversation, RunAgent } from '../../shared/plannedRun.ts';
import type { RunOrigin } from '../../shared/runOrigin.ts';
import type { RunState } from '../../shared/runState.ts';
import type { Agent } from '../agent/agent.ts';
import type { SleepWatch } from '../agent/awakeClock.ts';
import type { KeptProposal, WholeOutput } from '../agent/conversationContext.ts';
import type { RetryPolicy } from '../agent/retryPolicy.ts';
import type { Inbox } from '../approvals/inbox/inbox.ts';
import type { RunRules } from '../approvals/runRules.ts';
import type { Clock } from '../base/clock.ts';
import type { Event } from '../base/emitter.ts';
import type { Redactor } from '../base/redact.ts';
import type { Slots } from '../base/slots.ts';
import type { RateCaps } from '../limiter/admissionPolicy.ts';
import type { BudgetLimits } from '../limiter/budgetRoom.ts';
import type { Limiters } from '../limiter/limiters.ts';
import type { RunLimitValues } from '../limiter/runLimits.ts';
import type { OverlayContent } from '../proposals/overlay.ts';
import type { Message } from '../providers/message.ts';
import { estimateRun } from './estimate.ts';
import type { Lateness } from './lateness.ts';

/** One conversation to run, and its agent. */
export interface RunItem {
  readonly planned: PlannedConversation;
  readonly agent: Agent;
  /** The messages to start from; the prompt as one user message when absent. */
  readonly messages?: readonly Message[];
}

/** The decisions made from a run request: what a run does, and how. */
export interface RunPlan extends BudgetLimits, RunLimitValues {
  readonly title: string;
  readonly simulated: boolean;
  readonly agent: RunAgent;
  /** `allOrNothing`: the first conversation that does not succeed cancels the others. */
  readonly failure: 'keepPartial' | 'allOrNothing';
  /**
   * When a key is refused or a quota is used up: `pause` until the user has fixed it and calls `resume`, or let
   * the conversations that need it `fail`.
   */
  readonly whenBlocked: 'pause' | 'fail';
  /** The rules that decide which tool calls may run. All may run when absent. */
  readonly rules?: RunRules;
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
  /** The state of the run, into which each event is folded before it is recorded. Called once, at first. */
  follow?(state: RunState): void;
  /** Every event except text deltas, in the order of `seq`. */
  event(event: RunEvent): void;
  /** A message that was added to a conversation's history. */
  message(conversation: number, message: Message): void;
  /** A tool result that was too long for the model, before it was shortened. */
  output?(conversation: number, output: WholeOutput): void;
  /** A tool call has changed what its conversation proposes. */
  proposal?(conversation: number, change: KeptProposal): void;
  /** A call of a tool that changes something is about to be made: after `commit`. */
  beginCall?(call: BegunCall): void;
  /** That call has ended. */
  endCall?(call: EndedCall): void;
  /** Resolves when everything so far is on disk. Rejects when that is impossible; then nothing more is done. */
  commit(): Promise<void>;
  /** Whether the run can be saved; absent where it always can. */
  readonly saving?: RunSaving;
}

/** A call of a tool that changes something. No other call ever has its key. */
export interface BegunCall {
  readonly conversation: number;
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
  readonly idempotencyKey: string;
}

export interface EndedCall extends Omit<BegunCall, 'name' | 'input'> {
  readonly result: 'done' | 'failed';
}

/** Whether a run can be saved. While it cannot, nothing new starts. */
export interface RunSaving {
  /** Why the run cannot be saved now; `final` when it never can. Undefined while it can. */
  readonly failure: { readonly message: string; readonly final: boolean } | undefined;
  /** False while the run cannot be saved, and during a new attempt to save it. */
  readonly isReady: boolean;
  /** `failure` or `isReady` may have changed. May fire at any moment. */
  readonly onDidChange: Event<void>;
  /** Notes for the user about saving. May fire at any moment. */
  readonly onDidNote: Event<string>;
  /** Tries to save at once. Saving is also tried every few seconds. Never rejects. */
  retry(): Promise<void>;
}

/** A run of an earlier process, from its record. */
export interface RestoredRun {
  readonly state: RunState;
  /** The history of every conversation, as far as it was recorded. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** What is known of the last turns, besides the messages. */
  readonly lastTurns?: ReadonlyMap<number, LastTurn>;
  /** The edits that its conversations propose. */
  readonly overlays?: ReadonlyMap<number, OverlayContent>;
}

/** What the runs of a window or process share. */
export interface RunServices {
  /** Stops while the machine sleeps. */
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  readonly retry: RetryPolicy;
  readonly limiters: Limiters;
  /** Tool calls of all runs that wait for a decision of the user. */
  readonly inbox: Inbox;
  /** Slots for tool calls that run in parallel, of all conversations. */
  readonly toolSlots: Slots;
  /** Removes keys from every event and every tool result. */
  readonly redactor: Redactor;
  /** Measures for one run how late this program is; not measured when absent. */
  readonly createLateness?: (() => Lateness) | undefined;
  /** Called with the errors that listeners throw. Such an error never affects the run. */
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
  /** What the user should know when it starts or continues. */
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
