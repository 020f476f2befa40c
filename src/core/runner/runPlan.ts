import type {
  PlannedConversation,
  RunAgent,
  RunEvent,
  RunStarted,
} from '../../shared/conversationEvents.ts';
import type { RunState } from '../../shared/runState.ts';
import type { Agent } from '../agent/agent.ts';
import type { RetryPolicy } from '../agent/retryPolicy.ts';
import type { Clock } from '../base/clock.ts';
import type { Redactor } from '../base/redact.ts';
import type { Message } from '../providers/message.ts';
import { estimateRun } from './estimate.ts';
import type { RateCaps } from './limiter.ts';
import type { Limiters } from './limiters.ts';

/** One conversation to run: what is known of it, and the agent that runs it. */
export interface RunItem {
  readonly planned: PlannedConversation;
  readonly agent: Agent;
  /** The messages to start from; the prompt as one user message when absent. */
  readonly messages?: readonly Message[];
}

/** What is to be run, and how. */
export interface RunPlan {
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
  /** US dollars after which nothing more is sent; Infinity for no limit. */
  readonly maxCostUsd: number;
  /** The same for each conversation by itself. */
  readonly maxConversationCostUsd: number;
  readonly items: readonly RunItem[];
  /** Nothing is kept when absent. */
  readonly recorder?: RunRecorder;
}

/** Keeps what happens in a run, so that it survives the end of this process. */
export interface RunRecorder {
  /** Every event but the deltas of texts, in the order of `seq`. */
  event(event: RunEvent): void;
  /** A message that was added to a conversation's history. */
  message(conversation: number, message: Message): void;
  /** Resolves when everything so far is kept. Rejects when it cannot be: nothing more is done then. */
  commit(): Promise<void>;
}

/** A run of an earlier process, as it was kept. */
export interface RestoredRun {
  readonly state: RunState;
  /** The history of every conversation that had got further than its prompt. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
}

/** What a run shares with the other runs of the window or process. */
export interface RunServices {
  readonly clock: Clock;
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
