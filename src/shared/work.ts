import type { Span, WaitSpan } from './span.ts';

/** What models and tools took for a conversation: without waits, failed attempts and delays of this program. */
export interface Work {
  readonly ms: number;
  /** For how long this program was the slow one meanwhile; not part of `ms`. */
  readonly lateMs: number;
}

export const noWork: Work = { ms: 0, lateMs: 0 };

/** A conversation, as far as its work is measured. Its state is replaced with each change. */
interface Worked {
  readonly spans: readonly Span[];
  readonly earlierWork: Work;
  readonly asked?: readonly { readonly state: Worked }[];
}

/** What models and tools have taken so far, in requests and calls that have ended. */
export function workOf({ spans, earlierWork, asked = [] }: Worked): Work {
  const busy: Time[] = [];
  let late = asked.reduce((sum, { state }) => sum + workOf(state).lateMs, 0);
  for (const span of spans) {
    const { startMs, endMs } = span;
    if (endMs === undefined || !isWork(span)) continue;
    if ('lateMs' in span) late += span.lateMs ?? 0;
    add(busy, { startMs, endMs });
  }
  // A call that asks another agent goes on while that agent waits.
  const waited = spans.filter((span) => span.kind === 'wait').map((wait) => overlap(wait, busy));
  const whole = sum(busy.map(({ startMs, endMs }) => endMs - startMs)) - sum(waited);
  const lateMs = Math.min(late, whole);
  return { ms: earlierWork.ms + whole - lateMs, lateMs: earlierWork.lateMs + lateMs };
}

/** Remembers the work of conversations that have not changed, for whoever draws a run many times a second. */
export class KnownWork {
  readonly #known = new WeakMap<Worked, Work>();

  readonly of = (conversation: Worked): Work => {
    const known = this.#known.get(conversation) ?? workOf(conversation);
    this.#known.set(conversation, known);
    return known;
  };
}

interface Time {
  readonly startMs: number;
  readonly endMs: number;
}

function isWork(span: Span): boolean {
  if (span.kind === 'tool') return true;
  return span.kind === 'request' && span.outcome !== 'discarded';
}

/** Adds a time to a list without overlaps. Spans come in the order of their starts. */
function add(times: Time[], time: Time): void {
  const last = times.at(-1);
  if (last === undefined || time.startMs > last.endMs) times.push(time);
  else times[times.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, time.endMs) };
}

function overlap({ startMs, endMs }: WaitSpan, times: readonly Time[]): number {
  if (endMs === undefined) return 0;
  const shared = times.map((time) =>
    Math.max(0, Math.min(endMs, time.endMs) - Math.max(startMs, time.startMs)),
  );
  return sum(shared);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
