import type { ConversationError } from './outcome.ts';
import type { Wait } from './wait.ts';

/** When something began and ended, in ms since the run's start. */
interface Times {
  readonly startMs: number;
  /** Absent while it goes on. */
  readonly endMs?: number;
}

/** Of a request or tool call: for how many ms of it this program was the slow one; absent for none. */
interface Late {
  readonly lateMs?: number;
}

/**
 * How a model request ended: with a complete turn; with an error, its text thrown away; or cut off by the
 * end of the conversation or of the process.
 */
export const requestOutcomes = ['finished', 'discarded', 'cut_off'] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** One model request, from when it was sent to the end of its response. */
export interface RequestSpan extends Times, Late {
  readonly kind: 'request';
  readonly turn: number;
  /** Counts from 1 within the turn. */
  readonly attempt: number;
  /** When the first text, thinking or tool call arrived; absent when none did. */
  readonly firstTokenMs?: number;
  /** Absent while it goes on. */
  readonly outcome?: RequestOutcome;
  /** With `discarded`: why. */
  readonly error?: ConversationError;
}

/** One tool call, from its start to its result. */
export interface ToolSpan extends Times, Late {
  readonly kind: 'tool';
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  /** Absent while it runs, and when the conversation ended before it did. */
  readonly isError?: boolean;
}

/** One wait, with its cause. */
export interface WaitSpan extends Times, Wait {
  readonly kind: 'wait';
}

/**
 * What a conversation spends its time on. A conversation's spans stand in the order in which they started.
 * Tools may run at the same time; at most one request or wait is open, and it is the last span.
 */
export type Span = RequestSpan | ToolSpan | WaitSpan;

/** How long a span took, or has taken until `nowMs`. */
export function durationOf({ startMs, endMs }: Times, nowMs: number): number {
  return Math.max(0, (endMs ?? nowMs) - startMs);
}

/** A conversation, as far as its spans are read. */
export interface Timed {
  readonly spans: readonly Span[];
}

/** The wait that goes on now. */
export function currentWait({ spans }: Timed): WaitSpan | undefined {
  const last = spans.at(-1);
  return last?.kind === 'wait' && last.endMs === undefined ? last : undefined;
}

/** Whether a conversation goes on only after somebody has decided on its tool calls. */
export function needsDecision(conversation: Timed): boolean {
  return currentWait(conversation)?.reason === 'decision';
}

/** The request that was answered with a turn. */
export function requestOf({ spans }: Timed, turn: number): RequestSpan | undefined {
  return spans.findLast(
    (span): span is RequestSpan =>
      span.kind === 'request' && span.turn === turn && span.outcome === 'finished',
  );
}

/** The attempts at a turn that failed, in order. */
export function discardedOf({ spans }: Timed, turn: number): readonly DiscardedRequest[] {
  return spans.filter((span): span is DiscardedRequest => isDiscarded(span) && span.turn === turn);
}

/** A tool call of one conversation: providers may use an id again in a later turn. */
export type CallId = Pick<ToolSpan, 'turn' | 'callId'>;

/** The span of a tool call. */
export function toolSpanOf({ spans }: Timed, { turn, callId }: CallId): ToolSpan | undefined {
  return spans.findLast(
    (span): span is ToolSpan =>
      span.kind === 'tool' && span.callId === callId && span.turn === turn,
  );
}

/** A tool call's key in a map. */
export function callKey({ turn, callId }: CallId): string {
  return `${turn} ${callId}`;
}

/** The turn of the call with this key. */
export function turnOfKey(key: string): number {
  return Number.parseInt(key, 10);
}

/** The spans of all tool calls, by `callKey`. */
export function toolSpans({ spans }: Timed): ReadonlyMap<string, ToolSpan> {
  const calls = spans.filter((span) => span.kind === 'tool');
  return new Map(calls.map((span) => [callKey(span), span]));
}

/** A request that failed, and why. */
export type DiscardedRequest = RequestSpan & { readonly error: ConversationError };

/** Whether a request failed, so that its text was thrown away. */
export function isDiscarded(span: Span): span is DiscardedRequest {
  return span.kind === 'request' && span.error !== undefined;
}

/** Whether waiting for this counts against others and not as the conversation's own time. */
export function isForOthers({ reason }: Wait): boolean {
  // Backoff would pass in the same way if the conversation ran alone.
  return reason !== 'retry';
}
