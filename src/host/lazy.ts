/** A costly value, created once on first use. A failed creation is retried on the next use. */
export class Lazy<T> {
  readonly #create: () => Promise<T>;
  #value: Promise<T> | undefined;

  constructor(create: () => Promise<T>) {
    this.#create = create;
  }

  /** The value; creates it if needed. Rejects when the creation fails. */
  get(): Promise<T> {
    this.#value ??= this.#create().catch((error: unknown) => {
      this.#value = undefined;
      throw error;
    });
    return this.#value;
  }

  /** The value if it was requested before, else undefined. Does not create it. */
  get started(): Promise<T> | undefined {
    return this.#value;
  }
}
