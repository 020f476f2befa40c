import type { ConversationError } from '../../shared/outcome.ts';
import { sleep } from '../base/clock.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { type Repetition, waitEnd } from './admission.ts';
import { attemptTurn, type EndedAttempt, type FailedAttempt, type TurnCall } from './attempt.ts';
import type { ConversationContext } from './conversationContext.ts';
import { toConversationError } from './conversationError.ts';
import type { NextAttempt } from './retryPolicy.ts';
import { FailureCount, isRefusedForGood } from './retryPolicy.ts';

/** The outcome of a requested turn. */
export type TurnOutcome =
  | EndedAttempt
  | {
      readonly kind: 'failed';
      readonly failure: ProviderError;
      readonly error: ConversationError;
    };

/**
 * Requests one complete model response and retries after transient failures. Text of a failed attempt is discarded,
 * never joined to that of the next one. Rejects with the signal's reason only.
 */
export async function requestTurn(
  call: TurnCall,
  context: ConversationContext,
): Promise<TurnOutcome> {
  const { turn } = call;
  const failures = new FailureCount(context.retry, () => context.clock.random());
  let repeats: Repetition | undefined;
  let refused: Repetition | undefined;
  for (let attempt = 1; ; attempt++) {
    const result = await attemptTurn(call, { turn, attempt, repeats, refused }, context);
    if (result.kind !== 'failed') return result;
    const { failure, sent, firstTokenMs } = result;
    const error = toConversationError(failure, sent ? attempt : attempt - 1);
    const next = nextAttempt(result, failures, context);
    if (next === undefined) return { kind: 'failed', failure, error };
    if (!result.booked) {
      const first = firstTokenMs === undefined ? {} : { firstTokenMs };
      context.emit({ type: 'turn.discarded', turn, attempt, error, ...first });
    }
    repeats = repetitionOf(next, failure);
    refused = next.refused;
    if (next.delayMs > 0) await waitToRetry(failure, next.delayMs, repeats ?? refused, context);
  }
}

function repetitionOf({ count }: NextAttempt, { brief }: ProviderError): Repetition | undefined {
  return count && { ...count, ...(brief === undefined ? {} : { cause: brief }) };
}

function nextAttempt(
  { failure, heldMs, sent, released }: FailedAttempt,
  failures: FailureCount,
  { whenBlocked, retry }: ConversationContext,
): NextAttempt | undefined {
  // A request that the limiter did not admit is not retried.
  if (!sent) return undefined;
  const isBlocked = failure.blocking || isRefusedForGood(failure, released.refusalsInRow, retry);
  if (!isBlocked) return failures.next(failure, heldMs, released);
  // The limiter knows of the error, too: the next attempt waits there until the error is fixed.
  return whenBlocked === 'pause' ? { delayMs: 0 } : undefined;
}

async function waitToRetry(
  failure: ProviderError,
  delayMs: number,
  repeats: Repetition | undefined,
  { clock, signal, emit }: ConversationContext,
): Promise<void> {
  const reason = failure.kind === 'rate_limit' ? 'rate_limit' : 'retry';
  emit({ type: 'conversation.waiting', reason, ...repeats, ...waitEnd(delayMs, clock) });
  await sleep(clock, delayMs, signal);
}
