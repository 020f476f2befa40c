import type { RequestSlots, Slot, SlotRequest } from '../agent/requestSlots.ts';
import { notRefused } from '../agent/requestSlots.ts';
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
 * Admits the model requests to one endpoint, key and model, for all runs that use them. The runs take turns.
 *
 * - It keeps to the rate limits in the server's headers. Without headers it learns the pace and the number of
 *   requests in flight.
 * - When the server asks for a wait, all requests wait. When the server refuses one request although its limits
 *   have room, only that conversation waits.
 * - After an error that no retry can fix (a refused key, an exhausted quota) and after too many consecutive
 *   refusals, it admits nothing until `resume`, and then one request as a probe.
 * - While the server is unreachable, one request at a time is sent as a probe.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #policy: AdmissionPolicy;
  readonly #lines = new WaitingLines();
  readonly #retries: RetryBudget;
  readonly #notices: WaitNotices;
  readonly #recovered = new Emitter<ProviderError>();
  #active = 0;
  #timer: Disposable | undefined;

  constructor(clock: Clock, options: PolicyOptions = {}) {
    this.#clock = clock;
    this.#retries = new RetryBudget(clock);
    this.#policy = new AdmissionPolicy(clock, options, {
      onBlocked: (failure) => this.#notices.blocked(failure),
      onOffline: (outage) => this.#notices.offline(outage),
      onClosed: (forMs) => this.#notices.closed(forMs),
      onRecovered: (failure) => this.#recovered.fire(failure),
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

  /** The error that blocks all requests until it is fixed. Waiters see the reason `blocked`. */
  get block(): ProviderError | undefined {
    return this.#policy.block;
  }

  /** The server answers again after a `block`, whoever has resumed it. */
  get onDidRecover(): Event<ProviderError> {
    return this.#recovered.event;
  }

  /** The slots for conversations of this run, with this concurrency. */
  slots(concurrency: Concurrency, run: object = {}): RequestSlots {
    const max = concurrency === 'unlimited' ? Number.POSITIVE_INFINITY : concurrency;
    const cap = max === 'auto' ? undefined : max;
    return { acquire: (request, signal) => this.#acquire(request, { run, cap }, signal) };
  }

  /** Sets the user's own rate limits, in addition to the server's; undefined for none. */
  cap(caps: RateCaps): void {
    this.#policy.cap(caps);
    this.#admit();
  }

  /** Admits requests again after an error that blocked all requests. */
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
        // Most requests are admitted at once and need no listener.
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
    if (this.#lines.size === 0 && this.#hasRoomFor(waiter)) {
      // Nearly always nobody waits: no line is needed.
      this.#lines.passed(waiter.run);
      waiter.grant(this.#createSlot(waiter.request));
      return;
    }
    this.#lines.add(waiter);
    this.#admit();
    if (this.#lines.has(waiter)) this.#notices.joined(waiter);
  }

  #hasRoomFor({ cap }: Waiter): boolean {
    const { isOpen, maxActive, windowSize } = this.#policy;
    if (!isOpen || this.#active >= Math.min(maxActive, cap ?? windowSize)) return false;
    return this.#policy.msUntilNext() <= 0;
  }

  /** Grants slots to the waiters that may be sent now, and sets a timer for the next one. */
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
        if (sent.hasRequestLimit) this.#notices.limited();
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

/** Whether a failure lengthens the pauses between retries. Refusals do not: they have their own waits. */
function countsAsFailure(failure: ProviderError | undefined): boolean {
  if (failure === undefined || failure.blocking || isUnreachable(failure)) return false;
  return failure.retryable && failure.kind !== 'rate_limit';
}
