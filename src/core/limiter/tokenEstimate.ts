import type { Usage } from '../../shared/usage.ts';
import type { RateResource } from '../providers/transport/rateHeaders.ts';

/** Weight of the newest response in the moving average. */
const weight = 0.2;

/** Estimates what a request takes from each of the server's buckets, from the last responses. */
export class TokenEstimate {
  readonly #tokens = { tokens: 0, inputTokens: 0, outputTokens: 0 };

  /** The estimated units of the next request. */
  of(resource: RateResource): number {
    return resource === 'requests' ? 1 : this.#tokens[resource];
  }

  /** Updates the estimate. Input read from a cache does not count against these limits. */
  learn({ inputTokens, outputTokens, cacheReadTokens, incomplete }: Usage): void {
    if (incomplete) return;
    const input = inputTokens - cacheReadTokens;
    this.#update('inputTokens', input);
    this.#update('outputTokens', outputTokens);
    this.#update('tokens', inputTokens + outputTokens);
  }

  #update(resource: Exclude<RateResource, 'requests'>, observed: number): void {
    const known = this.#tokens[resource];
    this.#tokens[resource] = known === 0 ? observed : known + weight * (observed - known);
  }
}
