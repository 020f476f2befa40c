import type { Wait, WaitReason } from '../../shared/wait.ts';
import type { Clock } from '../base/clock.ts';
import type { ModelRequest } from '../providers/provider.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { maxRetryDelayMs } from '../providers/transport/retryAfter.ts';
import type { ConversationContext } from './conversationContext.ts';
import { asProviderError } from './conversationError.ts';
import { notRefused, type Slot } from './requestSlots.ts';
import type { Refusal, Reservation } from './reservation.ts';

/** For a longer wait, in ms, the time of day at which it ends is shown. */
const longWaitMs = 120_000;

/** Which attempt follows a failure, of how many, and what the failure was. */
export type Repetition = Pick<Wait, 'attempt' | 'of' | 'cause'>;

/** One attempt to get a turn. */
export interface Attempt {
  readonly turn: number;
  readonly attempt: number;
  /** Absent for the first one, and after failures that do not count. */
  readonly repeats: Repetition | undefined;
  /** Present when the endpoint has refused requests several times in a row. */
  readonly refused: Repetition | undefined;
}

/** A request that may be sent: it has its slot and its part of the budget. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly slot: Slot;
  readonly reservation: Reservation;
}

/** The outcome of `admit`. */
export type Admission =
  | Admitted
  /** A limit of the run or the conversation will never allow it. */
  | ({ readonly kind: 'unaffordable' } & Refusal)
  /** The limiter sends nothing to this server any more. */
  | { readonly kind: 'refused'; readonly failure: ProviderError };

/** Reserves what the request can cost, then waits for its slot. Rejects with the signal's reason. */
export async function admit(
  request: ModelRequest,
  at: Attempt,
  context: ConversationContext,
): Promise<Admission> {
  for (;;) {
    const reservation = await reserve(request, at, context);
    if ('reason' in reservation) return { kind: 'unaffordable', ...reservation };
    let slot: Slot | undefined;
    try {
      slot = releasedOnce(await acquireSlot(request, at, context));
      if (reservation.confirm()) {
        announce(at, context);
        return { kind: 'admitted', slot, reservation };
      }
      slot.release({});
      reservation.settle();
    } catch (thrown) {
      slot?.release({});
      reservation.settle();
      context.signal.throwIfAborted();
      return { kind: 'refused', failure: asProviderError(thrown) };
    }
  }
}

/** When a wait ends: on the run's clock, and by the time of day where it is long. */
export function waitEnd(
  forMs: number | undefined,
  clock: Clock,
): Pick<Wait, 'untilMs' | 'untilTime'> {
  if (forMs === undefined) return {};
  // A server may name a time beyond the range of dates.
  const ms = Math.min(forMs, maxRetryDelayMs);
  const untilMs = clock.now() + ms;
  if (ms <= longWaitMs) return { untilMs };
  return { untilMs, untilTime: new Date(Date.now() + ms).toISOString() };
}

function isFirst({ turn, attempt }: Attempt): boolean {
  return turn === 1 && attempt === 1;
}

/** A nested conversation belongs to one that is under way. */
function isStarted(at: Attempt, { outerCallId }: ConversationContext): boolean {
  return outerCallId !== undefined || !isFirst(at);
}

function announce(at: Attempt, { emit }: ConversationContext): void {
  if (isFirst(at)) emit({ type: 'conversation.started' });
  emit({ type: 'turn.started', turn: at.turn, attempt: at.attempt });
}

function reserve(
  { messages, maxOutputTokens }: ModelRequest,
  at: Attempt,
  context: ConversationContext,
): Promise<Reservation | Refusal> {
  const { emit, signal, reserve: keep } = context;
  const onWait = (): void => emit({ type: 'conversation.waiting', reason: 'budget' });
  return keep({ messages, maxOutputTokens, started: isStarted(at, context), onWait }, signal);
}

/** After a hand-over, the history that is sent begins anew. */
function isFirstOfAgent({ messages }: ModelRequest, { attempt }: Attempt): boolean {
  return attempt === 1 && !messages.some(({ role }) => role === 'assistant');
}

function acquireSlot(
  request: ModelRequest,
  at: Attempt,
  context: ConversationContext,
): Promise<Slot> {
  const { requestSlots, signal, emit, clock, whenBlocked, retry } = context;
  const started = isStarted(at, context);
  const onWait = (reason: WaitReason, forMs?: number): void => {
    // Until its first request is sent a conversation is queued, unless a limit holds it.
    if (!started && reason === 'slot') return;
    const repeats = { retry: at.repeats, rate_limit: at.refused }[reason as string];
    emit({ type: 'conversation.waiting', reason, ...repeats, ...waitEnd(forMs, clock) });
  };
  return requestSlots.acquire(
    {
      started,
      isFirstOfAgent: isFirstOfAgent(request, at),
      again: at.repeats !== undefined,
      maxRefusals: retry.maxAttempts,
      whenBlocked,
      onWait,
    },
    signal,
  );
}

/** The same slot; only the first release counts. */
function releasedOnce(slot: Slot): Slot {
  let isHeld = true;
  return {
    onHead: (status, header) => slot.onHead(status, header),
    onBegin: () => slot.onBegin(),
    release: (end) => {
      if (!isHeld) return notRefused;
      isHeld = false;
      return slot.release(end);
    },
  };
}
