import type { RequestEnd, Slot, SlotRequest, TurnGate } from '../agent/turnGate.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';
import type { ProviderError } from '../providers/providerError.ts';
import { isBlocking, isOverload } from '../providers/providerError.ts';
import { ConcurrencyWindow } from './concurrencyWindow.ts';
import { RateModel } from './rateModel.ts';
import type { Waiter } from './waitingLines.ts';
import { WaitingLines } from './waitingLines.ts';

/** How many model requests may be under way at once. */
export type Concurrency = 'auto' | 'unlimited' | number;

/** Waits shorter than this, in ms, are not worth a word: the pace of a limit that is kept to. */
const noticeableMs = 1_000;

/** Limits for a minute that the user sets. */
export interface RateCaps {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

interface EndedRequest {
  readonly sequence: number;
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
 * `resume`, and then one request first, to see whether it is mended.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #lines = new WaitingLines();
  readonly #window = new ConcurrencyWindow();
  readonly #rates: RateModel;
  #active = 0;
  #sequence = 0;
  #closedUntilMs = Number.NEGATIVE_INFINITY;
  #block: ProviderError | undefined;
  #probing = false;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#rates = new RateModel(clock);
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
    if (this.#block === undefined) return;
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
      const onAbort = (): void => {
        this.#lines.delete(waiter);
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
      signal.addEventListener('abort', onAbort, { once: true });
      this.#lines.add(waiter);
      this.#admit();
      if (this.#lines.has(waiter)) this.#sayWhy(waiter);
    });
  }

  /** Grants slots to those who may go now, and sets a timer for when the next one may. */
  #admit(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    while (this.#block === undefined) {
      const most = this.#probing ? 1 : Number.POSITIVE_INFINITY;
      const next = this.#lines.next(this.#active, this.#window.size, most);
      if (next === undefined) return;
      const waitMs = this.#waitMs(1);
      if (waitMs > 0) {
        this.#timer = this.#clock.after(Math.ceil(waitMs), () => this.#admit());
        return;
      }
      this.#lines.delete(next);
      next.grant(this.#createSlot());
    }
  }

  /** Milliseconds until that many more requests may be sent, as far as the server is concerned. */
  #waitMs(requests: number): number {
    const closedMs = this.#closedUntilMs - this.#clock.now();
    return Math.max(0, closedMs, this.#rates.msUntil(requests));
  }

  #createSlot(): Slot {
    const sequence = ++this.#sequence;
    const sentAtMs = this.#clock.now();
    this.#active++;
    this.#rates.take();
    let held = true;
    let toldLimit = false;
    return {
      onHead: (_status, header) => {
        toldLimit = this.#rates.learn(header, this.#sequence - sequence, sentAtMs);
        if (!toldLimit) return;
        this.#window.open();
        this.#admit();
      },
      onBegin: () => undefined,
      release: (end) => {
        if (!held) return;
        held = false;
        this.#heed(end, { sequence, toldLimit });
        this.#active--;
        this.#admit();
      },
    };
  }

  #heed({ usage, failure }: RequestEnd, { sequence, toldLimit }: EndedRequest): void {
    if (usage !== undefined) {
      this.#probing = false;
      this.#rates.learnCost(usage);
      this.#window.grow(this.#active);
    }
    if (failure === undefined) return;
    if (isBlocking(failure)) {
      this.#holdEveryone(failure);
      return;
    }
    const { kind, retryAfterMs } = failure;
    if (kind === 'rate_limit' && !toldLimit) {
      // Where a refusal comes with the state of the limits, that says more than the refusal itself.
      this.#window.cut(kind, sequence, this.#sequence);
      this.#rates.drain();
    }
    if (isOverload(failure)) this.#window.cut('overloaded', sequence, this.#sequence);
    const isPaced = kind === 'rate_limit' || kind === 'overloaded';
    if (isPaced && retryAfterMs !== undefined) this.#close(retryAfterMs);
  }

  /** Closes the gate for everyone: the server has said how long to wait. */
  #close(forMs: number): void {
    const until = this.#clock.now() + forMs;
    if (until <= this.#closedUntilMs) return;
    this.#closedUntilMs = until;
    if (forMs < noticeableMs) return;
    for (const { request } of this.#lines.all()) request.onWait('rate_limit', forMs);
  }

  /** The first such error counts; those that were under way at the same time say the same again. */
  #holdEveryone(failure: ProviderError): void {
    this.#block ??= failure;
    for (const waiter of this.#lines.all()) this.#sayBlocked(waiter, failure);
  }

  #sayWhy(waiter: Waiter): void {
    if (this.#block !== undefined) {
      this.#sayBlocked(waiter, this.#block);
      return;
    }
    const waitMs = this.#waitMs(this.#lines.size);
    if (waitMs >= noticeableMs) waiter.request.onWait('rate_limit', waitMs);
    else waiter.request.onWait('slot');
  }

  #sayBlocked(waiter: Waiter, failure: ProviderError): void {
    if (waiter.request.onBlocked(failure) === 'wait') return;
    this.#lines.delete(waiter);
    waiter.refuse(failure);
  }
}
