import type { EventOf } from './conversationEvents.ts';
import type { ConversationError } from './outcome.ts';
import type { RequestSpan, Span, ToolSpan, WaitSpan } from './span.ts';
import type { Wait } from './wait.ts';

// Every function returns a new list, or the same one when nothing changes. A new span copies the list of
// its own conversation; a delta of text costs the same however long the list is.

type Spans = readonly Span[];

/** When it happened, in ms since the run's start. */
interface At {
  readonly atMs: number;
}

type ToolEnd = Pick<EventOf<'tool.finished'>, 'callId' | 'turn' | 'isError' | 'lateMs'>;

/** Opens a span. The request or wait that was open ends with its start. */
export function withSpan(spans: Spans, span: Span): Spans {
  return [...endOpen(spans, span.startMs), span];
}

/** The conversation waits. A wait for the same reason as the one under way is the same wait. */
export function withWait(spans: Spans, wait: Wait, atMs: number): Spans {
  const last = spans.at(-1);
  const goesOn =
    last?.kind === 'wait' &&
    last.endMs === undefined &&
    last.reason === wait.reason &&
    last.attempt === wait.attempt;
  if (!goesOn) return withSpan(spans, { kind: 'wait', ...wait, startMs: atMs });
  return spans.with(-1, { kind: 'wait', ...wait, startMs: last.startMs });
}

/** Ends the request or wait that is open, if any. Such a request was cut off. */
export function endOpen(spans: Spans, atMs: number): Spans {
  const last = spans.at(-1);
  if (last === undefined || last.kind === 'tool' || last.endMs !== undefined) return spans;
  return spans.with(-1, ended(last, atMs));
}

/** The first token of the open request arrived. */
export function withFirstToken(spans: Spans, atMs: number): Spans {
  const request = openRequest(spans);
  if (request === undefined || request.firstTokenMs !== undefined) return spans;
  return spans.with(-1, { ...request, firstTokenMs: atMs });
}

/** The open request was answered with a turn. */
export function withTurn(
  spans: Spans,
  { atMs, firstTokenMs, lateMs }: Pick<EventOf<'turn.finished'>, 'firstTokenMs' | 'lateMs'> & At,
): Spans {
  const request = openRequest(spans);
  if (request === undefined) return spans;
  const first = firstTokenMs === undefined ? {} : { firstTokenMs };
  const late = lateMs === undefined ? {} : { lateMs };
  return spans.with(-1, { ...request, ...first, ...late, endMs: atMs, outcome: 'finished' });
}

/** A failed attempt at a turn. */
export interface Failure {
  readonly turn: number;
  readonly attempt: number;
  readonly error: ConversationError;
  readonly atMs: number;
  readonly firstTokenMs?: number;
}

/** The open request failed. The failure is kept even where a damaged journal lacks the request's start. */
export function withFailure(spans: Spans, failure: Failure): Spans {
  const { turn, attempt, error, atMs, firstTokenMs } = failure;
  const start: RequestSpan = { kind: 'request', turn, attempt, startMs: atMs };
  const all = openRequest(spans) === undefined ? withSpan(spans, start) : spans;
  const first = firstTokenMs === undefined ? {} : { firstTokenMs };
  const request = openRequest(all) ?? start;
  return all.with(-1, { ...request, ...first, endMs: atMs, outcome: 'discarded', error });
}

/** Ends the open span of a tool call. */
export function withToolEnd(
  spans: Spans,
  { callId, turn, isError, atMs, lateMs }: ToolEnd & At,
): Spans {
  const at = spans.findLastIndex(
    (span) => isOpenCall(span) && span.callId === callId && span.turn === turn,
  );
  const span = spans[at];
  if (span?.kind !== 'tool') return spans;
  const late = lateMs === undefined ? {} : { lateMs };
  return spans.with(at, { ...span, ...late, endMs: atMs, isError });
}

/**
 * Ends everything that is open: the conversation has ended. `error` is why, if it failed; `firstTokenMs` is that
 * of the open request.
 */
export function endAll(
  spans: Spans,
  { atMs, error, firstTokenMs }: Partial<Failure> & { readonly atMs: number },
): Spans {
  const open = openRequest(spans);
  const request = open && { ...open, ...(firstTokenMs === undefined ? {} : { firstTokenMs }) };
  const last =
    request === undefined || error === undefined
      ? endOpen(request === undefined ? spans : spans.with(-1, request), atMs)
      : withFailure(spans, { ...request, error, atMs });
  if (!last.some(isOpenCall)) return last;
  return last.map((span) => (isOpenCall(span) ? { ...span, endMs: atMs } : span));
}

function openRequest(spans: Spans): RequestSpan | undefined {
  const last = spans.at(-1);
  return last?.kind === 'request' && last.endMs === undefined ? last : undefined;
}

function isOpenCall(span: Span): span is ToolSpan {
  return span.kind === 'tool' && span.endMs === undefined;
}

function ended(span: RequestSpan | WaitSpan, endMs: number): Span {
  return span.kind === 'wait' ? { ...span, endMs } : { ...span, endMs, outcome: 'cut_off' };
}
