import type { Clock } from '../base/clock.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { AdmissionPolicy } from './admissionPolicy.ts';
import type { Outage } from './outage.ts';
import type { Waiter, WaitingLines } from './waitingLines.ts';

/** Shorter waits, in ms, are not told. */
export const noticeableMs = 1_000;

/** A longer wait, in ms, is also told to those who joined the queue before it was known. */
const longMs = 10_000;

/** What keeps the waiters from being sent, as it is now. */
export interface Hindrances {
  readonly lines: WaitingLines;
  readonly clock: Clock;
  readonly policy: Pick<AdmissionPolicy, 'block' | 'outage' | 'msUntil'>;
  /** Removes a request from the queue that does not wait until an error is mended. */
  readonly giveUp: (waiter: Waiter, failure: ProviderError) => void;
}

/** Tells waiters what they wait for, and for how long. */
export class WaitNotices {
  readonly #hindrances: Hindrances;
  /** Waiters that were told of a rate limit. */
  readonly #toldOfLimit = new WeakSet<Waiter>();
  /** The end of the wait that was told last. */
  #toldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(hindrances: Hindrances) {
    this.#hindrances = hindrances;
  }

  /** Tells a waiter that has just joined the queue why it was not sent at once. */
  joined(waiter: Waiter): void {
    const { lines, policy } = this.#hindrances;
    if (policy.block !== undefined) this.#sayBlocked(waiter, policy.block);
    else if (policy.outage !== undefined) this.#sayOffline(waiter, policy.outage);
    else this.#sayLimit(waiter, policy.msUntil(lines.size));
  }

  /** Nothing is sent until a person has mended this error. */
  blocked(failure: ProviderError): void {
    for (const waiter of this.#hindrances.lines.all()) this.#sayBlocked(waiter, failure);
  }

  /** The server is unreachable. */
  offline(outage: Outage): void {
    for (const waiter of this.#hindrances.lines.all()) this.#sayOffline(waiter, outage);
  }

  /** The server has said how long everyone waits, in ms. */
  closed(forMs: number): void {
    const { lines, clock } = this.#hindrances;
    const untilMs = clock.now() + forMs;
    // Refusals in quick succession move the end by milliseconds only.
    if (forMs < noticeableMs || untilMs - this.#toldUntilMs < noticeableMs) return;
    this.#toldUntilMs = untilMs;
    for (const { request } of lines.all()) request.onWait('rate_limit', forMs);
  }

  /** Tells waiters once that a limit is used up for long, if they joined before that was known. */
  limited(): void {
    const { lines, policy } = this.#hindrances;
    const { block, outage } = policy;
    if (block !== undefined || outage !== undefined || policy.msUntil(1) < longMs) return;
    for (const [before, waiter] of lines.all().entries()) {
      if (this.#toldOfLimit.has(waiter)) continue;
      this.#toldOfLimit.add(waiter);
      waiter.request.onWait('rate_limit', policy.msUntil(before + 1));
    }
  }

  #sayLimit(waiter: Waiter, waitMs: number): void {
    if (waitMs < noticeableMs) {
      waiter.request.onWait('slot');
      return;
    }
    this.#toldOfLimit.add(waiter);
    waiter.request.onWait('rate_limit', waitMs);
  }

  #sayOffline(waiter: Waiter, outage: Outage): void {
    if (outage.isLong) this.#sayBlocked(waiter, outage.failure);
    else waiter.request.onWait('offline', outage.msUntilProbe(this.#hindrances.clock.now()));
  }

  #sayBlocked(waiter: Waiter, failure: ProviderError): void {
    if (waiter.request.whenBlocked === 'pause') waiter.request.onWait('blocked');
    else this.#hindrances.giveUp(waiter, failure);
  }
}
