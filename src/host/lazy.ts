/** Something costly that is made when it is first needed, and once. A failed try is tried again. */
export class Lazy<T> {
  readonly #create: () => Promise<T>;
  #value: Promise<T> | undefined;

  constructor(create: () => Promise<T>) {
    this.#create = create;
  }

  get(): Promise<T> {
    this.#value ??= this.#create().catch((error: unknown) => {
      this.#value = undefined;
      throw error;
    });
    return this.#value;
  }

  /** The value if it was ever asked for. */
  get started(): Promise<T> | undefined {
    return this.#value;
  }
}
