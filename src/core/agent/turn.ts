import type {
  ConversationError,
  ConversationStep,
  Usage,
  Wait,
  WaitReason,
} from '../../shared/conversationEvents.ts';
import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/clock.ts';
import type { ModelRequest, ModelTurn, Provider, TurnObserver } from '../providers/provider.ts';
import { ProviderError } from '../providers/providerError.ts';
import { maxRetryDelayMs } from '../providers/transport/retryAfter.ts';
import type { SleepWatch } from './awakeClock.ts';
import { asProviderError, toConversationError } from './conversationError.ts';
import type { NextAttempt, RetryPolicy } from './retryPolicy.ts';
import { emptyAnswerCode, FailureCount, isRefusedForGood } from './retryPolicy.ts';
import type { Slot, TurnGate } from './turnGate.ts';
import { WatchedConnection } from './watchedConnection.ts';

/** What one turn needs from its surroundings. */
export interface TurnContext {
  readonly provider: Provider;
  readonly gate: TurnGate;
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  readonly emit: (step: ConversationStep) => void;
  /** Whether to wait until a person has mended an error that holds for every request, or to fail. */
  readonly onBlocked: (failure: ProviderError) => 'wait' | 'fail';
  /** Hears that such an error has mended itself. */
  readonly onUnblocked: (failure: ProviderError) => void;
  /**
   * Keeps free what the request can take at most of the budget, as soon as that fits. Resolves with
   * undefined when it never will; rejects with the signal's reason.
   */
  readonly reserve: (need: BudgetNeed, signal: AbortSignal) => Promise<Reservation | undefined>;
  /** Books a complete response, before anyone else is admitted: what it cost may have been the last. */
  readonly onTurn: (turn: ModelTurn) => void;
  /** Hears what a request had cost, as far as that is known, that was given up with the whole turn. */
  readonly onCutOff: (usage: Usage) => void;
  /** Hears, possibly many times, what a person should know and what stops nothing. */
  readonly onNote?: (text: string) => void;
}

/** A request that is about to be sent, as far as the budget is concerned. */
export interface BudgetNeed extends Pick<ModelRequest, 'messages' | 'maxOutputTokens'> {
  /** Conversations that have begun go before those that have not. */
  readonly started: boolean;
  /** Told that what is under way may use up what is left. */
  onWait(): void;
}

/** What is kept free of the budget for one request. */
export interface Reservation {
  /** What the request may ask for: less than planned where no more is left. */
  readonly maxOutputTokens: number;
  /** Whether it is still enough when the request is about to be sent: others may have told more meanwhile. */
  confirm(): boolean;
  /** Ends it. `usage` is what the request took, as far as that was told; it is booked already. */
  settle(usage?: Usage): void;
}

export type TurnOutcome =
  | {
      readonly kind: 'turn';
      readonly turn: ModelTurn;
      /** Whether the budget left room for a shorter answer only. */
      readonly isShortened: boolean;
    }
  /** Nothing was sent, because it would have gone beyond the budget. */
  | { readonly kind: 'unaffordable' }
  | {
      readonly kind: 'failed';
      readonly failure: ProviderError;
      readonly error: ConversationError;
    };

/**
 * Gets one complete model response, repeating the request when it fails in a way that may pass.
 * Text of an attempt that failed is discarded, never joined to that of the next one. Rejects with the
 * signal's reason when it is aborted, and with nothing else.
 */
export async function requestTurn(
  request: ModelRequest,
  turn: number,
  context: TurnContext,
): Promise<TurnOutcome> {
  const failures = new FailureCount(context.retry, () => context.clock.random());
  let repeats: Repetition | undefined;
  let refused: Repetition | undefined;
  for (let attempt = 1; ; attempt++) {
    const result = await attemptTurn(request, { turn, attempt, repeats, refused }, context);
    if (result.kind !== 'failed') return result;
    const { failure, sent } = result;
    const error = toConversationError(failure, sent ? attempt : attempt - 1);
    const next = nextAttempt(result, failures, context);
    if (next !== undefined && !result.booked) {
      context.emit({ type: 'turn.discarded', turn, attempt, error });
    }
    if (next === undefined) return { kind: 'failed', failure, error };
    repeats = repetitionOf(next, failure);
    refused = next.refused;
    const repetition = repeats ?? refused;
    if (next.delayMs > 0) {
      await waitToRetry(failure, { delayMs: next.delayMs, repeats: repetition }, context);
    }
  }
}

/** Which attempt it is that follows a failure, of how many, and what the failure was. */
type Repetition = Pick<Wait, 'attempt' | 'of' | 'cause'>;

