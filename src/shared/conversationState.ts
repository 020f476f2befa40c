import type { Answerer } from './answerer.ts';
import { needsHigherLimit } from './continuing.ts';
import type { TurnStop } from './conversationEvents.ts';
import type { Cost } from './cost.ts';
import { noCost } from './cost.ts';
import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  UnfinishedAnswer,
} from './outcome.ts';
import type { PlannedConversation } from './plannedRun.ts';
import type { ProposedFile } from './proposals.ts';
import type { BudgetLimit, RaisedLimits } from './raisedLimits.ts';
import type { DiscardedRequest, Span } from './span.ts';
import { currentWait, isDiscarded, isForOthers } from './span.ts';
import type { ToolCallRecord } from './toolCall.ts';
import type { Usage } from './usage.ts';
import { noUsage } from './usage.ts';
import type { Work } from './work.ts';
import { noWork } from './work.ts';

/** What a conversation is doing now, or how it ended. */
export const conversationPhases = [
  'queued',
  'waiting',
  'running',
  'done',
  'failed',
  'stopped',
  'cancelled',
] as const satisfies readonly ('queued' | 'waiting' | 'running' | ConversationStatus)[];
export type ConversationPhase = (typeof conversationPhases)[number];

/** One model response: its text, and the usage it reported. Its times and attempts are in its spans. */
export interface TurnRecord {
  readonly turn: number;
  readonly text: string;
  readonly usage: Usage;
  readonly by: Answerer;
  readonly stop?: TurnStop;
  readonly requestId?: string;
}

/** A conversation that an agent had with another one, by a call of an `ask_…` tool. */
export interface AskedConversation {
  /** The `callKey` of that call. */
  readonly key: string;
  readonly state: ConversationState;
}

/** How the conversation ended before it was run again; kept until a rerun succeeds. */
export interface PreviousOutcome {
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  readonly limit?: BudgetLimit;
  readonly error?: ConversationError;
  /** The latest final answer, until a rerun has a new one. */
  readonly answer?: string;
}

/** Everything known of one conversation. Immutable: every event makes a new value. */
export interface ConversationState extends PlannedConversation {
  readonly index: number;
  readonly phase: ConversationPhase;
  /** What it has spent its time on, in the order of the starts. A rerun begins with none. */
  readonly spans: readonly Span[];
  /** The current or last turn, from 1; 0 before the first. */
  readonly turn: number;
  /** Attempts at the current turn. */
  readonly attempt: number;
  /** All model requests, including failed ones and those before a rerun. */
  readonly attempts: number;
  /** Text of the current turn so far. */
  readonly partial: string;
  /** Thinking of the current turn so far. */
  readonly thinking: string;
  readonly turns: readonly TurnRecord[];
  /** Who answers since the conversation was handed over; absent before. */
  readonly handedTo?: { readonly to: Answerer; readonly afterTurn: number };
  /** What its agents asked others. Their usage and cost are part of the conversation's. */
  readonly asked?: readonly AskedConversation[];
  /** The calls that the model asked for, in that order. */
  readonly toolCalls: readonly ToolCallRecord[];
  /** The files that it would create, change, rename or delete, sorted by path; absent when there are none. */
  readonly proposals?: readonly ProposedFile[];
  readonly answer: string;
  /** What `answer` is when it is no final answer. */
  readonly answerIs?: UnfinishedAnswer;
  readonly reason?: FinishReason;
  /** With the reason `budget`: the limit that was reached. */
  readonly limit?: BudgetLimit;
  readonly error?: ConversationError;
  readonly previous?: PreviousOutcome;
  /** Limits that were raised for it since it started from its prompt. */
  readonly raised?: RaisedLimits;
  readonly usage: Usage;
  /** Cost of all its requests; unknown as soon as one was sent whose price is unknown. */
  readonly cost: Cost;
  /** When its first request was sent; absent before. */
  readonly startMs?: number;
  readonly endMs?: number;
  /**
   * Time in ms since its start that it spent in waits for others. It is the sum of its ended wait spans, kept
   * so that the comparison of thousands of conversations need not walk their spans.
   */
  readonly waitedMs: number;
  /** Own time before it was last run again or resumed. */
  readonly earlierMs: number;
  /** What model and tools took before it was last run again from its prompt. */
  readonly earlierWork: Work;
}

