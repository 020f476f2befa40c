import type { Usage } from '../../shared/usage.ts';
import type { Clock } from '../base/clock.ts';
import type { RateResource } from '../providers/transport/rateHeaders.ts';
import { readRateHeaders } from '../providers/transport/rateHeaders.ts';
import { RateBucket } from './rateBucket.ts';
import { TokenEstimate } from './tokenEstimate.ts';

/** A model of the server's rate limits for this client and of their current levels. */
export class RateModel {
  readonly #clock: Clock;
  readonly #buckets = new Map<RateResource, RateBucket>();
  readonly #cost = new TokenEstimate();
  /** The user's own limits, in addition to the server's. */
  readonly #caps = new Map<
    RateResource,
    { readonly perMinute: number; readonly bucket: RateBucket }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until this many more requests fit within the limits; 0 while no limit is known. */
  msUntil(requests: number): number {
    const now = this.#clock.now();
    let ms = 0;
    for (const [resource, bucket] of this.#buckets) {
      ms = Math.max(ms, bucket.msUntil(requests * this.#cost.of(resource), now));
    }
    for (const [resource, { bucket }] of this.#caps) {
      ms = Math.max(ms, bucket.msUntil(requests * this.#cost.of(resource), now));
    }
    return ms;
  }

  /** Sets one of the user's own limits per minute; undefined removes it. */
  cap(resource: 'requests' | 'tokens', perMinute: number | undefined): void {
    if (this.#caps.get(resource)?.perMinute === perMinute) return;
    this.#caps.delete(resource);
    if (perMinute === undefined) return;
    // Allows a burst of a tenth of the limit: six seconds' worth, but at least one request.
    const burst = Math.max(1, perMinute / 10);
    const bucket = new RateBucket(burst, (60_000 * burst) / perMinute, this.#clock.now());
    this.#caps.set(resource, { perMinute, bucket });
  }

  /** A request is sent. */
  take(): void {
    const now = this.#clock.now();
    for (const [resource, bucket] of this.#buckets) bucket.take(this.#cost.of(resource), now);
    for (const [resource, { bucket }] of this.#caps) bucket.take(this.#cost.of(resource), now);
  }

  /**
   * The head of a response arrived; `sentSince` requests were sent after its request. Returns whether it
   * reported a limit on requests.
   */
  learn(
    header: (name: string) => string | undefined,
    sentSince: number,
    sentAtMs: number,
  ): boolean {
    const now = this.#clock.now();
    const readings = readRateHeaders(header, Date.now());
    for (const reading of readings) {
      const answered = { sentAtMs, sentSince: sentSince * this.#cost.of(reading.resource) };
      const bucket = this.#buckets.get(reading.resource);
      if (bucket !== undefined) bucket.learn(reading, answered, now);
      else this.#buckets.set(reading.resource, RateBucket.of(reading, answered, now));
    }
    return readings.some(({ resource }) => resource === 'requests');
  }

  /** Updates the estimate of the next requests with the final usage of a response. */
  learnCost(usage: Usage): void {
    this.#cost.learn(usage);
  }

  /** Whether a limit that the server reported is used up. */
  get isUsedUp(): boolean {
    const now = this.#clock.now();
    return [...this.#buckets].some(
      ([resource, bucket]) => bucket.msUntil(Math.max(1, this.#cost.of(resource)), now) > 0,
    );
  }

  /** A refusal without rate-limit headers: the server accepts no more requests, whatever the model says. */
  drain(): void {
    this.#buckets.get('requests')?.drain(this.#clock.now());
  }
}
