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
import { Refusals } from './refusals.ts';
import type { WaitingRetry } from './retryBudget.ts';
import { RetryBudget } from './retryBudget.ts';
import type { Waiter } from './waitingLines.ts';
import { WaitingLines } from './waitingLines.ts';
import { noticeableMs, WaitNotices } from './waitNotices.ts';

/** Max model requests in flight. */
export type Concurrency = 'auto' | 'unlimited' | number;

/** Max length of a timer, in ms: a long wait ends on time even after sleep. */
const maxTimerMs = 60_000;

/** The code of a refusal because requests grew too fast. */
const rampCode = 'ramp_limit_exceeded';

/** Limits per minute that the user sets. */
export interface RateCaps {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

interface EndedRequest {
  readonly sequence: number;
  readonly sentAtMs: number;
  readonly request: SlotRequest;
  readonly beganAtMs: number | undefined;
  /** Whether its response told a limit of requests. */
  readonly toldLimit: boolean;
}

export interface LimiterOptions {
  /** Pauses between probes of an unreachable server. */
  readonly pauses?: ProbePauses | undefined;
  /** Gives the time since the epoch. */
  readonly wallNow?: () => number;
  /** Whether the server is on this machine or network. */
  readonly isLocal?: boolean;
}

/**
 * Admits the model requests to one endpoint, key and model, for all runs that use them; the runs take turns.
 *
 * It keeps to the server's limits, which it models from the rate-limit headers. When the server says how long
 * to wait, everyone waits. Without headers it learns the pace and the number of requests in flight by itself.
 * After an error that no retry can mend (a refused key, an exhausted quota), and after too many refusals in a
 * row, it admits nothing until `resume`, and then one request first as a probe. While the server is
 * unreachable, one request at a time goes as a probe.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #pauses: ProbePauses;
  readonly #refusals: Refusals;
  readonly #lines = new WaitingLines();
  readonly #window: ConcurrencyWindow;
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

  constructor(clock: Clock, options: LimiterOptions = {}) {
    this.#clock = clock;
    this.#pauses = options.pauses ?? defaultRetryPolicy;
    this.#refusals = new Refusals(clock, options.wallNow ?? Date.now);
    this.#window = new ConcurrencyWindow(options.isLocal);
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

  /** The gate for conversations of this run, with this concurrency. */
  gate(concurrency: Concurrency, run: object = {}): TurnGate {
    const max = concurrency === 'unlimited' ? Number.POSITIVE_INFINITY : concurrency;
    const cap = max === 'auto' ? undefined : max;
    return { acquire: (request, signal) => this.#acquire(request, { run, cap }, signal) };
  }

  /** Sets the user's own limits per minute, on top of the server's; undefined for none. */
  cap({ requestsPerMinute, tokensPerMinute }: RateCaps): void {
    this.#rates.cap('requests', requestsPerMinute);
    this.#rates.cap('tokens', tokensPerMinute);
    this.#admit();
  }

  /** Admits requests again after an error that blocked everyone. */
  resume(): void {
    // When nobody waits, the next request starts over.
    if (this.#lines.size === 0 && !this.#outage?.isProbing) this.#outage = undefined;
    if (this.#outage?.isLong) this.#outage.hurry(this.#clock.now());
    if (this.#block?.kind === 'rate_limit') this.#refusals.forget();
    if (this.#block === undefined) {
      this.#admit();
      return;
    }
    this.#block = undefined;
    this.#probing = true;
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
    while (this.#block === undefined && !this.#outage?.isProbing && !this.#refusals.isProbing) {
      const max = this.#probing ? 1 : Number.POSITIVE_INFINITY;
      const next = this.#lines.next(this.#active, this.#window.size, max);
      if (next === undefined) return;
      const waitMs = Math.max(this.#waitMs(1), this.#msUntilProbe());
      if (waitMs > 0) {
        const ms = Math.min(maxTimerMs, Math.ceil(waitMs));
        this.#timer = this.#clock.after(ms, () => this.#admit());
        return;
      }
      this.#lines.take(next);
      next.grant(this.#createSlot(next.request));
    }
  }

  /** Milliseconds until that many more requests may be sent. */
  #waitMs(requests: number): number {
    const paceMs = this.#pace.msUntil(requests, this.#clock.now());
    return Math.max(0, this.#refusals.msUntilOpen(), paceMs, this.#rates.msUntil(requests));
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
    this.#refusals.sent(sequence);
    if (!request.again) this.#retries.earn();
    let held = true;
    let toldLimit = false;
    let beganAtMs: number | undefined;
    return {
      onHead: (status, header) => {
        this.#endOutage(request);
        toldLimit = this.#rates.learn(header, this.#sequence - sequence, sentAtMs);
        if (status < 400) this.#accept(sequence);
        if (!toldLimit) return;
        this.#pace.forget();
        this.#window.told();
        this.#admit();
        this.#notices.limited();
      },
      onBegin: () => {
        beganAtMs = this.#clock.now();
      },
      release: (end) => {
        if (!held) return 0;
        held = false;
        this.#heed(end, { sequence, sentAtMs, beganAtMs, request, toldLimit });
        this.#active--;
        const { inRow } = this.#refusals;
        this.#admit();
        return inRow;
      },
    };
  }

  /** The endpoint accepts requests: waiters go on. */
  #accept(sequence: number): void {
    const wasProbing = this.#refusals.isProbing;
    this.#refusals.accepted(sequence);
    this.#pace.accepted(sequence);
    if (wasProbing && !this.#refusals.isProbing) this.#admit();
  }

  #heed({ usage, failure }: RequestEnd, ended: EndedRequest): void {
    const { sequence, sentAtMs, request } = ended;
    if (usage !== undefined) {
      this.#probing = false;
      this.#refusals.accepted(sequence);
      this.#retries.succeeded();
      this.#rates.learnCost(usage);
      const nowMs = this.#clock.now();
      this.#window.grow(this.#active, { sentAtMs, beganAtMs: ended.beganAtMs ?? nowMs, nowMs });
    }
    if (failure?.kind !== 'rate_limit') this.#refusals.ended(sequence);
    if (failure !== undefined && isUnreachable(failure)) {
      this.#heedSilence(failure, sequence);
      return;
    }
    // Any other ending comes from the server, so it can be reached.
    if (usage !== undefined || failure !== undefined) this.#endOutage(request);
    else this.#outage?.abandoned(sequence);
    if (failure?.blocking) this.#holdEveryone(failure);
    else if (failure !== undefined) this.#heedFailure(failure, ended);
  }

  #heedFailure(failure: ProviderError, ended: EndedRequest): void {
    const { sequence } = ended;
    const { kind, retryAfterMs } = failure;
    const askedMs = kind === 'rate_limit' || kind === 'overloaded' ? (retryAfterMs ?? 0) : 0;
    if (kind === 'rate_limit') this.#heedRefusal(failure, askedMs, ended);
    else if (failure.retryable) this.#retries.failed();
    if (isOverload(failure)) this.#window.cut('overloaded', sequence, this.#sequence);
    // The wait that the server names holds for everyone.
    if (kind !== 'rate_limit') this.#close(askedMs);
  }

  #heedRefusal(failure: ProviderError, askedMs: number, ended: EndedRequest): void {
    const { sequence, sentAtMs, toldLimit, request } = ended;
    const newest = this.#sequence;
    const backOffMs = this.#refusals.refused(sequence, newest);
    if (this.#refusals.inRow >= request.maxRefusals) {
      this.#holdEveryone(failure);
      return;
    }
    const isRamp = failure.code === rampCode;
    if (isRamp) this.#pace.ramp(this.#clock.now());
    // Limits that come with a refusal explain it, unless something is left of them: then too many requests
    // were in flight.
    const isExplained = toldLimit && this.#rates.isUsedUp;
    if (!isExplained || isRamp) {
      const now = { newest, nowMs: this.#clock.now(), waitMs: askedMs };
      // A first refusal that names a wait is answered by the wait.
      const isLasting = askedMs === 0 || this.#refusals.inRow > 1;
      const isCrowded = toldLimit ? isLasting : this.#pace.refused({ sequence, sentAtMs }, now);
      if (isCrowded || isRamp) this.#window.cut('rate_limit', sequence, newest);
      if (!toldLimit) this.#rates.drain();
    }
    this.#close(askedMs > 0 ? askedMs : backOffMs);
  }

  #close(forMs: number): void {
    if (forMs > 0 && this.#refusals.close(forMs)) this.#notices.closed(forMs);
  }

  /** Nothing answered: from now on one request at a time goes as a probe. */
  #heedSilence(failure: ProviderError, sequence: number): void {
    const nowMs = this.#clock.now();
    const wasLong = this.#outage?.isLong ?? false;
    if (this.#outage === undefined) this.#outage = new Outage(failure, this.#pauses, nowMs);
    else if (!this.#outage.failedAgain(sequence, nowMs)) return;
    // People know already.
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

  /** The first such error counts; requests in flight at the same time repeat it. */
  #holdEveryone(failure: ProviderError): void {
    this.#block ??= failure;
    this.#notices.blocked(failure);
  }

  #leave(waiter: Waiter): void {
    this.#lines.delete(waiter);
    // A timer without waiters would keep the process alive.
    if (this.#lines.size === 0) this.#timer?.dispose();
  }
}
