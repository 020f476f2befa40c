import type {
  PlannedConversation,
  RunAgent,
  RunEvent,
  RunStarted,
} from '../../shared/conversationEvents.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
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

/** One conversation to run: what is known of it, and the agent that runs it. */
export interface RunItem {
  readonly planned: PlannedConversation;
  readonly agent: Agent;
  /** The messages to start from; the prompt as one user message when absent. */
  readonly messages?: readonly Message[];
}

/** What is to be run, and how. */
export interface RunPlan extends BudgetLimits {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly startedAt: string;
  readonly simulated: boolean;
  readonly agent: RunAgent;
  /** `allOrNothing`: the first conversation that does not succeed cancels the rest. */
  readonly failure: 'keepPartial' | 'allOrNothing';
  /**
   * What to do when a key is refused or a quota is used up: wait until a person has mended it and
   * calls `resume`, or let the conversations fail that need it.
   */
  readonly whenBlocked: 'pause' | 'fail';
  /** Whether one conversation leads where several share a prefix that a prompt cache can hold. */
  readonly warmUpCache: boolean;
  /** The user's own limits for a minute, for everything that goes to one server, key and model. */
  readonly caps: RateCaps;
  /** The longest that a run may wait while none of its conversations gets on; no limit when absent. */
  readonly maxWaitMs?: number;
  /** How failed requests are repeated, where the run says so itself. */
  readonly retry?: Pick<RetryPolicy, 'maxAttempts' | 'budgetMs'>;
  readonly items: readonly RunItem[];
  /** Nothing is kept when absent. */
  readonly recorder?: RunRecorder;
}

/**
 * Keeps what happens in a run, so that it survives the end of this process. Throws for what cannot be
 * kept: that fails the conversation whose it is, and no other.
 */
export interface RunRecorder {
  /** Every event but the deltas of texts, in the order of `seq`. */
  event(event: RunEvent): void;
  /** A message that was added to a conversation's history. */
  message(conversation: number, message: Message): void;
  /** A tool result that was too long for the model, before it was shortened. */
  output?(conversation: number, output: WholeOutput): void;
  /** A call of a tool that changes something is about to be made: after `commit`. */
  beginCall?(call: BegunCall): void;
  /** That call has ended by itself. */
  endCall?(call: EndedCall): void;
  /** Resolves when everything so far is kept. Rejects when it cannot be: nothing more is done then. */
  commit(): Promise<void>;
  /** Whether what happens can be kept; absent where it always can. */
  readonly saving?: RunSaving;
}

/** A call of a tool that changes something. The key is its own: no other call ever has it. */
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

/** Whether a run can be kept. While it cannot, nothing new is begun. */
export interface RunSaving {
  /** Why it cannot be now; `final` when it never will be. Undefined while it can. */
  readonly failure: { readonly message: string; readonly final: boolean } | undefined;
  /** False while it cannot be, and while it is found out whether it can. */
  readonly isReady: boolean;
  /** `failure` or `isReady` may be another one. May be said in the middle of anything. */
  readonly onDidChange: Event<void>;
  /** What a person should know of how the run is kept. May be said in the middle of anything. */
  readonly onDidNote: Event<string>;
  /** Tries at once whether it works again; it is tried every few seconds anyway. Never rejects. */
  retry(): Promise<void>;
}

/** A run of an earlier process, as it was kept. */
export interface RestoredRun {
  readonly state: RunState;
  /** The history of every conversation, as far as it is there. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** What is known of the turns that histories end in, besides the messages. */
  readonly lastTurns?: ReadonlyMap<number, LastTurn>;
}

/** What a run shares with the other runs of the window or process. */
export interface RunServices {
  /** Stands still while the machine sleeps. */
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  readonly retry: RetryPolicy;
  readonly limiters: Limiters;
  /** Takes keys out of every event, and out of what tools give to a model. */
  readonly redactor: Redactor;
  /** Hears of listeners that throw. They never disturb the run. */
  onListenerError(error: unknown): void;
}

/** The first event of a run, from its plan. */
export function runStarted(plan: RunPlan): RunStarted {
  const { id, number, title, startedAt, simulated, agent } = plan;
  const conversations = plan.items.map(({ planned }) => planned);
  const estimate = estimateRun(plan.items);
  const what = { id, number, title, startedAt, simulated, agent, conversations, estimate };
  return { type: 'run.started', ...what };
}
