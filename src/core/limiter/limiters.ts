import type { Clock } from '../base/clock.ts';
import type { Provider } from '../providers/provider.ts';
import { Limiter } from './limiter.ts';
import type { ProbePauses } from './outage.ts';

/**
 * The limiters of a window or process: one for each provider (an endpoint with a key) and model. All runs
 * share them, so that two runs together keep to the server's limits.
 */
export class Limiters {
  readonly #clock: Clock;
  readonly #pauses: ProbePauses | undefined;
  readonly #byProvider = new WeakMap<Provider, Map<string, Limiter>>();

  constructor(clock: Clock, pauses?: ProbePauses) {
    this.#clock = clock;
    this.#pauses = pauses;
  }

  /** The limiter for requests to a provider and model. */
  for(provider: Provider, model: string): Limiter {
    const byModel = this.#byProvider.get(provider) ?? new Map<string, Limiter>();
    this.#byProvider.set(provider, byModel);
    const known = byModel.get(model);
    if (known !== undefined) return known;
    const { isLocal = false } = provider;
    const limiter = new Limiter(this.#clock, { pauses: this.#pauses, isLocal });
    byModel.set(model, limiter);
    return limiter;
  }
}