function repetitionOf({ count }: NextAttempt, { brief }: ProviderError): Repetition | undefined {
  return count && { ...count, ...(brief === undefined ? {} : { cause: brief }) };
}

function nextAttempt(
  { failure, heldMs, sent, inRow }: FailedAttempt,
  failures: FailureCount,
  { onBlocked, retry }: TurnContext,
): NextAttempt | undefined {
  // What the limiter refused to send is not asked for again.
  if (!sent) return undefined;
  const isBlocked = failure.blocking || isRefusedForGood(failure, inRow, retry);
  if (!isBlocked) return failures.next(failure, heldMs, inRow);
  return onBlocked(failure) === 'wait' ? { delayMs: 0 } : undefined;
}

interface Attempt {
  readonly turn: number;
  readonly attempt: number;
  /** Absent for the first one, and after failures that do not count. */
  readonly repeats: Repetition | undefined;
  /** Present when the endpoint has refused requests several times in a row. */
  readonly refused: Repetition | undefined;
}

type AttemptOutcome = Exclude<TurnOutcome, { readonly kind: 'failed' }> | FailedAttempt;

interface FailedAttempt {
  readonly kind: 'failed';
  readonly failure: ProviderError;
  /** False when the limiter did not even let the request out. */
  readonly sent: boolean;
  /** Milliseconds from its sending to its failure. */
  readonly heldMs: number;
  /** How often in a row the endpoint has refused requests for their rate, whosever they were. */
  readonly inRow: number;
  /** Whether it has been told what the attempt cost all the same. */
  readonly booked?: boolean;
}

async function attemptTurn(
  request: ModelRequest,
  at: Attempt,
  context: TurnContext,
): Promise<AttemptOutcome> {
  const sending = await admit(request, at, context);
  if ('kind' in sending) return sending;
  const { slot, reservation } = sending;
  const sentMs = context.clock.now();
  const failed = (failure: ProviderError, inRow: number) => {
    const heldMs = context.clock.now() - sentMs;
    return { kind: 'failed', failure, sent: true, heldMs, inRow } as const;
  };
  const connection = new WatchedConnection(context);
  let spent: Usage | undefined;
  try {
    const observer = observe(slot, at, context, (usage) => {
      spent = usage;
    });
    const { maxOutputTokens } = reservation;
    const isShortened = maxOutputTokens < request.maxOutputTokens;
    const sent = isShortened ? { ...request, maxOutputTokens } : request;
    const result = await context.provider.turn(sent, observer, connection.signal);
    const { usage } = result;
    // What it cost is told before anyone else is admitted, and though no other attempt may follow.
    const empty = isEmpty(result) ? emptyAnswer(request) : undefined;
    if (empty === undefined) context.onTurn(result);
    else context.emit({ type: 'turn.discarded', ...discardedBy(empty, at), usage });
    reservation.settle(usage);
    const inRow = slot.release({ usage });
    return empty === undefined
      ? { kind: 'turn', turn: result, isShortened }
      : { ...failed(empty, inRow), booked: true };
  } catch (thrown) {
    if (context.signal.aborted) {
      // What it took is booked with the end of the conversation: the reservation stays until then.
      if (spent !== undefined) context.onCutOff(spent);
      slot.release({});
      throw context.signal.reason;
    }
    const failure = asProviderError(thrown);
    if (spent !== undefined) {
      context.emit({ type: 'turn.discarded', ...discardedBy(failure, at), usage: spent });
    }
    reservation.settle(spent);
    const inRow = slot.release({ failure });
    return { ...failed(failure, inRow), booked: spent !== undefined };
  } finally {
    connection.dispose();
    // Where someone who was told of the failure has failed as well.
    slot.release({});
  }
}

/** The same slot, which is given back the first time only. */
function givenBackOnce(slot: Slot): Slot {
  let isHeld = true;
  return {
    onHead: (status, header) => slot.onHead(status, header),
    onBegin: () => slot.onBegin(),
    release: (end) => {
      if (!isHeld) return 0;
      isHeld = false;
      return slot.release(end);
    },
  };
}

/** A turn that says nothing and asks for nothing is a hiccup of the model, not an answer. */
function isEmpty({ stop, message }: ModelTurn): boolean {
  return stop === 'final' && message.text.trim() === '' && message.toolCalls.length === 0;
}

