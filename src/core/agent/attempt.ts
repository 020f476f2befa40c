import type { LimitReason, Usage } from '../../shared/conversationEvents.ts';
import type { ModelRequest, ModelTurn, Provider, TurnObserver } from '../providers/provider.ts';
import { ProviderError } from '../providers/providerError.ts';
import { type Attempt, admit } from './admission.ts';
import type { ConversationContext } from './conversationContext.ts';
import { asProviderError, toConversationError } from './conversationError.ts';
import { emptyAnswerCode } from './retryPolicy.ts';
import { notRefused, type Released, type Slot } from './turnGate.ts';
import { WatchedConnection } from './watchedConnection.ts';

/** A turn that a conversation asks for. */
export interface TurnCall {
  readonly provider: Provider;
  readonly request: ModelRequest;
  /** Counts from 1. */
  readonly turn: number;
  /**
   * Books a complete response, before anyone else is admitted: its cost may have used up the budget.
   * `firstTokenMs` is when its first token arrived.
   */
  readonly onTurn: (turn: ModelTurn, firstTokenMs: number) => void;
  /** Called with what an aborted request had cost, where that is known. */
  readonly onCutOff: (usage: Usage) => void;
}

/** A complete turn, or why nothing was sent. */
export type EndedAttempt =
  | {
      readonly kind: 'turn';
      readonly turn: ModelTurn;
      /** Whether the budget left room for a shorter answer only. */
      readonly isShortened: boolean;
    }
  /** Nothing was sent: it could have gone beyond a limit. */
  | { readonly kind: 'unaffordable'; readonly reason: LimitReason };

export interface FailedAttempt {
  readonly kind: 'failed';
  readonly failure: ProviderError;
  /** False when the limiter did not let the request out. */
  readonly sent: boolean;
  /** Milliseconds from its sending to its failure. */
  readonly heldMs: number;
  /** When its first token arrived; absent when none did. */
  readonly firstTokenMs?: number | undefined;
  /** What its end means for the conversation. */
  readonly released: Released;
  /** Whether a `turn.discarded` step has told what the attempt cost. */
  readonly booked?: boolean;
}

/**
 * Sends the request once. The slot is released and the reservation settled whatever happens. Rejects with
 * the signal's reason.
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
    const { maxOutputTokens } = reservation;
    const isShortened = maxOutputTokens < request.maxOutputTokens;
    const sent = isShortened ? { ...request, maxOutputTokens } : request;
    const result = await call.provider.turn(sent, observer, connection.signal);
    const empty = emptyAnswer(result, request);
    // The cost is told before anyone else is admitted, even where no other attempt may follow.
    if (empty === undefined) call.onTurn(result, firstTokenMs(seen, context));
    else tellDiscarded(empty, result.usage, at, seen, context);
    reservation.settle(result.usage);
    const released = slot.release({ usage: result.usage });
    if (empty === undefined) return { kind: 'turn', turn: result, isShortened };
    return { ...failed(empty, released), booked: true };
  } catch (thrown) {
    if (context.signal.aborted) {
      // The end of the conversation books what it took; until then the reservation stays.
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
    // In case a listener that was told of the failure has failed itself.
    slot.release({});
  }
}

/**
 * The failure that a turn is which says nothing and asks for nothing: a hiccup of the model, not an answer.
 * After tool results the same request brings the same nothing: the model has to be asked for its answer.
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

/** A response that did not stream arrived at its end. */
function firstTokenMs(seen: Seen, { clock }: ConversationContext): number {
  return seen.firstTokenMs ?? clock.now();
}

/** What was seen of a response while it arrived. */
interface Seen {
  /** What a request that failed or was aborted had cost, if the server had said so. */
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
