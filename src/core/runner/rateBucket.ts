import type { RateReading } from '../providers/transport/rateHeaders.ts';

/** A reset this far away, in ms, is exact enough to work out a rate from: servers round to seconds. */
const exactResetMs = 5_000;

/** What is known of the request that a response answers. */
export interface AnsweredRequest {
  readonly sentAtMs: number;
  /** Units that requests sent after it take. */
  readonly sentSince: number;
}

/**
 * A copy of one of the server's buckets: it holds up to `limit` units and fills continuously. What is
 * taken here is what the server will count; each response brings the copy back into line.
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

  /** A bucket as a response tells of it; limits are counted by the minute unless the reset says else. */
  static of(reading: RateReading, answered: AnsweredRequest, nowMs: number): RateBucket {
    const bucket = new RateBucket(reading.limit, 60_000, nowMs);
    bucket.learn(reading, answered, nowMs);
    bucket.#level = Math.min(reading.limit, reading.remaining - answered.sentSince);
    return bucket;
  }

  /**
   * Brings the copy into line with what a response says. The server may have counted the requests
   * that were sent since, or none of them, and may have filled up since it counted: the copy's own
   * level stands as long as it is within those bounds.
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
      // Some limits are counted by the day: then the bucket fills far slower than in a minute.
      const observed = used / resetMs;
      if (observed < this.#perMs / 2) this.#perMs = observed;
    }
    const { sentSince, sentAtMs } = answered;
    const least = remaining - sentSince;
    const filled = (nowMs - sentAtMs) * this.#perMs;
    const most = Math.max(remaining, remaining + filled - sentSince);
    this.#level = Math.min(limit, most, Math.max(least, own));
    this.#atMs = nowMs;
  }

  /** The server refused a request: nothing is left, whatever the copy says. */
  drain(nowMs: number): void {
    this.#level = Math.min(0, this.#levelAt(nowMs));
    this.#atMs = nowMs;
  }

  take(units: number, nowMs: number): void {
    this.#level = this.#levelAt(nowMs) - units;
    this.#atMs = nowMs;
  }

  /** Milliseconds until `units` can be taken; a wish for more than fits is granted when it is full. */
  msUntil(units: number, nowMs: number): number {
    const missing = Math.min(units, this.#limit) - this.#levelAt(nowMs);
    return missing <= 0 ? 0 : missing / this.#perMs;
  }

  #levelAt(nowMs: number): number {
    return Math.min(this.#limit, this.#level + Math.max(0, nowMs - this.#atMs) * this.#perMs);
  }
}