/** After tool results the same request brings the same nothing: the model has to be asked for its answer. */
function emptyAnswer({ messages }: ModelRequest): ProviderError {
  const message = 'The model gave an empty answer. Retry, or ask in other words.';
  const retryable = !messages.some(({ role }) => role === 'tool');
  return new ProviderError(message, { kind: 'protocol', code: emptyAnswerCode, retryable });
}

function discardedBy(failure: ProviderError, { turn, attempt }: Attempt) {
  return { turn, attempt, error: toConversationError(failure, attempt) };
}

function isStarted({ turn, attempt }: Attempt): boolean {
  return turn > 1 || attempt > 1;
}

function announce(at: Attempt, { emit }: TurnContext): void {
  if (!isStarted(at)) emit({ type: 'conversation.started' });
  emit({ type: 'turn.started', turn: at.turn, attempt: at.attempt });
}

/** A wait longer than this, in ms, is told by the time of day at which it ends. */
const longWaitMs = 120_000;

/** The right to send the request, and what is kept of the budget for it. */
interface Sending {
  readonly slot: Slot;
  readonly reservation: Reservation;
}

async function admit(
  request: ModelRequest,
  at: Attempt,
  context: TurnContext,
): Promise<Sending | Extract<AttemptOutcome, { kind: 'unaffordable' | 'failed' }>> {
  for (;;) {
    const reservation = await reserve(request, at, context);
    if (reservation === undefined) return { kind: 'unaffordable' };
    let slot: Slot | undefined;
    try {
      slot = givenBackOnce(await acquireSlot(at, context));
      if (reservation.confirm()) {
        announce(at, context);
        return { slot, reservation };
      }
      slot.release({});
      reservation.settle();
    } catch (thrown) {
      slot?.release({});
      reservation.settle();
      context.signal.throwIfAborted();
      return { kind: 'failed', failure: asProviderError(thrown), sent: false, heldMs: 0, inRow: 0 };
    }
  }
}

function reserve(
  { messages, maxOutputTokens }: ModelRequest,
  at: Attempt,
  { emit, signal, reserve: keep }: TurnContext,
): Promise<Reservation | undefined> {
  const onWait = (): void => emit({ type: 'conversation.waiting', reason: 'budget' });
  return keep({ messages, maxOutputTokens, started: isStarted(at), onWait }, signal);
}

function acquireSlot(at: Attempt, context: TurnContext): Promise<Slot> {
  const { gate, signal, emit, clock, onBlocked, onUnblocked, retry } = context;
  const started = isStarted(at);
  const onWait = (reason: WaitReason, forMs?: number): void => {
    // Until its first request is sent a conversation is simply queued, unless a limit holds it.
    if (!started && reason === 'slot') return;
    const repeats = { retry: at.repeats, rate_limit: at.refused }[reason as string];
    emit({ type: 'conversation.waiting', reason, ...repeats, ...waitEnd(forMs, clock) });
  };
  return gate.acquire(
    {
      started,
      again: at.repeats !== undefined,
      mostRefusals: retry.maxAttempts,
      onWait,
      onUnblocked,
      onBlocked: (failure) => {
        const answer = onBlocked(failure);
        if (answer === 'wait') onWait('blocked');
        return answer;
      },
    },
    signal,
  );
}

function observe(
  slot: Slot,
  { turn }: Attempt,
  { emit, onNote }: TurnContext,
  onSpent: (usage: Usage) => void,
): TurnObserver {
  return {
    onText: (text) => emit({ type: 'turn.delta', turn, text }),
    onThinking: (text) => emit({ type: 'turn.thinking', turn, text }),
    onNote: (text) => onNote?.(text),
    onHead: (status, header) => slot.onHead(status, header),
    onBegin: () => slot.onBegin(),
    onSpent,
  };
}

function waitEnd(forMs: number | undefined, clock: Clock): Pick<Wait, 'untilMs' | 'untilTime'> {
  if (forMs === undefined) return {};
  // What is farther away than any date is no time that could be told.
  const ms = Math.min(forMs, maxRetryDelayMs);
  const untilMs = clock.now() + ms;
  if (ms <= longWaitMs) return { untilMs };
  return { untilMs, untilTime: new Date(Date.now() + ms).toISOString() };
}

async function waitToRetry(
  failure: ProviderError,
  { delayMs, repeats }: { readonly delayMs: number; readonly repeats: Repetition | undefined },
  { clock, signal, emit }: TurnContext,
): Promise<void> {
  const reason = failure.kind === 'rate_limit' ? 'rate_limit' : 'retry';
  emit({ type: 'conversation.waiting', reason, ...repeats, ...waitEnd(delayMs, clock) });
  await sleep(clock, delayMs, signal);
}
