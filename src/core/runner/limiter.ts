import { defaultRetryPolicy } from '../agent/retryPolicy.ts';
import type { RequestEnd, Slot, SlotRequest, TurnGate } from '../agent/turnGate.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isOverload, isUnreachable } from '../providers/providerError.ts';
import { ConcurrencyWindow } from './concurrencyWindow.ts';
import { LearnedPace } from './learnedPace.ts';
import type { ProbePauses } from './outage.ts';
import { Outage } from './outage.ts';
import { RateModel } from './rateModel.ts';
import { RetryAfterGate } from './retryAfterGate.ts';
import type { WaitingRepetition } from './retryBudget.ts';
import { RetryBudget } from './retryBudget.ts';
import type { Waiter } from './waitingLines.ts';
import { WaitingLines } from './waitingLines.ts';
import { noticeableMs, WaitNotices } from './waitNotices.ts';

/** How many model requests may be under way at once. */
export type Concurrency = 'auto' | 'unlimited' | number;

/** No timer is set for longer, in ms, so that a long wait ends on time whatever happens to the clocks. */
const longestTimerMs = 60_000;

/** Limits for a minute that the user sets. */
export interface RateCaps {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

interface EndedRequest {
  readonly sequence: number;
  readonly sentAtMs: number;
  readonly request: SlotRequest;
  /** Whether its response told of a limit of requests. */
  readonly toldLimit: boolean;
}

/**
 * Admits the model requests to one endpoint, key and model, for every run that uses them.
 *
 * It sends at the pace at which the server's own limits fill up again, as the headers of every
 * response tell of them, instead of running into them. When the server says how long to wait,
 * everyone waits. Without headers it finds the right number of requests at once by itself. After an
 * error that no repetition can mend (a refused key, an exhausted quota) nobody is admitted until
 * `resume`, and then one request first, to see whether it is mended. When nothing answers at all, one
 * request after another goes ahead to see whether something does again.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #pauses: ProbePauses;
  readonly #retryAfter: RetryAfterGate;
  readonly #lines = new WaitingLines();
  readonly #window = new ConcurrencyWindow();
  readonly #rates: RateModel;
  readonly #pace = new LearnedPace();
  readonly #retries: RetryBudget;
  #active = 0;
  #sequence = 0;
  #outage: Outage | undefined;
  #block: ProviderError | undefined;
  #probing = false;
  readonly #notices: WaitNotices;
  #timer: Disposable | undefined;

  /** `wallNow` gives the time since the epoch. */
  constructor(
    clock: Clock,
    pauses: ProbePauses = defaultRetryPolicy,
    wallNow: () => number = Date.now,
  ) {
    this.#clock = clock;
    this.#pauses = pauses;
    this.#retryAfter = new RetryAfterGate(clock, wallNow);
    this.#rates = new RateModel(clock);
    this.#retries = new RetryBudget(clock);
    this.#notices = new WaitNotices({
      lines: this.#lines,
      clock,
      block: () => this.#block,
      outage: () => this.#outage,
      waitMs: (requests) => this.#waitMs(requests),
      giveUp: (waiter, failure) => {
        this.#leave(waiter);
        waiter.refuse(failure);
      },
    });
  }

  /** The gate for conversations of a run with this concurrency. */
  gate(concurrency: Concurrency): TurnGate {
    const cap = concurrency === 'unlimited' ? Number.POSITIVE_INFINITY : concurrency;
    const own = cap === 'auto' ? undefined : cap;
    return { acquire: (request, signal) => this.#acquire(request, own, signal) };
  }

  /** Sets the user's own limits for a minute, on top of the server's; undefined for none. */
  cap({ requestsPerMinute, tokensPerMinute }: RateCaps): void {
    this.#rates.cap('requests', requestsPerMinute);
    this.#rates.cap('tokens', tokensPerMinute);
    this.#admit();
  }

  /** Admits requests again after an error that held everyone back. */
  resume(): void {
    // Where nobody waits, whoever comes next finds out from the start.
    if (this.#lines.size === 0 && !this.#outage?.isProbing) this.#outage = undefined;
    if (this.#outage?.isLong) this.#outage.hurry(this.#clock.now());
    if (this.#block === undefined) {
      this.#admit();
      return;
    }
    this.#block = undefined;
    this.#probing = true;
    this.#admit();
  }

  #acquire(request: SlotRequest, cap: number | undefined, signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      let pause: WaitingRepetition | undefined;
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
        cap,
        grant: (slot) => settle(() => resolve(slot)),
        refuse: (failure) => settle(() => reject(failure)),
      };
      pause = request.again ? this.#retries.spend(() => this.#join(waiter)) : undefined;
      if (pause === undefined) {
        this.#join(waiter);
        // Most are admitted at once: a listener would be for nothing.
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

  /** Grants slots to those who may go now, and sets a timer for when the next one may. */
  #admit(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    while (this.#block === undefined && !this.#outage?.isProbing) {
      const most = this.#probing ? 1 : Number.POSITIVE_INFINITY;
      const next = this.#lines.next(this.#active, this.#window.size, most);
      if (next === undefined) return;
      const waitMs = Math.max(this.#waitMs(1), this.#msUntilProbe());
      if (waitMs > 0) {
        const ms = Math.min(longestTimerMs, Math.ceil(waitMs));
        this.#timer = this.#clock.after(ms, () => this.#admit());
        return;
      }
      this.#lines.delete(next);
      next.grant(this.#createSlot(next.request));
    }
  }

  /** Milliseconds until that many more requests may be sent, as far as the server is concerned. */
  #waitMs(requests: number): number {
    const paceMs = this.#pace.msUntil(requests, this.#clock.now());
    return Math.max(0, this.#retryAfter.msUntilOpen(), paceMs, this.#rates.msUntil(requests));
  }

  #msUntilProbe(): number {
    return this.#outage?.msUntilProbe(this.#clock.now()) ?? 0;
  }

  #createSlot(request: SlotRequest): Slot {
    const sequence = ++this.#sequence;
    const sentAtMs = this.#clock.now();
    this.#active++;
    this.#rates.take();
    this.#pace.take({ sequence, sentAtMs });
    this.#outage?.sent(sequence, sentAtMs);
    if (!request.again) this.#retries.earn();
    let held = true;
    let toldLimit = false;
    return {
      onHead: (_status, header) => {
        this.#endOutage(request);
        toldLimit = this.#rates.learn(header, this.#sequence - sequence, sentAtMs);
        if (!toldLimit) return;
        this.#pace.forget();
        this.#window.open();
        this.#admit();
        this.#notices.limited();
      },
      onBegin: () => undefined,
      release: (end) => {
        if (!held) return;
        held = false;
        this.#heed(end, { sequence, sentAtMs, request, toldLimit });
        this.#active--;
        this.#admit();
      },
    };
  }

  #heed({ usage, failure }: RequestEnd, ended: EndedRequest): void {
    const { sequence, request } = ended;
    if (usage !== undefined) {
      this.#probing = false;
      this.#retries.succeeded();
      this.#rates.learnCost(usage);
      this.#window.grow(this.#active);
    }
    if (failure !== undefined && isUnreachable(failure)) {
      this.#heedSilence(failure, sequence);
      return;
    }
    // Whatever else comes of it is said by somebody: the server can be reached.
    if (usage !== undefined || failure !== undefined) this.#endOutage(request);
    else this.#outage?.abandoned(sequence);
    if (failure?.blocking) this.#holdEveryone(failure);
    else if (failure !== undefined) this.#heedFailure(failure, ended);
  }

  #heedFailure(failure: ProviderError, ended: EndedRequest): void {
    const { sequence } = ended;
    const { kind, retryAfterMs } = failure;
    // Where a refusal comes with the state of the limits, that says more than the refusal itself.
    if (kind === 'rate_limit' && !ended.toldLimit) this.#heedRefusal(retryAfterMs ?? 0, ended);
    if (kind !== 'rate_limit' && failure.retryable) this.#retries.failed();
    if (isOverload(failure)) this.#window.cut('overloaded', sequence, this.#sequence);
    const isPaced = kind === 'rate_limit' || kind === 'overloaded';
    if (!isPaced || retryAfterMs === undefined) return;
    // For everyone: the server has said how long to wait.
    if (this.#retryAfter.close(retryAfterMs)) this.#notices.closed(retryAfterMs);
  }

  #heedRefusal(waitMs: number, { sequence, sentAtMs }: EndedRequest): void {
    const newest = this.#sequence;
    const now = { newest, nowMs: this.#clock.now(), waitMs };
    const isCrowded = this.#pace.refused({ sequence, sentAtMs }, now);
    if (isCrowded) this.#window.cut('rate_limit', sequence, newest);
    this.#rates.drain();
  }

  /** Nothing answered: from now on one request at a time looks whether something does again. */
  #heedSilence(failure: ProviderError, sequence: number): void {
    const nowMs = this.#clock.now();
    const wasLong = this.#outage?.isLong ?? false;
    if (this.#outage === undefined) this.#outage = new Outage(failure, this.#pauses, nowMs);
    else if (!this.#outage.failedAgain(sequence, nowMs)) return;
    // It has been said already that nothing answers.
    if (wasLong) return;
    this.#notices.offline(this.#outage);
  }

  #endOutage(answered: SlotRequest): void {
    const outage = this.#outage;
    if (outage === undefined) return;
    this.#outage = undefined;
    if (outage.isLong) {
      for (const request of [answered, ...this.#lines.all().map((waiter) => waiter.request)]) {
        request.onUnblocked(outage.failure);
      }
    }
    this.#admit();
  }

  /** The first such error counts; those that were under way at the same time say the same again. */
  #holdEveryone(failure: ProviderError): void {
    this.#block ??= failure;
    this.#notices.blocked(failure);
  }

  #leave(waiter: Waiter): void {
    this.#lines.delete(waiter);
    // A timer that nobody waits for would keep the process alive.
    if (this.#lines.size === 0) this.#timer?.dispose();
  }
}
