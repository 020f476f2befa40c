import type { BudgetLimit } from '../../shared/raisedLimits.ts';
import type { Usage } from '../../shared/usage.ts';
import type { ModelRequest, ModelTurn, Provider, TurnObserver } from '../providers/provider.ts';
import { ProviderError } from '../providers/providerError.ts';
import { type Attempt, admit } from './admission.ts';
import type { ConversationContext } from './conversationContext.ts';
import { asProviderError, toConversationError } from './conversationError.ts';
import { notRefused, type Released, type Slot } from './requestSlots.ts';
import type { Refusal } from './reservation.ts';
import { emptyAnswerCode } from './retryPolicy.ts';
import { WatchedConnection } from './watchedConnection.ts';

/** A turn to request. */
export interface TurnCall {
  readonly provider: Provider;
  readonly request: ModelRequest;
  /** Counts from 1. */
  readonly turn: number;
  /**
   * Called with a complete response before the next request is admitted, because its cost may have used up the
   * budget. `firstTokenMs` is when its first token arrived.
   */
  readonly onTurn: (turn: ModelTurn, firstTokenMs: number) => void;
  /** Called with the usage of an aborted request, if it is known. */
  readonly onCutOff: (usage: Usage) => void;
}

/** A complete turn, or why nothing was sent. */
export type EndedAttempt =
  | {
      readonly kind: 'turn';
      readonly turn: ModelTurn;
      /** The limit that allowed only a shorter answer. */
      readonly shortenedBy: BudgetLimit | undefined;
    }
  /** Nothing was sent, because the request could have exceeded a limit. */
  | ({ readonly kind: 'unaffordable' } & Refusal);

/** A failed attempt, or one that the limiter did not admit. */
export interface FailedAttempt {
  readonly kind: 'failed';
  readonly failure: ProviderError;
  /** False when the limiter did not admit the request. */
  readonly sent: boolean;
  /** Milliseconds from its sending to its failure. */
  readonly heldMs: number;
  /** When its first token arrived; absent when none did. */
  readonly firstTokenMs?: number | undefined;
  /** The limiter's response to its end. */
  readonly released: Released;
  /** Whether a `turn.discarded` step has reported the cost of the attempt. */
  readonly booked?: boolean;
}

/**
 * Sends the request once. Always releases the slot and settles the reservation. Rejects with the signal's reason
 * only.
 */
export async function attemptTurn(
  call: TurnCall,
  at: Attempt,
  context: ConversationContext,
): Promise<EndedAttempt | FailedAttempt> {
  const { request } = call;
  const admission = await admit(request, at, context);
  if (admission.kind === 'unaffordable') return admission;
  if (admission.kind === 'refused') {
    const { failure } = admission;
    return { kind: 'failed', failure, sent: false, heldMs: 0, released: notRefused };
  }
  const { slot, reservation } = admission;
  const sentMs = context.clock.now();
  const seen: Seen = { spent: undefined, firstTokenMs: undefined };
  const failed = (failure: ProviderError, released: Released) => {
    const heldMs = context.clock.now() - sentMs;
    const first = { firstTokenMs: seen.firstTokenMs };
    return { kind: 'failed', failure, sent: true, heldMs, released, ...first } as const;
  };
  const connection = new WatchedConnection(context);
  try {
    const observer = observe(slot, at, context, seen);
    const { maxOutputTokens, shortenedBy } = reservation;
    const sent = shortenedBy === undefined ? request : { ...request, maxOutputTokens };
    const result = await call.provider.turn(sent, observer, connection.signal);
    const empty = emptyAnswer(result, request);
    // The cost is reported before the next request is admitted, even when no other attempt follows.
    if (empty === undefined) call.onTurn(result, firstTokenMs(seen, context));
    else tellDiscarded(empty, result.usage, at, seen, context);
    reservation.settle(result.usage);
    const released = slot.release({ usage: result.usage });
    if (empty === undefined) return { kind: 'turn', turn: result, shortenedBy };
    return { ...failed(empty, released), booked: true };
  } catch (thrown) {
    if (context.signal.aborted) {
      // The reservation stays until the end of the conversation, which counts the cost.
      if (seen.spent !== undefined) call.onCutOff(seen.spent);
      slot.release({});
      throw context.signal.reason;
    }
    const failure = asProviderError(thrown);
    const { spent } = seen;
    if (spent !== undefined) tellDiscarded(failure, spent, at, seen, context);
    reservation.settle(spent);
    const released = slot.release({ failure });
    return { ...failed(failure, released), booked: spent !== undefined };
  } finally {
    connection.dispose();
    // Releases the slot even when a listener above has thrown.
    slot.release({});
  }
}

/**
 * The failure for a turn without text and tool calls; undefined for any other turn. After tool results it is not
 * retried, because the same request would get an empty turn again: the loop asks the model for its answer instead.
 */
function emptyAnswer(
  { stop, message }: ModelTurn,
  { messages }: ModelRequest,
): ProviderError | undefined {
  if (stop !== 'final' || message.text.trim() !== '' || message.toolCalls.length > 0) {
    return undefined;
  }
  const retryable = !messages.some(({ role }) => role === 'tool');
  return new ProviderError('The model gave an empty answer. Retry, or ask in other words.', {
    ...{ kind: 'protocol', code: emptyAnswerCode, retryable },
  });
}

function tellDiscarded(
  failure: ProviderError,
  usage: Usage,
  { turn, attempt }: Attempt,
  seen: Seen,
  { emit }: ConversationContext,
): void {
  const error = toConversationError(failure, attempt);
  const first = seen.firstTokenMs === undefined ? {} : { firstTokenMs: seen.firstTokenMs };
  emit({ type: 'turn.discarded', turn, attempt, error, usage, ...first });
}

/** When the first token arrived. A response without a stream arrives as a whole, at its end. */
function firstTokenMs(seen: Seen, { clock }: ConversationContext): number {
  return seen.firstTokenMs ?? clock.now();
}

/** What is known of a response while it arrives. */
interface Seen {
  /** The usage of a failed or aborted request, if the server reported it. */
  spent: Usage | undefined;
  firstTokenMs: number | undefined;
}

function observe(
  slot: Slot,
  { turn }: Attempt,
  { emit, onNote, clock }: ConversationContext,
  seen: Seen,
): TurnObserver {
  const onToken = (): void => {
    seen.firstTokenMs ??= clock.now();
  };
  return {
    onText: (text) => {
      onToken();
      emit({ type: 'turn.delta', turn, text });
    },
    onThinking: (text) => {
      onToken();
      emit({ type: 'turn.thinking', turn, text });
    },
    onToolCall: onToken,
    onNote: (text) => onNote?.(text),
    onHead: (status, header) => slot.onHead(status, header),
    onBegin: () => slot.onBegin(),
    onSpent: (usage) => {
      seen.spent = usage;
    },
  };
}