/** The state of a conversation that has not started. */
export function queuedConversation(plan: PlannedConversation, index: number): ConversationState {
  return {
    ...plan,
    index,
    phase: 'queued',
    spans: [],
    turn: 0,
    attempt: 0,
    attempts: 0,
    partial: '',
    thinking: '',
    turns: [],
    toolCalls: [],
    answer: '',
    usage: noUsage,
    cost: noCost,
    waitedMs: 0,
    earlierMs: 0,
    earlierWork: noWork,
  };
}

/** Who answers the next turn. */
export function answererOf(state: ConversationState): Answerer {
  const { handedTo, agentName: agent, provider, model, price } = state;
  if (handedTo !== undefined) return handedTo.to;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...{ provider, model },
    ...(price === undefined ? {} : { price }),
  };
}

/** Whether other agents than the first one have taken part, maybe at other prices. */
export function hasOtherAgents({ handedTo, asked = [] }: ConversationState): boolean {
  return handedTo !== undefined || asked.length > 0;
}

/** The nested conversation that these calls lead to; undefined when there is none. */
export function askedAt(
  state: ConversationState,
  within: readonly string[] = [],
): ConversationState | undefined {
  let found: ConversationState | undefined = state;
  for (const key of within) found = found?.asked?.findLast((one) => one.key === key)?.state;
  return found;
}

/** Whether the conversation has ended. Only a rerun or *Continue* changes it then. */
export function hasEnded(
  state: ConversationState,
): state is ConversationState & { readonly phase: ConversationStatus } {
  return state.phase !== 'queued' && state.phase !== 'waiting' && state.phase !== 'running';
}

const continuedReasons: ReadonlySet<unknown> = new Set([
  'max_tokens',
  'max_wait',
  'denied',
  'needs_approval',
]);

/** Limits that may stop a conversation before its first turn. */
const earlyReasons: ReadonlySet<unknown> = new Set([
  'budget',
  'timeout',
  'max_run_turns',
  'max_run_time',
]);

/**
 * Whether a conversation that ended early can go on from its last complete turn. True where another attempt,
 * more time, a longer answer or a higher limit may help; with any other end it would end the same way again.
 */
export function canContinue(state: ConversationState): boolean {
  if (state.phase === 'stopped' && earlyReasons.has(state.reason)) return true;
  if (state.turns.length === 0) return false;
  if (state.phase === 'stopped')
    return continuedReasons.has(state.reason) || needsHigherLimit(state.reason);
  return state.phase === 'cancelled' || (state.phase === 'failed' && state.reason !== 'internal');
}

/** The answer to show and export: a final answer stays until a rerun has a new one. */
export function answerToKeep(state: ConversationState): string {
  return state.previous?.answer ?? state.answer;
}

/** Own time in ms: from start to end (or `nowMs`), less what was spent waiting for others. */
export function ownTimeMs(state: ConversationState, nowMs: number): number {
  if (state.startMs === undefined) return state.earlierMs;
  const end = state.endMs ?? nowMs;
  const wait = currentWait(state);
  const openWait = wait !== undefined && isForOthers(wait) ? Math.max(0, end - wait.startMs) : 0;
  return state.earlierMs + Math.max(0, end - state.startMs - state.waitedMs - openWait);
}

/** The last attempt at the turn under way that failed, until the turn is complete or the conversation ends. */
export function lastDiscarded(state: ConversationState): DiscardedRequest | undefined {
  if (hasEnded(state)) return undefined;
  const last = state.spans.findLast(({ kind, endMs }) => kind === 'request' && endMs !== undefined);
  return last !== undefined && isDiscarded(last) && last.turn === state.turn ? last : undefined;
}
