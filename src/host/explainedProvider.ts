import type { ModelInfo } from '../core/providers/modelInfo.ts';
import type {
  ModelRequest,
  ModelTurn,
  Provider,
  ProviderId,
  TurnObserver,
} from '../core/providers/provider.ts';
import { ProviderError } from '../core/providers/providerError.ts';

/** Says more about an error, or gives it back as it is. */
export type Explain = (error: ProviderError) => ProviderError;

/** A provider whose errors are told in the words of whoever knows more about where it runs. */
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
