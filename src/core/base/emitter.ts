/** Ends a subscription or frees a resource. Calling it twice does nothing more. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; the shape of VS Code's own events, without its API. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Tells listeners in the order they came. A listener that throws never stops the others. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onListenerError: (error: unknown) => void;

  /** `onListenerError` hears of listeners that throw; it must not throw itself. */
  constructor(onListenerError: (error: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError;
  }

  readonly event: Event<T> = (listener) => {
    // A wrapper of its own, so that one function may listen twice and stop listening once.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  fire(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
