import type { Provider } from '../provider.ts';
import { ProviderError } from '../providerError.ts';

/** Wraps a provider so that its errors pass through `explain`, which returns a more specific one. */
export function withExplainedErrors(
  inner: Provider,
  explain: (error: ProviderError) => ProviderError,
): Provider {
  async function explained<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof ProviderError ? explain(error) : error;
    }
  }
  return {
    id: inner.id,
    origin: inner.origin,
    ...(inner.baseUrl === undefined ? {} : { baseUrl: inner.baseUrl }),
    isLocal: inner.isLocal ?? false,
    turn: (request, observer, signal) => explained(inner.turn(request, observer, signal)),
    prepare: (count) => inner.prepare?.(count),
    listModels: (signal) => explained(inner.listModels(signal)),
    dispose: () => inner.dispose(),
  };
}
