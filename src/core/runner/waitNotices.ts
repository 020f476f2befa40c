import type { Clock } from '../base/clock.ts';
import type { ProviderError } from '../providers/providerError.ts';
import type { Outage } from './outage.ts';
import type { Waiter, WaitingLines } from './waitingLines.ts';

/** Waits shorter than this, in ms, are not worth a word: the pace of a limit that is kept to. */
export const noticeableMs = 1_000;

/** A wait that is longer, in ms, is told to those, too, who came before it was known. */
const longMs = 10_000;

/** What keeps those in line from being sent, as it stands when it is asked for. */
export interface Hindrances {
  readonly lines: WaitingLines;
  readonly clock: Clock;
  /** The error that holds everyone back until a person has mended it. */
  readonly block: () => ProviderError | undefined;
  readonly outage: () => Outage | undefined;
  /** Milliseconds until that many more requests may be sent, as far as the server is concerned. */
  readonly waitMs: (requests: number) => number;
  /** Takes a request out of its line that does not wait until an error is mended. */
  readonly giveUp: (waiter: Waiter, failure: ProviderError) => void;
}

/** Tells those who wait in line for what, and for how long, where that is worth a word. */
export class WaitNotices {
  readonly #hindrances: Hindrances;
  /** Who has heard that a limit is what it waits for. */
  readonly #heardOfLimit = new WeakSet<Waiter>();
  /** The end of the wait that those in line were told last. */
  #toldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(hindrances: Hindrances) {
    this.#hindrances = hindrances;
  }

  /** Tells one who has just joined a line why it was not sent at once. */
  joined(waiter: Waiter): void {
    const { lines, waitMs } = this.#hindrances;
    const block = this.#hindrances.block();
    const outage = this.#hindrances.outage();
    if (block !== undefined) this.#sayBlocked(waiter, block);
    else if (outage !== undefined) this.#sayOffline(waiter, outage);
    else this.#sayLimit(waiter, waitMs(lines.size));
  }

  /** Nobody is sent until a person has mended this error. */
  blocked(failure: ProviderError): void {
    for (const waiter of this.#hindrances.lines.all()) this.#sayBlocked(waiter, failure);
  }

  /** Nothing answers. */
  offline(outage: Outage): void {
    for (const waiter of this.#hindrances.lines.all()) this.#sayOffline(waiter, outage);
  }

  /** The server has said how long, in ms, everyone is to wait. */
  closed(forMs: number): void {
    const { lines, clock } = this.#hindrances;
    const untilMs = clock.now() + forMs;
    // Refusals that come one after the other move the end by milliseconds: not worth telling everyone.
    if (forMs < noticeableMs || untilMs - this.#toldUntilMs < noticeableMs) return;
    this.#toldUntilMs = untilMs;
    for (const { request } of lines.all()) request.onWait('rate_limit', forMs);
  }

  /** Those who were waiting before it was known that a limit is used up for long hear of it, once. */
  limited(): void {
    const { lines, block, outage, waitMs } = this.#hindrances;
    if (block() !== undefined || outage() !== undefined || waitMs(1) < longMs) return;
    for (const [before, waiter] of lines.all().entries()) {
      if (this.#heardOfLimit.has(waiter)) continue;
      this.#heardOfLimit.add(waiter);
      waiter.request.onWait('rate_limit', waitMs(before + 1));
    }
  }

  #sayLimit(waiter: Waiter, waitMs: number): void {
    if (waitMs < noticeableMs) {
      waiter.request.onWait('slot');
      return;
    }
    this.#heardOfLimit.add(waiter);
    waiter.request.onWait('rate_limit', waitMs);
  }

  #sayOffline(waiter: Waiter, outage: Outage): void {
    if (outage.isLong) this.#sayBlocked(waiter, outage.failure);
    else waiter.request.onWait('offline', outage.msUntilProbe(this.#hindrances.clock.now()));
  }

  #sayBlocked(waiter: Waiter, failure: ProviderError): void {
    if (waiter.request.onBlocked(failure) === 'wait') return;
    this.#hindrances.giveUp(waiter, failure);
  }
}
