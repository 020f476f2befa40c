import type { Slot, SlotRequest, TurnGate } from '../agent/turnGate.ts';
import { notRefused } from '../agent/turnGate.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable, Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isUnreachable } from '../providers/providerError.ts';
import type { PolicyOptions, RateCaps } from './admissionPolicy.ts';
import { AdmissionPolicy } from './admissionPolicy.ts';
import type { WaitingRetry } from './retryBudget.ts';
import { RetryBudget } from './retryBudget.ts';
import type { Waiter } from './waitingLines.ts';
import { WaitingLines } from './waitingLines.ts';
import { noticeableMs, WaitNotices } from './waitNotices.ts';

/** Max model requests in flight. */
export type Concurrency = 'auto' | 'unlimited' | number;

/** Max length of a timer, in ms: a long wait ends on time even after sleep. */
const maxTimerMs = 60_000;

/**
 * Admits the model requests to one endpoint, key and model, for all runs that use them; the runs take turns.
 *
 * It keeps to the server's limits, which it models from the rate-limit headers. When the server says how long
 * to wait, everyone waits; when it refuses one request though its limits leave room, only that conversation
 * waits. Without headers it learns the pace and the number of requests in flight by itself.
 * After an error that no retry can mend (a refused key, an exhausted quota), and after too many refusals in a
 * row, it admits nothing until `resume`, and then one request first as a probe. While the server is
 * unreachable, one request at a time goes as a probe.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #policy: AdmissionPolicy;
  readonly #lines = new WaitingLines();
  readonly #retries: RetryBudget;
  readonly #notices: WaitNotices;
  readonly #mended = new Emitter<ProviderError>();
  #active = 0;
  #timer: Disposable | undefined;

  constructor(clock: Clock, options: PolicyOptions = {}) {
    this.#clock = clock;
    this.#retries = new RetryBudget(clock);
    this.#policy = new AdmissionPolicy(clock, options, {
      onBlocked: (failure) => this.#notices.blocked(failure),
      onOffline: (outage) => this.#notices.offline(outage),
      onClosed: (forMs) => this.#notices.closed(forMs),
      onMended: (failure) => this.#mended.fire(failure),
    });
    this.#notices = new WaitNotices({
      lines: this.#lines,
      clock,
      policy: this.#policy,
      giveUp: (waiter, failure) => {
        this.#leave(waiter);
        waiter.refuse(failure);
      },
    });
  }

  /** The error that blocks everyone until it is mended. Waiters are told of it with the reason `blocked`. */
  get block(): ProviderError | undefined {
    return this.#policy.block;
  }

  /** A `block` has mended itself: the server answers again. */
  get onDidMend(): Event<ProviderError> {
    return this.#mended.event;
  }

  /** The gate for conversations of this run, with this concurrency. */
  gate(concurrency: Concurrency, run: object = {}): TurnGate {
    const max = concurrency === 'unlimited' ? Number.POSITIVE_INFINITY : concurrency;
    const cap = max === 'auto' ? undefined : max;
    return { acquire: (request, signal) => this.#acquire(request, { run, cap }, signal) };
  }

  /** Sets the user's own limits per minute, on top of the server's; undefined for none. */
  cap(caps: RateCaps): void {
    this.#policy.cap(caps);
    this.#admit();
  }

  /** Admits requests again after an error that blocked everyone. */
  resume(): void {
    this.#policy.resume(this.#lines.size > 0);
    this.#admit();
  }

  #acquire(
    request: SlotRequest,
    { run, cap }: Pick<Waiter, 'run' | 'cap'>,
    signal: AbortSignal,
  ): Promise<Slot> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      let pause: WaitingRetry | undefined;
      const onAbort = (): void => {
        pause?.dispose();
        this.#leave(waiter);
        reject(signal.reason);
      };
      const settle = (act: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        act();
      };
      const waiter: Waiter = {
        request,
        run,
        cap,
        grant: (slot) => settle(() => resolve(slot)),
        refuse: (failure) => settle(() => reject(failure)),
      };
      pause = request.again ? this.#retries.spend(() => this.#join(waiter)) : undefined;
      if (pause === undefined) {
        this.#join(waiter);
        // Most are admitted at once and need no listener.
        if (!this.#lines.has(waiter)) return;
        if (signal.aborted) onAbort();
        else signal.addEventListener('abort', onAbort, { once: true });
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      if (pause.waitMs >= noticeableMs) request.onWait('retry', pause.waitMs);
    });
  }

  #join(waiter: Waiter): void {
    this.#lines.add(waiter);
    this.#admit();
    if (this.#lines.has(waiter)) this.#notices.joined(waiter);
  }

  /** Grants slots to waiters that may go now, and sets a timer for the next one. */
  #admit(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    while (this.#policy.isOpen) {
      const { windowSize, maxActive } = this.#policy;
      const next = this.#lines.next(this.#active, windowSize, maxActive);
      if (next === undefined) return;
      const waitMs = this.#policy.msUntilNext();
      if (waitMs > 0) {
        const ms = Math.min(maxTimerMs, Math.ceil(waitMs));
        this.#timer = this.#clock.after(ms, () => this.#admit());
        return;
      }
      this.#lines.take(next);
      next.grant(this.#createSlot(next.request));
    }
  }

  #createSlot({ again, maxRefusals }: SlotRequest): Slot {
    const sent = this.#policy.sent(maxRefusals);
    this.#active++;
    if (!again) this.#retries.earn();
    let isHeld = true;
    return {
      onHead: (status, header) => {
        this.#policy.learn(sent, status, header);
        this.#admit();
        if (sent.isLimitTold) this.#notices.limited();
      },
      onBegin: () => this.#policy.began(sent),
      release: (end) => {
        if (!isHeld) return notRefused;
        isHeld = false;
        if (end.usage !== undefined) this.#retries.succeeded();
        if (countsAsFailure(end.failure)) this.#retries.failed();
        const ownWaitMs = this.#policy.ended(sent, end, this.#active);
        this.#active--;
        const { refusalsInRow } = this.#policy;
        this.#admit();
        return { refusalsInRow, ownWaitMs };
      },
    };
  }

  #leave(waiter: Waiter): void {
    this.#lines.delete(waiter);
    // A timer without waiters would keep the process alive.
    if (this.#lines.size === 0) this.#timer?.dispose();
  }
}

/** Failures that make the pauses between retries longer: not refusals, which have waits of their own. */
function countsAsFailure(failure: ProviderError | undefined): boolean {
  if (failure === undefined || failure.blocking || isUnreachable(failure)) return false;
  return failure.retryable && failure.kind !== 'rate_limit';
}
