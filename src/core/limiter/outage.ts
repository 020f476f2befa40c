import type { RetryPolicy } from '../agent/retryPolicy.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** Pauses between probes. */
export type ProbePauses = Pick<RetryPolicy, 'firstProbesMs' | 'laterProbesMs'>;

/** An unreachable server: one request at a time is sent as a probe, with pauses, and all others wait. */
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

  /** Whether enough probes have failed to report the outage to the user. */
  get isLong(): boolean {
    return this.#failed >= this.#pauses.firstProbesMs.length;
  }

  /** Whether a probe is in flight. */
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

  /** A request was not answered. Returns whether it was the probe: others were sent before it and do not count. */
  failedAgain(sequence: number, nowMs: number): boolean {
    if (this.#probe !== sequence) return false;
    this.#probe = undefined;
    this.#failed++;
    this.#nextMs = nowMs + this.#pauseMs();
    return true;
  }

  /** The user asks for another attempt: the next probe is sent at once, and it alone decides. */
  probeNow(nowMs: number): void {
    this.#probe = undefined;
    this.#failed = this.#pauses.firstProbesMs.length - 1;
    this.#nextMs = nowMs;
  }

  #pauseMs(): number {
    const { firstProbesMs, laterProbesMs } = this.#pauses;
    return firstProbesMs[this.#failed] ?? laterProbesMs;
  }
}
