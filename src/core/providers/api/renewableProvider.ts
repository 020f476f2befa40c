import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest, ModelTurn, Provider, ProviderId, TurnObserver } from '../provider.ts';

/** A provider whose key can be replaced during a run. Turns in flight keep the old key. */
export class RenewableProvider implements Provider {
  readonly id: ProviderId;
  readonly origin: string;
  readonly isLocal: boolean;
  readonly baseUrl?: string;
  #current: Provider;

  constructor(first: Provider) {
    this.id = first.id;
    this.origin = first.origin;
    this.isLocal = first.isLocal ?? false;
    if (first.baseUrl !== undefined) this.baseUrl = first.baseUrl;
    this.#current = first;
  }

  /** Replaces the wrapped provider with one for the same endpoint. */
  renew(next: Provider): void {
    this.#current.dispose();
    this.#current = next;
  }

  turn(request: ModelRequest, observer: TurnObserver, signal: AbortSignal): Promise<ModelTurn> {
    return this.#current.turn(request, observer, signal);
  }

  prepare(count: number): void {
    this.#current.prepare?.(count);
  }

  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    return this.#current.listModels(signal);
  }

  dispose(): void {
    this.#current.dispose();
  }
}
