import type { RetryPolicy } from '../agent/retryPolicy.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** Pauses between probes. */
export type ProbePauses = Pick<RetryPolicy, 'firstProbesMs' | 'laterProbesMs'>;

/** An unreachable server: one request at a time goes as a probe, with pauses, and all others wait. */
export class Outage {
  /** The failure of the first request. */
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

  /** Whether enough probes have failed for people to be told. */
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

  /** A request ended without showing whether the server answers. */
  abandoned(sequence: number): void {
    if (this.#probe === sequence) this.#probe = undefined;
  }

  /** A request was not answered. Returns whether it was the probe; the others were sent before it. */
  failedAgain(sequence: number, nowMs: number): boolean {
    if (this.#probe !== sequence) return false;
    this.#probe = undefined;
    this.#failed++;
    this.#nextMs = nowMs + this.#pauseMs();
    return true;
  }

  /** A person asks for another try: the next probe goes at once, and it alone decides. */
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
