import { abortable } from '../../base/abortable.ts';
import type { Clock } from '../../base/clock.ts';
import type { ModelInfo } from '../modelInfo.ts';
import { ProviderError } from '../providerError.ts';
import type { ModelSource } from './source.ts';

export interface ModelCatalogOptions {
  readonly source: ModelSource;
  readonly clock: Clock;
  /** How messages name the server. */
  readonly host: string;
}

/** How long an answer is kept, in ms. */
const keptMs = 600_000;
/** After this time a question that was not answered is asked again, in ms. */
const unansweredMs = 60_000;
/** So long a question may take, in ms. */
const questionMs = 15_000;
/** A turn waits for what is known of its model no longer than this, in ms, and only for the first. */
const patienceMs = 1_000;

interface Lookup {
  /** Resolves when the question has been answered or has failed. */
  readonly ended: Promise<void>;
  info: ModelInfo | undefined;
  /** When it is asked anew. */
  untilMs: number;
  /** Nobody waits for it any more: the answer has come, or somebody has waited long enough. */
  settled: boolean;
}

/** What a provider knows of its models: asked once, kept for some minutes, shared by all who ask. */
export class ModelCatalog {
  readonly #options: ModelCatalogOptions;
  readonly #disposed = new AbortController();
  readonly #lookups = new Map<string, Lookup>();
  #list: { readonly models: readonly ModelInfo[]; readonly untilMs: number } | undefined;
  #listing: Promise<readonly ModelInfo[]> | undefined;

  constructor(options: ModelCatalogOptions) {
    this.#options = options;
  }

  /** All models. A failure is not kept: the next one who asks tries again. */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const known = this.#listed();
    if (known !== undefined) return abortable(Promise.resolve(known), signal);
    this.#listing ??= this.#ask((limit) => this.#options.source.list(limit))
      .then((models) => {
        this.#list = { models, untilMs: this.#options.clock.now() + keptMs };
        return models;
      })
      .finally(() => {
        this.#listing = undefined;
      });
    return abortable(this.#listing, signal);
  }

  /** What the kept list says of a model, without asking. */
  known(model: string): ModelInfo | undefined {
    return this.#listed()?.find(({ id }) => id === model);
  }

  /**
   * What the server says of a model. It takes a moment at most, and where nothing has come by then,
   * or nothing can be had at all, nothing is known. Rejects with the signal's reason only.
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
    const ended = this.#ask((limit) => source.describe(model, limit)).then(
      (info) => {
        lookup.info = info;
        lookup.untilMs = clock.now() + keptMs;
        lookup.settled = true;
      },
      () => {
        lookup.settled = true;
      },
    );
    const untilMs = clock.now() + unansweredMs;
    // The second time the old answer serves until the new one is there, and nobody waits.
    const settled = before !== undefined;
    const lookup: Lookup = { ended, info: before?.info, untilMs, settled };
    this.#lookups.set(model, lookup);
    return lookup;
  }

  async #waitFor(lookup: Lookup, signal: AbortSignal): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(patienceMs, enough.resolve);
    try {
      await abortable(Promise.race([lookup.ended, enough.promise]), signal);
      lookup.settled = true;
    } finally {
      timer.dispose();
    }
  }

  /** One question with a limit of its own, whoever waits for the answer. */
  async #ask<T>(question: (limit: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, host } = this.#options;
    const own = new AbortController();
    const onDispose = (): void => own.abort(this.#disposed.signal.reason);
    this.#disposed.signal.addEventListener('abort', onDispose, { once: true });
    const timer = clock.after(questionMs, () => own.abort(tooSlow(host)));
    try {
      this.#disposed.signal.throwIfAborted();
      return await question(own.signal);
    } finally {
      timer.dispose();
      this.#disposed.signal.removeEventListener('abort', onDispose);
    }
  }
}

function tooSlow(host: string): ProviderError {
  const seconds = questionMs / 1000;
  return new ProviderError(`${host} did not tell of its models within ${seconds} s.`, {
    kind: 'network',
  });
}
