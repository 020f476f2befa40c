import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest, ModelTurn, Provider, ProviderId, TurnObserver } from '../provider.ts';
import { ProviderError } from '../providerError.ts';

/** Returns a more specific error, or the given one. */
export type Explain = (error: ProviderError) => ProviderError;

/** Wraps a provider so that its errors pass through `explain`. */
export class ExplainedProvider implements Provider {
  readonly id: ProviderId;
  readonly origin: string;
  readonly #inner: Provider;
  readonly #explain: Explain;

  constructor(inner: Provider, explain: Explain) {
    this.id = inner.id;
    this.origin = inner.origin;
    this.#inner = inner;
    this.#explain = explain;
  }

  turn(request: ModelRequest, observer: TurnObserver, signal: AbortSignal): Promise<ModelTurn> {
    return this.#explained(this.#inner.turn(request, observer, signal));
  }

  prepare(count: number): void {
    this.#inner.prepare?.(count);
  }

  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    return this.#explained(this.#inner.listModels(signal));
  }

  dispose(): void {
    this.#inner.dispose();
  }

  async #explained<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof ProviderError ? this.#explain(error) : error;
    }
  }
}
