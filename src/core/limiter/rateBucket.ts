import type { RateReading } from '../providers/transport/rateHeaders.ts';

/** Min time to a reset, in ms, for computing a rate from it: servers round resets to seconds. */
const exactResetMs = 5_000;

/** The request that a response answers. */
export interface AnsweredRequest {
  readonly sentAtMs: number;
  /** Units taken by requests sent after it. */
  readonly sentSince: number;
}

/**
 * A model of one of the server's token buckets: it holds up to `limit` units and fills continuously. Each
 * response corrects it.
 */
export class RateBucket {
  #limit: number;
  #perMs: number;
  #level: number;
  #atMs: number;

  /** A full bucket of `limit` units that fills in `fillMs`. */
  constructor(limit: number, fillMs: number, nowMs: number) {
    this.#limit = limit;
    this.#perMs = limit / fillMs;
    this.#level = limit;
    this.#atMs = nowMs;
  }

  /** Creates a bucket from a response. Limits are per minute unless the reset shows another period. */
  static of(reading: RateReading, answered: AnsweredRequest, nowMs: number): RateBucket {
    const bucket = new RateBucket(reading.limit, 60_000, nowMs);
    bucket.learn(reading, answered, nowMs);
    bucket.#level = Math.min(reading.limit, reading.remaining - answered.sentSince);
    return bucket;
  }

  /**
   * Corrects the model with a response. The server may have counted all requests sent since, or none, and its
   * bucket may have filled meanwhile. The model keeps its level as long as it is within these bounds.
   */
  learn(
    { limit, remaining, resetMs }: RateReading,
    answered: AnsweredRequest,
    nowMs: number,
  ): void {
    const own = this.#levelAt(nowMs);
    this.#limit = limit;
    this.#perMs = limit / 60_000;
    const used = limit - remaining;
    if (resetMs !== undefined && resetMs >= exactResetMs && used > 0) {
      // A limit per day fills far more slowly than one per minute.
      const observed = used / resetMs;
      if (observed < this.#perMs / 2) this.#perMs = observed;
    }
    const { sentSince, sentAtMs } = answered;
    const min = remaining - sentSince;
    const filled = (nowMs - sentAtMs) * this.#perMs;
    const max = Math.max(remaining, remaining + filled - sentSince);
    this.#level = Math.min(limit, max, Math.max(min, own));
    this.#atMs = nowMs;
  }

  /** The server refused a request: nothing is left, whatever the model says. */
  drain(nowMs: number): void {
    this.#level = Math.min(0, this.#levelAt(nowMs));
    this.#atMs = nowMs;
  }

  /** Takes units for a request that is sent. */
  take(units: number, nowMs: number): void {
    this.#level = this.#levelAt(nowMs) - units;
    this.#atMs = nowMs;
  }

  /** Milliseconds until `units` can be taken. A request for more than the bucket holds waits until it is full. */
  msUntil(units: number, nowMs: number): number {
    const missing = Math.min(units, this.#limit) - this.#levelAt(nowMs);
    return missing <= 0 ? 0 : missing / this.#perMs;
  }

  #levelAt(nowMs: number): number {
    return Math.min(this.#limit, this.#level + Math.max(0, nowMs - this.#atMs) * this.#perMs);
  }
}
