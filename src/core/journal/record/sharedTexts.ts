/** Shorter texts, in characters, are written in place. */
export const minSharedLength = 256;

/** Begins a reference. A text that itself begins so goes to the table. */
const mark = '\u0000';

/** Whether a record has a reference in place of this text. */
export function isForTable(text: string): boolean {
  return text.length >= minSharedLength || text.startsWith(mark);
}

/** The long texts of one record. Each is written once, to the record's table `s`. */
export class SharedTexts {
  readonly #places = new Map<string, number>();

  /** What the record has in place of this text: the text itself, or a reference to the table. */
  share(text: string): string {
    if (!isForTable(text)) return text;
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
 * Replaces the references in a record's body, in place, by the texts of its table. Undefined when one has no
 * text.
 */
export function withSharedTexts(body: object, table: unknown): object | undefined {
  if (!Array.isArray(table) || !table.every((text) => typeof text === 'string')) return undefined;
  // No recursion: a body may be nested deeply.
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
