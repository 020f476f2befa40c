/** Ends a subscription or frees a resource. Calling it twice does nothing more. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; the shape of VS Code's own events, without its API. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** A value that is being fired, and the listeners that have not got it yet. */
interface Telling<T> {
  readonly value: T;
  readonly rest: Iterable<(value: T) => void>;
}

/**
 * Calls listeners in the order in which they subscribed. Each gets the values in the order in which they were
 * fired, even when a listener fires. A listener that throws never stops the others.
 */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  #telling: Telling<T> | undefined;
  readonly #onListenerError: (error: unknown) => void;

  /** `onListenerError` is called with what listeners throw; it must not throw itself. */
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
    // Fired by a listener: the others first get the value that it got.
    if (this.#telling !== undefined) this.#tell(this.#telling);
    const telling = { value, rest: this.#listeners.values() };
    this.#telling = telling;
    this.#tell(telling);
    if (this.#telling === telling) this.#telling = undefined;
  }

  #tell({ value, rest }: Telling<T>): void {
    for (const listener of rest) {
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
