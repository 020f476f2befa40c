import type { Usage } from '../../shared/conversationEvents.ts';
import type { Clock } from '../base/clock.ts';
import type { RateResource } from '../providers/transport/rateHeaders.ts';
import { readRateHeaders } from '../providers/transport/rateHeaders.ts';
import { CostEstimate } from './costEstimate.ts';
import { RateBucket } from './rateBucket.ts';

/** A model of the server's rate limits for this client: which there are, and how full they are. */
export class RateModel {
  readonly #clock: Clock;
  readonly #buckets = new Map<RateResource, RateBucket>();
  readonly #cost = new CostEstimate();
  /** Limits that the user sets, on top of the server's. */
  readonly #caps = new Map<
    RateResource,
    { readonly perMinute: number; readonly bucket: RateBucket }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until that many more requests fit in; 0 while no limit is known. */
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

  /** Sets a limit of the user's own for a minute; undefined removes it. */
  cap(resource: 'requests' | 'tokens', perMinute: number | undefined): void {
    if (this.#caps.get(resource)?.perMinute === perMinute) return;
    this.#caps.delete(resource);
    if (perMinute === undefined) return;
    // A burst of a tenth, which is six seconds' worth.
    const bucket = new RateBucket(Math.max(1, perMinute / 10), 6_000, this.#clock.now());
    this.#caps.set(resource, { perMinute, bucket });
  }

  /** A request is sent. */
  take(): void {
    const now = this.#clock.now();
    for (const [resource, bucket] of this.#buckets) bucket.take(this.#cost.of(resource), now);
    for (const [resource, { bucket }] of this.#caps) bucket.take(this.#cost.of(resource), now);
  }

  /**
   * A response's head arrived. `sentSince` requests were sent after the one it answers. Returns whether it
   * told a limit of requests.
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

  /** The final usage of a response, for the estimate of the next requests. */
  learnCost(usage: Usage): void {
    this.#cost.learn(usage);
  }

  /** Whether a limit that the server told is used up. */
  get isUsedUp(): boolean {
    const now = this.#clock.now();
    return [...this.#buckets].some(
      ([resource, bucket]) => bucket.msUntil(Math.max(1, this.#cost.of(resource)), now) > 0,
    );
  }

  /** A refusal without rate-limit headers: no more requests fit in, whatever the model says. */
  drain(): void {
    this.#buckets.get('requests')?.drain(this.#clock.now());
  }
}
