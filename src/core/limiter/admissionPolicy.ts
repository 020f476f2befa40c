import type { RequestEnd } from '../agent/requestSlots.ts';
import { defaultRetryPolicy } from '../agent/retryPolicy.ts';
import type { Clock } from '../base/clock.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isOverload, isUnreachable } from '../providers/providerError.ts';
import { ConcurrencyWindow } from './concurrencyWindow.ts';
import { LearnedPace } from './learnedPace.ts';
import type { ProbePauses } from './outage.ts';
import { Outage } from './outage.ts';
import { RateModel } from './rateModel.ts';
import { Refusals } from './refusals.ts';

/** The error code of a refusal because the request rate grew too fast. */
const rampCode = 'ramp_limit_exceeded';

/** The user's own rate limits. */
export interface RateCaps {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

/** Options of an admission policy. */
export interface PolicyOptions {
  /** Pauses between probes of an unreachable server. */
  readonly pauses?: ProbePauses | undefined;
  /** Returns the time since the epoch, in ms. */
  readonly wallNow?: () => number;
  /** Whether the server is on this machine or network. */
  readonly isLocal?: boolean;
}

/** Events of the policy that waiting requests hear about. */
export interface PolicyListeners {
  /** Nothing is sent until the user has fixed this error. */
  onBlocked(failure: ProviderError): void;
  /** The server is unreachable. */
  onOffline(outage: Outage): void;
  /** All requests wait for this long, in ms. */
  onClosed(forMs: number): void;
  /** The server answers again after the error that blocked all requests. */
  onRecovered(failure: ProviderError): void;
}

/** A request in flight. */
export interface SentRequest {
  /** Counts from 1. */
  readonly sequence: number;
  readonly sentAtMs: number;
  /** Max consecutive refusals by the endpoint before its conversation gives up. */
  readonly maxRefusals: number;
  /** When its response began. */
  beganAtMs?: number;
  /** Whether its response reported a limit on requests. */
  hasRequestLimit: boolean;
}

/**
 * Decides when requests to one endpoint may be sent. It combines what the responses of the endpoint show: the
 * rate limits in their headers, the pace learned from refusals, the window of requests in flight, requested
 * waits, outages, and errors that block all requests.
 */
export class AdmissionPolicy {
  readonly #clock: Clock;
  readonly #listeners: PolicyListeners;
  readonly #pauses: ProbePauses;
  readonly #refusals: Refusals;
  readonly #window: ConcurrencyWindow;
  readonly #rates: RateModel;
  readonly #pace = new LearnedPace();
  #sequence = 0;
  #outage: Outage | undefined;
  #block: ProviderError | undefined;
  /** A block that was lifted on trial: one request at a time is sent until one succeeds. */
  #lifted: ProviderError | undefined;

  constructor(clock: Clock, options: PolicyOptions, listeners: PolicyListeners) {
    this.#clock = clock;
    this.#listeners = listeners;
    this.#pauses = options.pauses ?? defaultRetryPolicy;
    this.#refusals = new Refusals(clock, options.wallNow ?? Date.now);
    this.#window = new ConcurrencyWindow(options.isLocal);
    this.#rates = new RateModel(clock);
  }

  /** The error that blocks all requests. */
  get block(): ProviderError | undefined {
    return this.#block ?? (this.#outage?.isLong ? this.#outage.failure : undefined);
  }

  /** The current outage; undefined while the server is reachable. */
  get outage(): Outage | undefined {
    return this.#outage;
  }

  /** Whether anything may be sent at all; `msUntil` says when. */
  get isOpen(): boolean {
    return this.#block === undefined && !this.#outage?.isProbing && !this.#refusals.isProbing;
  }

  /** Max requests in flight, whatever the concurrency settings. */
  get maxActive(): number {
    return this.#lifted !== undefined ? 1 : Number.POSITIVE_INFINITY;
  }

  /** Max requests in flight with the concurrency setting `auto`. */
  get windowSize(): number {
    return this.#window.size;
  }

  /** Consecutive rate-limit refusals by the endpoint. */
  get refusalsInRow(): number {
    return this.#refusals.inRow;
  }

