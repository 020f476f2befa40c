/** Ends a subscription or frees a resource. Calling it twice does nothing more. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener. Has the shape of VS Code's events, without its API. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** A value that is being fired, and the listeners that still have to receive it. */
interface Delivery<T> {
  readonly value: T;
  readonly rest: Iterable<(value: T) => void>;
}

/**
 * Calls listeners in the order in which they subscribed. Each receives the values in the order in which they were
 * fired, even when a listener fires. A listener that throws never stops the others.
 */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  #current: Delivery<T> | undefined;
  readonly #onListenerError: (error: unknown) => void;

  /** `onListenerError` is called with the errors of listeners. It must not throw. */
  constructor(onListenerError: (error: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError;
  }

  /** Subscribes a listener. */
  readonly event: Event<T> = (listener) => {
    // A wrapper for each subscription, so that the same function can subscribe twice and unsubscribe once.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  /** Calls all listeners with a value. */
  fire(value: T): void {
    // A listener has fired: the others first receive the current value.
    if (this.#current !== undefined) this.#deliver(this.#current);
    const delivery = { value, rest: this.#listeners.values() };
    this.#current = delivery;
    this.#deliver(delivery);
    if (this.#current === delivery) this.#current = undefined;
  }

  #deliver({ value, rest }: Delivery<T>): void {
    for (const listener of rest) {
      try {
        listener(value);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  /** Removes all listeners. */
  dispose(): void {
    this.#listeners.clear();
  }
}
