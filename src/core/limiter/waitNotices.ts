import type { Clock } from '../base/clock.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { AdmissionPolicy } from './admissionPolicy.ts';
import type { Outage } from './outage.ts';
import type { Waiter, WaitingLines } from './waitingLines.ts';

/** Shorter waits, in ms, are not reported. */
export const noticeableMs = 1_000;

/** Longer waits, in ms, are also reported to requests that joined the queue before the wait was known. */
const longMs = 10_000;

/** The current queue, and why its requests wait. */
export interface QueueState {
  readonly lines: WaitingLines;
  readonly clock: Clock;
  readonly policy: Pick<AdmissionPolicy, 'block' | 'outage' | 'msUntil'>;
  /** Removes a request that does not wait until the user fixes the error. */
  readonly giveUp: (waiter: Waiter, failure: ProviderError) => void;
}

/** Reports to waiters what they wait for, and for how long. */
export class WaitNotices {
  readonly #state: QueueState;
  /** Waiters that know of a rate limit. */
  readonly #notifiedOfLimit = new WeakSet<Waiter>();
  /** The end of the last reported wait. */
  #notifiedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(state: QueueState) {
    this.#state = state;
  }

  /** Reports to a waiter that has just joined the queue why it waits. */
  joined(waiter: Waiter): void {
    const { lines, policy } = this.#state;
    if (policy.block !== undefined) this.#reportBlocked(waiter, policy.block);
    else if (policy.outage !== undefined) this.#reportOffline(waiter, policy.outage);
    else this.#reportLimit(waiter, policy.msUntil(lines.size));
  }

  /** Nothing is sent until the user has fixed this error. */
  blocked(failure: ProviderError): void {
    for (const waiter of this.#state.lines.all()) this.#reportBlocked(waiter, failure);
  }

  /** The server is unreachable. */
  offline(outage: Outage): void {
    for (const waiter of this.#state.lines.all()) this.#reportOffline(waiter, outage);
  }

  /** All requests wait for this long, in ms. */
  closed(forMs: number): void {
    const { lines, clock } = this.#state;
    const untilMs = clock.now() + forMs;
    // Refusals in quick succession move the end by milliseconds only.
    if (forMs < noticeableMs || untilMs - this.#notifiedUntilMs < noticeableMs) return;
    this.#notifiedUntilMs = untilMs;
    for (const { request } of lines.all()) request.onWait('rate_limit', forMs);
  }

  /** Reports a limit that is used up for long, once, to waiters that joined before that was known. */
  limited(): void {
    const { lines, policy } = this.#state;
    const { block, outage } = policy;
    if (block !== undefined || outage !== undefined || policy.msUntil(1) < longMs) return;
    for (const [before, waiter] of lines.all().entries()) {
      if (this.#notifiedOfLimit.has(waiter)) continue;
      this.#notifiedOfLimit.add(waiter);
      waiter.request.onWait('rate_limit', policy.msUntil(before + 1));
    }
  }

  #reportLimit(waiter: Waiter, waitMs: number): void {
    if (waitMs < noticeableMs) {
      waiter.request.onWait('slot');
      return;
    }
    this.#notifiedOfLimit.add(waiter);
    waiter.request.onWait('rate_limit', waitMs);
  }

  #reportOffline(waiter: Waiter, outage: Outage): void {
    if (outage.isLong) this.#reportBlocked(waiter, outage.failure);
    else waiter.request.onWait('offline', outage.msUntilProbe(this.#state.clock.now()));
  }

  #reportBlocked(waiter: Waiter, failure: ProviderError): void {
    if (waiter.request.whenBlocked === 'pause') waiter.request.onWait('blocked');
    else this.#state.giveUp(waiter, failure);
  }
}