  /** Milliseconds until this many more requests may be sent, apart from probes of an unreachable server. */
  msUntil(requests: number): number {
    const paceMs = this.#pace.msUntil(requests, this.#clock.now());
    return Math.max(0, this.#refusals.msUntilOpen(), paceMs, this.#rates.msUntil(requests));
  }

  /** Milliseconds until the next request may be sent. */
  msUntilNext(): number {
    return Math.max(this.msUntil(1), this.#outage?.msUntilProbe(this.#clock.now()) ?? 0);
  }

  /** Sets the user's own rate limits; undefined for none. */
  cap({ requestsPerMinute, tokensPerMinute }: RateCaps): void {
    this.#rates.cap('requests', requestsPerMinute);
    this.#rates.cap('tokens', tokensPerMinute);
  }

  /** The user asks for another attempt. */
  resume(hasWaiters: boolean): void {
    // Without waiters, the next request starts over.
    if (!hasWaiters && !this.#outage?.isProbing) this.#outage = undefined;
    if (this.#outage?.isLong) this.#outage.probeNow(this.#clock.now());
    if (this.#block?.kind === 'rate_limit') this.#refusals.forget();
    if (this.#block === undefined) return;
    this.#lifted = this.#block;
    this.#block = undefined;
  }

  /** A request is sent. */
  sent(maxRefusals: number): SentRequest {
    const sequence = ++this.#sequence;
    const sentAtMs = this.#clock.now();
    this.#rates.take();
    this.#pace.take({ sequence, sentAtMs });
    this.#outage?.sent(sequence, sentAtMs);
    this.#refusals.sent(sequence);
    return { sequence, sentAtMs, maxRefusals, hasRequestLimit: false };
  }

  /** The head of a response arrived. */
  learn(request: SentRequest, status: number, header: (name: string) => string | undefined): void {
    const { sequence, sentAtMs } = request;
    this.#endOutage();
    request.hasRequestLimit = this.#rates.learn(header, this.#sequence - sequence, sentAtMs);
    const isAccepted = status < 400;
    if (isAccepted) {
      this.#refusals.accepted(sequence);
      this.#pace.accepted(sequence);
    }
    if (!request.hasRequestLimit) return;
    this.#pace.forget();
    if (isAccepted) this.#window.limitsKnown();
  }

  /** The body of a response has begun. */
  began(request: SentRequest): void {
    request.beganAtMs = this.#clock.now();
  }

  /**
   * A request ended while `active` were in flight, itself included. Returns how long its conversation waits, in
   * ms, when a refusal concerns this request alone.
   */
  ended(request: SentRequest, { usage, failure }: RequestEnd, active: number): number {
    const { sequence, sentAtMs } = request;
    if (usage !== undefined) {
      this.#refusals.accepted(sequence);
      this.#rates.learnCost(usage);
      const nowMs = this.#clock.now();
      this.#window.grow(active, { sentAtMs, beganAtMs: request.beganAtMs ?? nowMs, nowMs });
    }
    if (failure?.kind !== 'rate_limit') this.#refusals.ended(sequence);
    if (failure !== undefined && isUnreachable(failure)) {
      this.#unreachable(failure, sequence);
      return 0;
    }
    // Any other outcome comes from the server, so the server is reachable.
    if (usage !== undefined || failure !== undefined) this.#endOutage();
    else this.#outage?.abandoned(sequence);
    if (usage !== undefined) this.#endBlock();
    if (failure?.blocking) this.#blockAll(failure);
    else if (failure !== undefined) return this.#failed(failure, request);
    return 0;
  }

  #failed(failure: ProviderError, request: SentRequest): number {
    const { kind, retryAfterMs } = failure;
    const askedMs = kind === 'rate_limit' || kind === 'overloaded' ? (retryAfterMs ?? 0) : 0;
    if (kind === 'rate_limit') return this.#refused(failure, askedMs, request);
    if (isOverload(failure)) this.#window.cut('overloaded', request.sequence, this.#sequence);
    // The wait that the server asks for applies to all requests.
    this.#close(askedMs);
    return 0;
  }

  #refused(failure: ProviderError, askedMs: number, request: SentRequest): number {
    const { sequence, sentAtMs, hasRequestLimit, maxRefusals } = request;
    const newest = this.#sequence;
    const backoffMs = this.#refusals.refused(sequence, newest);
    if (this.#refusals.inRow >= maxRefusals) {
      this.#blockAll(failure);
      return 0;
    }
    const isRamp = failure.code === rampCode;
    if (isRamp) this.#pace.ramp(this.#clock.now());
    // A refusal is explained by a reported limit that is used up. Otherwise too many requests were in flight.
    const isUnexplained = !hasRequestLimit || !this.#rates.isUsedUp;
    if (isUnexplained || isRamp) {
      const now = { newest, nowMs: this.#clock.now(), waitMs: askedMs };
      const isCrowded = hasRequestLimit || this.#pace.refused({ sequence, sentAtMs }, now);
      if (isCrowded || isRamp) this.#window.cut('rate_limit', sequence, newest);
      if (!hasRequestLimit) this.#rates.drain();
    }
    // The first refusal while the limits have room concerns this request alone: only its conversation waits.
    const isSingle = hasRequestLimit && isUnexplained && !isRamp && this.#refusals.inRow === 1;
    if (isSingle) return askedMs;
    this.#close(askedMs > 0 ? askedMs : backoffMs);
    return 0;
  }

  #close(forMs: number): void {
    if (forMs > 0 && this.#refusals.close(forMs)) this.#listeners.onClosed(forMs);
  }

  /** The server did not answer: from now on one request at a time is sent as a probe. */
  #unreachable(failure: ProviderError, sequence: number): void {
    const nowMs = this.#clock.now();
    const wasLong = this.#outage?.isLong ?? false;
    if (this.#outage === undefined) this.#outage = new Outage(failure, this.#pauses, nowMs);
    else if (!this.#outage.failedAgain(sequence, nowMs)) return;
    // A long outage has been reported before.
    if (!wasLong) this.#listeners.onOffline(this.#outage);
  }

  #endOutage(): void {
    const outage = this.#outage;
    this.#outage = undefined;
    if (outage?.isLong) this.#listeners.onRecovered(outage.failure);
  }

  #endBlock(): void {
    const lifted = this.#lifted;
    this.#lifted = undefined;
    if (lifted !== undefined) this.#listeners.onRecovered(lifted);
  }

  /** Keeps the first error; other requests in flight repeat it. */
  #blockAll(failure: ProviderError): void {
    this.#block ??= failure;
    this.#listeners.onBlocked(failure);
  }
}
