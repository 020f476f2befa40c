// The build puts these classes in the place of the platform's in the bundle of the Anthropic SDK. Node loads the whole
// of its `fetch` when one of its own is named, which takes longer than loading the SDK. The SDK of OpenAI looks the
// platform's up by name in any case.

/** The SDK asks whether a body is one. No body here is. */
export class FormData {}

/** What the SDK uses of the platform's `Headers`. */
export class Headers {
  readonly #values = new Map<string, string>();

  constructor(init: Iterable<readonly [string, string]> | Record<string, string> = []) {
    const entries = Symbol.iterator in init ? init : Object.entries(init);
    for (const [name, value] of entries) this.append(name, value);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), checked(value));
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    const added = checked(value);
    this.#values.set(name.toLowerCase(), before === null ? added : `${before}, ${added}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  /** Sorted by name, as the platform's are. */
  entries(): IterableIterator<[string, string]> {
    const sorted = [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

/** The value as it is sent. Throws for one that would end its header. */
function checked(value: string): string {
  const trimmed = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  if (/[\0\r\n]|[^\0-\xff]/.test(trimmed)) throw new TypeError('A header has an invalid value.');
  return trimmed;
}
