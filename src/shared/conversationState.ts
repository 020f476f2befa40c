import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  PlannedConversation,
  TurnStop,
  UnfinishedAnswer,
  Usage,
  Wait,
} from './conversationEvents.ts';
import { noUsage } from './conversationEvents.ts';
import type { Cost } from './cost.ts';
import { noCost } from './cost.ts';
import type { ProposedFile } from './proposals.ts';

/** Why an attempt was thrown away, and whether text of it went with it. */
export interface DiscardedAttempt extends ConversationError {
  readonly hadText?: true;
}

/** What a conversation is doing now, or how it ended. */
export type ConversationPhase = 'queued' | 'waiting' | 'running' | ConversationStatus;

/** One tool call with its result. Times are ms since the run's start. */
export interface ToolCallRecord {
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
  /** Absent while the tool runs. */
  readonly output?: string;
  readonly isError: boolean;
  readonly startMs: number;
  readonly endMs?: number;
  /** The run-wide position of the call's start: the interleaving. */
  readonly seq: number;
}

/** One model response: its text, and the usage it reported. */
export interface TurnRecord {
  readonly turn: number;
  readonly text: string;
  readonly usage: Usage;
  readonly stop?: TurnStop;
  readonly requestId?: string;
  readonly attempts: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** How an earlier execution of this conversation ended; kept until a rerun succeeds. */
export interface PreviousOutcome {
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  readonly error?: ConversationError;
  /** The final answer of the last execution that had one: a new one replaces it. */
  readonly answer?: string;
}

/** Everything known of one conversation. A new value for every event; nothing in it is changed. */
export interface ConversationState extends PlannedConversation {
  readonly index: number;
  readonly phase: ConversationPhase;
  readonly wait?: Wait;
  /** The turn under way or the last one, from 1; 0 before the first. */
  readonly turn: number;
  /** Attempts at the turn under way. */
  readonly attempt: number;
  /** When the attempt under way was sent, ms since the run's start. */
  readonly attemptStartMs: number;
  /** Model requests made in all, failed ones included. */
  readonly attempts: number;
  /** Text of the turn under way, as far as it has arrived. */
  readonly partial: string;
  /** What the model thinks in the turn under way, as far as it says so. */
  readonly thinking: string;
  /** The last attempt that was thrown away, while the next one is under way. */
  readonly discarded?: DiscardedAttempt;
  readonly turns: readonly TurnRecord[];
  readonly toolCalls: readonly ToolCallRecord[];
  /** The files that it would create, change, rename or delete, sorted by path; absent when there are none. */
  readonly proposals?: readonly ProposedFile[];
  readonly answer: string;
  /** What that is when it is no answer. */
  readonly answerIs?: UnfinishedAnswer;
  readonly reason?: FinishReason;
  readonly error?: ConversationError;
  readonly previous?: PreviousOutcome;
  readonly usage: Usage;
  /** What its requests have cost; not known as soon as one was sent whose price is not. */
  readonly cost: Cost;
  /** When its first request was sent; absent before. */
  readonly startMs?: number;
  readonly endMs?: number;
  /**
   * Time since its start spent waiting for a slot or a rate limit: what running it alone would not
   * have taken.
   */
  readonly waitedMs: number;
  /** When the wait under way began. */
  readonly waitStartMs?: number;
  /** Own time of executions before the one under way, when it was run again. */
  readonly earlierMs: number;
}

/** The state of a conversation that has not started. */
export function queuedConversation(plan: PlannedConversation, index: number): ConversationState {
  return {
    ...plan,
    index,
    phase: 'queued',
    turn: 0,
    attempt: 0,
    attemptStartMs: 0,
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
  };
}

/** Whether nothing more happens to the conversation unless it is run again. */
export function hasEnded(
  state: ConversationState,
): state is ConversationState & { readonly phase: ConversationStatus } {
  return state.phase !== 'queued' && state.phase !== 'waiting' && state.phase !== 'running';
}

const continuedReasons: ReadonlySet<unknown> = new Set(['max_tokens', 'timeout', 'max_wait']);

/**
 * Whether a conversation that ended early can go on from its last complete turn: where trying again may
 * help, or more room for its answer does. Others would only run into the same end.
 */
export function canContinue(state: ConversationState): boolean {
  if (state.turns.length === 0) return false;
  if (state.phase === 'stopped') return continuedReasons.has(state.reason);
  return state.phase === 'cancelled' || (state.phase === 'failed' && state.reason !== 'internal');
}

/** The answer that counts: a final answer stays until a rerun has a new one. */
export function answerToKeep(state: ConversationState): string {
  return state.previous?.answer ?? state.answer;
}

/** Own time in ms: from start to end (or `nowMs`) less what was spent waiting for others. */
export function ownTimeMs(state: ConversationState, nowMs: number): number {
  if (state.startMs === undefined) return state.earlierMs;
  const end = state.endMs ?? nowMs;
  const openWait = state.waitStartMs === undefined ? 0 : Math.max(0, end - state.waitStartMs);
  return state.earlierMs + Math.max(0, end - state.startMs - state.waitedMs - openWait);
}
