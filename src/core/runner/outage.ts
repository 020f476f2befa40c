import type { RetryPolicy } from '../agent/retryPolicy.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** The pauses between probes. */
export type ProbePauses = Pick<RetryPolicy, 'firstProbesMs' | 'laterProbesMs'>;

/**
 * The time in which nothing answers at a server: one request after another, with pauses, goes ahead to
 * see whether something does, and everyone else waits.
 */
export class Outage {
  /** What the first request failed with. */
  readonly failure: ProviderError;
  readonly #pauses: ProbePauses;
  #failed = 0;
  #nextMs: number;
  #probe: number | undefined;

  constructor(failure: ProviderError, pauses: ProbePauses, nowMs: number) {
    this.failure = failure;
    this.#pauses = pauses;
    this.#nextMs = nowMs + this.#pauseMs();
  }

  /** Whether so many probes have failed that it is for people to know. */
  get isLong(): boolean {
    return this.#failed >= this.#pauses.firstProbesMs.length;
  }

  get isProbing(): boolean {
    return this.#probe !== undefined;
  }

  /** Milliseconds until the next probe may be sent. */
  msUntilProbe(nowMs: number): number {
    return Math.max(0, this.#nextMs - nowMs);
  }

  /** Request number `sequence` is sent as a probe. */
  sent(sequence: number, nowMs: number): void {
    this.#probe = sequence;
    this.#nextMs = nowMs + this.#pauseMs();
  }

  /** A request ended without telling whether anything answers. */
  abandoned(sequence: number): void {
    if (this.#probe === sequence) this.#probe = undefined;
  }

  /** A request was not answered. Whether it was the probe; the others were sent before. */
  failedAgain(sequence: number, nowMs: number): boolean {
    if (this.#probe !== sequence) return false;
    this.#probe = undefined;
    this.#failed++;
    this.#nextMs = nowMs + this.#pauseMs();
    return true;
  }

  /** Somebody wants to know now: one more probe, at once, decides, and none that was sent before. */
  hurry(nowMs: number): void {
    this.#probe = undefined;
    this.#failed = this.#pauses.firstProbesMs.length - 1;
    this.#nextMs = nowMs;
  }

  #pauseMs(): number {
    const { firstProbesMs, laterProbesMs } = this.#pauses;
    return firstProbesMs[this.#failed] ?? laterProbesMs;
  }
}
