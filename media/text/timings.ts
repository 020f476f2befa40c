import type { ConversationState } from '../../src/shared/conversationState.ts';
import { formatDuration } from '../../src/shared/quantities.ts';
import type { RequestSpan } from '../../src/shared/span.ts';
import { durationOf } from '../../src/shared/span.ts';
import type { WaitReason } from '../../src/shared/wait.ts';

/** The time from a request to its first token; empty if unknown. */
export function firstTokenText({ startMs, firstTokenMs }: RequestSpan): string {
  return firstTokenMs === undefined ? '' : formatDuration(Math.max(0, firstTokenMs - startMs));
}

/** Like `firstTokenText`, for a tooltip. */
export function firstTokenTitle(request: RequestSpan): string {
  const time = firstTokenText(request);
  return time === '' ? 'From the request to the end of the turn' : `First token after ${time}`;
}

/** Causes of waits in words that follow a time. */
const waitedFor: { readonly [R in WaitReason]: string } = {
  slot: 'for a free slot',
  rate_limit: 'for the rate limit',
  retry: 'between attempts',
  warm_up: 'for the prompt cache',
  budget: 'for the budget',
  offline: 'offline',
  blocked: 'paused',
  decision: 'waiting for a decision',
};

/** How long a conversation has waited for each cause, the longest first: `6.0 s for the rate limit`. */
export function waitedTexts({ spans }: ConversationState, nowMs: number): readonly string[] {
  const totals = new Map<WaitReason, number>();
  for (const span of spans) {
    if (span.kind !== 'wait') continue;
    totals.set(span.reason, (totals.get(span.reason) ?? 0) + durationOf(span, nowMs));
  }
  return [...totals]
    .filter(([, ms]) => ms >= 1)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, ms]) => `${formatDuration(ms)} ${waitedFor[reason]}`);
}

/** The time to the first token of the last request that had one. */
export function lastFirstToken({ spans }: ConversationState): string | undefined {
  const last = spans.findLast(
    (span): span is RequestSpan => span.kind === 'request' && span.firstTokenMs !== undefined,
  );
  return last === undefined ? undefined : firstTokenText(last);
}
