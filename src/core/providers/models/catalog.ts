import { abortable } from '../../base/abortable.ts';
import type { Clock } from '../../base/clock.ts';
import type { ModelInfo } from '../modelInfo.ts';
import { ProviderError } from '../providerError.ts';
import type { ModelSource } from './source.ts';

/** Options of a model catalogue. */
export interface ModelCatalogOptions {
  readonly source: ModelSource;
  readonly clock: Clock;
  /** `host:port`, for messages. */
  readonly host: string;
}

/** How long results are cached, in ms. */
const cacheMs = 600_000;
/** When a failed request may be repeated, in ms. */
const retryMs = 60_000;
/** Timeout of a request, in ms. */
const requestTimeoutMs = 15_000;
/** How long the first turn waits for the description of its model, in ms. Later turns do not wait. */
const maxWaitMs = 1_000;

interface Lookup {
  /** Resolves when the request has succeeded or failed. */
  readonly ended: Promise<void>;
  info: ModelInfo | undefined;
  /** When the result expires. */
  untilMs: number;
  /** Whether callers use `info` without waiting: the request has ended, or one caller has timed out. */
  settled: boolean;
}

/** Caches what the server says about its models. Concurrent callers share one request. */
export class ModelCatalog {
  readonly #options: ModelCatalogOptions;
  readonly #disposed = new AbortController();
  readonly #lookups = new Map<string, Lookup>();
  #list: { readonly models: readonly ModelInfo[]; readonly untilMs: number } | undefined;
  #listing: Promise<readonly ModelInfo[]> | undefined;

  constructor(options: ModelCatalogOptions) {
    this.#options = options;
  }

  /** All models. Failures are not cached. */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const known = this.#listed();
    if (known !== undefined) return abortable(Promise.resolve(known), signal);
    this.#listing ??= this.#request((limit) => this.#options.source.list(limit))
      .then((models) => {
        this.#list = { models, untilMs: this.#options.clock.now() + cacheMs };
        return models;
      })
      .finally(() => {
        this.#listing = undefined;
      });
    return abortable(this.#listing, signal);
  }

  /** A model in the cached list. Makes no request. */
  known(model: string): ModelInfo | undefined {
    return this.#listed()?.find(({ id }) => id === model);
  }

  /**
   * The server's description of a model; undefined when it is not available within a short time.
   * Rejects with the signal's reason only.
   */
  async describe(model: string, signal: AbortSignal): Promise<ModelInfo | undefined> {
    const known = this.known(model);
    if (known !== undefined) return known;
    const lookup = this.#lookup(model);
    if (!lookup.settled) await this.#waitFor(lookup, signal);
    return lookup.info;
  }

  dispose(): void {
    this.#disposed.abort(new Error('The provider was disposed of.'));
  }

  #listed(): readonly ModelInfo[] | undefined {
    const isFresh = this.#list !== undefined && this.#options.clock.now() < this.#list.untilMs;
    return isFresh ? this.#list?.models : undefined;
  }

  #lookup(model: string): Lookup {
    const { clock, source } = this.#options;
    const before = this.#lookups.get(model);
    if (before !== undefined && clock.now() < before.untilMs) return before;
    const ended = this.#request((limit) => source.describe(model, limit)).then(
      (info) => {
        lookup.info = info;
        lookup.untilMs = clock.now() + cacheMs;
        lookup.settled = true;
      },
      () => {
        lookup.settled = true;
      },
    );
    const untilMs = clock.now() + retryMs;
    // While an expired result is refreshed, callers get the old one without waiting.
    const settled = before !== undefined;
    const lookup: Lookup = { ended, info: before?.info, untilMs, settled };
    this.#lookups.set(model, lookup);
    return lookup;
  }

  async #waitFor(lookup: Lookup, signal: AbortSignal): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(maxWaitMs, timeout.resolve);
    try {
      await abortable(Promise.race([lookup.ended, timeout.promise]), signal);
      lookup.settled = true;
    } finally {
      timer.dispose();
    }
  }

  /** Makes a shared request, with its own timeout, independent of the callers' signals. */
  async #request<T>(request: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, host } = this.#options;
    const own = new AbortController();
    const onDispose = (): void => own.abort(this.#disposed.signal.reason);
    this.#disposed.signal.addEventListener('abort', onDispose, { once: true });
    const timer = clock.after(requestTimeoutMs, () => own.abort(timeoutError(host)));
    try {
      this.#disposed.signal.throwIfAborted();
      return await request(own.signal);
    } finally {
      timer.dispose();
      this.#disposed.signal.removeEventListener('abort', onDispose);
    }
  }
}

function timeoutError(host: string): ProviderError {
  const seconds = requestTimeoutMs / 1000;
  return new ProviderError(`${host} did not list its models within ${seconds} s.`, {
    kind: 'network',
  });
}
