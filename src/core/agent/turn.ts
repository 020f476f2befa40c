import type {
  ConversationError,
  ConversationStep,
  Usage,
  WaitReason,
} from '../../shared/conversationEvents.ts';
import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/clock.ts';
import type { ModelRequest, ModelTurn, Provider, TurnObserver } from '../providers/provider.ts';
import { isBlocking, ProviderError } from '../providers/providerError.ts';
import { asProviderError, toConversationError } from './conversationError.ts';
import type { FailureFamily, RetryPolicy } from './retryPolicy.ts';
import { emptyAnswerCode, familyOf, retryDelayMs } from './retryPolicy.ts';
import type { Slot, TurnGate } from './turnGate.ts';

/** What one turn needs from its surroundings. */
export interface TurnContext {
  readonly provider: Provider;
  readonly gate: TurnGate;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  readonly emit: (step: ConversationStep) => void;
  /** Whether to wait until a person has mended an error that holds for every request, or to fail. */
  readonly onBlocked: (failure: ProviderError) => 'wait' | 'fail';
  /** Whether the money for this conversation or for the run is spent. */
  readonly isBudgetSpent: () => boolean;
  /** Books a complete response, before anyone else is admitted: what it cost may have been the last. */
  readonly onTurn: (turn: ModelTurn) => void;
  /** Hears, possibly many times, what a person should know and what stops nothing. */
  readonly onNote?: (text: string) => void;
}

export type TurnOutcome =
  | { readonly kind: 'turn'; readonly turn: ModelTurn }
  /** Nothing was sent, because the money was spent while the request waited for its slot. */
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
  const failures = new FailureCount(context);
  for (let attempt = 1; ; attempt++) {
    const result = await attemptTurn(request, { turn, attempt }, context);
    if (result.kind !== 'failed') return result;
    const { failure } = result;
    const error = toConversationError(failure, result.sent ? attempt : attempt - 1);
    const delay = failures.delayAfter(failure);
    const { usage } = result;
    // What the last attempt cost counts too, though no other follows it.
    if (delay !== undefined || usage !== undefined) {
      context.emit({ type: 'turn.discarded', turn, attempt, error, ...(usage ? { usage } : {}) });
    }
    if (delay === undefined) return { kind: 'failed', failure, error };
    if (delay > 0) await waitToRetry(failure, delay, context);
  }
}

/** Counts a turn's failures and says how long to wait after each, or that there have been enough. */
class FailureCount {
  readonly #context: TurnContext;
  readonly #alike = new Map<FailureFamily, number>();
  #firstMs: number | undefined;

  constructor(context: TurnContext) {
    this.#context = context;
  }

  delayAfter(failure: ProviderError): number | undefined {
    const { clock, retry, onBlocked } = this.#context;
    if (isBlocking(failure)) return onBlocked(failure) === 'wait' ? 0 : undefined;
    const family = familyOf(failure);
    const alike = (this.#alike.get(family) ?? 0) + 1;
    this.#alike.set(family, alike);
    this.#firstMs ??= clock.now();
    const spentMs = clock.now() - this.#firstMs;
    return retryDelayMs(retry, { failure, alike, spentMs }, clock.random());
  }
}

interface Attempt {
  readonly turn: number;
  readonly attempt: number;
}

type AttemptOutcome =
  | { readonly kind: 'turn'; readonly turn: ModelTurn }
  | { readonly kind: 'unaffordable' }
  | {
      readonly kind: 'failed';
      readonly failure: ProviderError;
      /** False when the limiter did not even let the request out. */
      readonly sent: boolean;
      /** What the attempt cost all the same. */
      readonly usage?: Usage;
    };

async function attemptTurn(
  request: ModelRequest,
  at: Attempt,
  context: TurnContext,
): Promise<AttemptOutcome> {
  let slot: Slot;
  try {
    slot = await acquireSlot(at, context);
    if (context.isBudgetSpent()) {
      slot.release({});
      return { kind: 'unaffordable' };
    }
    announce(at, context);
  } catch (thrown) {
    context.signal.throwIfAborted();
    return { kind: 'failed', failure: asProviderError(thrown), sent: false };
  }
  try {
    const result = await context.provider.turn(request, observe(slot, at, context), context.signal);
    const { usage } = result;
    const empty = isEmpty(result);
    if (!empty) context.onTurn(result);
    slot.release({ usage });
    if (empty) return { kind: 'failed', failure: emptyAnswer(), sent: true, usage };
    return { kind: 'turn', turn: result };
  } catch (thrown) {
    const aborted = context.signal.aborted;
    const failure = asProviderError(thrown);
    slot.release(aborted ? {} : { failure });
    if (aborted) throw context.signal.reason;
    return { kind: 'failed', failure, sent: true };
  }
}

/** A turn that says nothing and asks for nothing is a hiccup of the model, not an answer. */
function isEmpty({ stop, message }: ModelTurn): boolean {
  return stop === 'final' && message.text.trim() === '' && message.toolCalls.length === 0;
}

function emptyAnswer(): ProviderError {
  const message = 'The model gave an empty answer. Retry, or ask in other words.';
  return new ProviderError(message, { kind: 'protocol', code: emptyAnswerCode });
}

function isStarted({ turn, attempt }: Attempt): boolean {
  return turn > 1 || attempt > 1;
}

function announce(at: Attempt, { emit }: TurnContext): void {
  if (!isStarted(at)) emit({ type: 'conversation.started' });
  emit({ type: 'turn.started', turn: at.turn, attempt: at.attempt });
}

function acquireSlot(at: Attempt, context: TurnContext): Promise<Slot> {
  const { gate, signal, emit, clock, onBlocked } = context;
  const started = isStarted(at);
  const onWait = (reason: WaitReason, forMs?: number): void => {
    // Until its first request is sent a conversation is simply queued, unless a limit holds it.
    if (!started && reason === 'slot') return;
    const until = forMs === undefined ? {} : { untilMs: clock.now() + forMs };
    emit({ type: 'conversation.waiting', reason, ...until });
  };
  return gate.acquire(
    {
      started,
      onWait,
      onBlocked: (failure) => {
        const answer = onBlocked(failure);
        if (answer === 'wait') onWait('blocked');
        return answer;
      },
    },
    signal,
  );
}

function observe(slot: Slot, { turn }: Attempt, { emit, onNote }: TurnContext): TurnObserver {
  return {
    onText: (text) => emit({ type: 'turn.delta', turn, text }),
    onThinking: (text) => emit({ type: 'turn.thinking', turn, text }),
    onNote: (text) => onNote?.(text),
    onHead: (status, header) => slot.onHead(status, header),
    onBegin: () => slot.onBegin(),
  };
}

async function waitToRetry(failure: ProviderError, delayMs: number, context: TurnContext) {
  const { clock, signal, emit } = context;
  const reason = failure.kind === 'rate_limit' ? 'rate_limit' : 'retry';
  emit({ type: 'conversation.waiting', reason, untilMs: clock.now() + delayMs });
  await sleep(clock, delayMs, signal);
}
