/** Texts shorter than this, in characters, are written where they stand. */
const minLength = 256;

/** A text that begins with this character is a reference; one that is meant as it is goes to the table. */
const mark = '\u0000';

/** The long texts of one record. Each is written once, into the table `s` of the record. */
export class SharedTexts {
  readonly #places = new Map<string, number>();

  /** What stands in the record for this text: the text itself, or a reference to the table. */
  share(text: string): string {
    if (text.length < minLength && !text.startsWith(mark)) return text;
    const place = this.#places.get(text) ?? this.#places.size;
    this.#places.set(text, place);
    return `${mark}${place}`;
  }

  /** The table in the order of its references. */
  get table(): readonly string[] {
    return [...this.#places.keys()];
  }
}

/**
 * A record's body with its references replaced by the texts of its table; the body is changed in place.
 * Undefined when the table does not fit the body.
 */
export function withSharedTexts(body: object, table: unknown): object | undefined {
  if (!Array.isArray(table) || !table.every((text) => typeof text === 'string')) return undefined;
  // A list of what is left to visit, not recursion: a body may be nested deeply.
  const left: object[] = [body];
  for (let container = left.pop(); container !== undefined; container = left.pop()) {
    for (const [key, value] of Object.entries(container)) {
      if (typeof value === 'object' && value !== null) left.push(value);
      else if (isReference(value) && !replaceReference(container, key, table)) return undefined;
    }
  }
  return body;
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(mark);
}

function replaceReference(container: object, key: string, table: readonly string[]): boolean {
  const reference: string = Reflect.get(container, key);
  const value = table[Number(reference.slice(mark.length))];
  if (value === undefined) return false;
  // Not an assignment: the field may be called `__proto__`.
  const field = { value, enumerable: true, configurable: true, writable: true };
  return Reflect.defineProperty(container, key, field);
}
