import { DisguisedKeys, insideBase64 } from './disguisedKeys.ts';
import { secretShapes } from './secretShapes.ts';

/** Replaces a secret. */
export const redacted = '[redacted]';

/** Shorter keys, in UTF-16 units, are placeholders such as "ollama", and may be ordinary words. */
const shortestKey = 8;

/**
 * Max letters and digits of a disguised key that a stream may show before it is recognised. With fewer, every
 * other word would be held back.
 */
const fewestHeld = 3;

/** Min letters and digits of a cut key before other text: shorter parts are common to all keys. */
const shortestCutOff = 12;

/** Units at the end of a text that are searched for a key that was cut off. */
const longestCutKey = 8_192;

/** Marks the place where a text was shortened. */
const leftOut = '…';

/** Deeper values are left out instead of searched. */
const maxDepth = 200;

/**
 * Takes out of a text for logs and errors what looks like a secret: keys by their prefixes, tokens, private
 * keys, authorisation headers, passwords in URLs. Linear time; never throws; idempotent.
 */
export function redactSecrets(text: string): string {
  let rest = text;
  for (const { shape, mayMatch } of secretShapes) {
    if (mayMatch === undefined || mayMatch.test(rest)) rest = rest.replace(shape, keepName);
  }
  return rest;
}

/** Keeps what stands before a secret and names it. */
function keepName(_found: string, ...groups: readonly unknown[]): string {
  const named = groups.at(-1);
  const before = isNamed(named) ? named.before : undefined;
  return `${before ?? ''}${redacted}`;
}

function isNamed(value: unknown): value is { readonly before?: string } {
  return typeof value === 'object' && value !== null;
}

/**
 * Takes the keys that this process holds out of everything that leaves the product. Whoever reads a key adds it.
 * A window or process has one redactor.
 */
export class Redactor {
  /** All forms of all keys, longest first, so that a part of a key never hides the key. */
  #known: readonly string[] = [];
  /** Matches the forms that `#disguised` does not find as they are. */
  #anyKnown: RegExp | undefined;
  readonly #disguised = new DisguisedKeys();
  readonly #onlyExact: string[] = [];
  /** Every part of them of `shortestKey` units. Almost no text begins or ends with one. */
  #parts: ReadonlySet<string> = new Set();
  /** Units of the shortest form: a shorter text holds none. */
  #shortest = Number.POSITIVE_INFINITY;

  /** From now on this key is taken out. Idempotent. */
  add(key: string | undefined): void {
    const trimmed = key?.trim() ?? '';
    if (trimmed.length < shortestKey || redacted.includes(trimmed)) return;
    if (this.#known.includes(trimmed)) return;
    const forms = formsOf(trimmed);
    const all = new Set([...this.#known, ...forms]);
    this.#known = [...all].toSorted((a, b) => b.length - a.length);
    this.#parts = new Set(this.#known.flatMap(partsOf));
    if (!this.#disguised.add(trimmed)) this.#onlyExact.push(...forms);
    this.#shortest = Math.min(this.#known.at(-1)?.length ?? 0, this.#disguised.shortest);
    if (this.#onlyExact.length === 0) return;
    const longestFirst = this.#onlyExact.toSorted((a, b) => b.length - a.length);
    this.#anyKnown = new RegExp(longestFirst.map(escapePattern).join('|'));
  }

  /** The text without known keys: for everything, answers and exports included. */
  readonly hideKeys = (text: string): string => {
    // Almost no text holds a key: one check for all is far cheaper than one for each.
    if (text.length < this.#shortest) return text;
    if (!this.#anyKnown?.test(text) && !this.#disguised.isIn(text)) return text;
    // First the keys as they are, then their other forms.
    return this.#disguised.replace(this.#withoutExact(text), redacted);
  };

  #withoutExact(text: string): string {
    let rest = text;
    for (const key of this.#known) {
      if (rest.includes(key)) rest = rest.replaceAll(key, redacted);
    }
    return rest;
  }

  /** The text without known keys and without what looks like a secret: for logs and errors. */
  readonly hideSecrets = (text: string): string => redactSecrets(this.hideKeys(text));

  /** A JSON value without known keys in its texts and names; the same object when it holds none. */
  hideKeysIn<T>(value: T): T {
    return this.#known.length === 0 ? value : (this.#clean(value, 0) as T);
  }

  /**
   * For a text that is streamed: takes a piece and returns what may be shown by now. A possible beginning of a
   * key is held back until the next piece.
   */
  stream(): (piece: string) => string {
    let held = '';
    /** What was shown of a possible disguised key. */
    let begun = '';
    return (piece) => {
      if (this.#known.length === 0) return piece;
      const text = this.#hideAfter(begun, held + piece);
      const open = this.#disguised.openAt(begun + text);
      const openUnits = open === undefined ? 0 : begun.length + text.length - open.start;
      const isHeld = open !== undefined && open.length >= fewestHeld;
      const disguised = isHeld ? Math.min(openUnits, text.length) : 0;
      const shown = text.length - Math.max(this.#beginningOfKey(text), disguised);
      held = text.slice(shown);
      begun = (begun + text.slice(0, shown)).slice(begun.length + text.length - openUnits);
      return text.slice(0, shown);
    };
  }

  /** The text without keys, including keys that began in the text shown before it. */
  #hideAfter(shown: string, text: string): string {
    const hidden = this.hideKeys(text);
    if (shown === '' || shown.length + hidden.length < this.#shortest) return hidden;
    return this.#disguised.replace(shown + hidden, redacted, shown.length);
  }

  /**
   * The same for a text that may have been shortened, as `…` shows: also without the parts of keys that were cut
   * there.
   */
  readonly hideKeysInParts = (text: string): string => {
    const whole = this.hideKeys(text);
    if (this.#known.length === 0 || !whole.includes(leftOut)) return whole;
    const parts = whole.split(leftOut);
    return parts
      .map((part, index) => (index > 0 ? this.#withoutEndOfKey(part) : part))
      .map((part, index) => (index < parts.length - 1 ? this.withoutCutKey(part) : part))
      .join(leftOut);
  };

  /**
   * A text that was cut off, without the beginning of a key at its end. A very short part stays: it reveals
   * nothing, and may be an ordinary word.
   */
  withoutCutKey(text: string): string {
    const cut = this.#parts.has(text.slice(-shortestKey)) ? this.#beginningOfKey(text) : 0;
    if (cut >= shortestKey) return text.slice(0, text.length - cut);
    if (this.#known.length === 0) return text;
    const from = Math.max(0, text.length - longestCutKey);
    const open = this.#disguised.openAt(text.slice(from));
    if (open === undefined || open.length < (open.gap === 0 ? shortestKey : shortestCutOff)) {
      return text;
    }
    return text.slice(0, from + open.start);
  }

  /** The text without the end of a key at its beginning. */
  #withoutEndOfKey(text: string): string {
    const isLikely = this.#parts.has(text.slice(0, shortestKey));
    for (const key of isLikely ? this.#known : []) {
      for (let length = Math.min(key.length - 1, text.length); length >= shortestKey; length--) {
        if (key.endsWith(text.slice(0, length))) return text.slice(length);
      }
    }
    return text.slice(this.#disguised.endOfKey(text));
  }

  /** Units at the end of a text that could be the beginning of a key. */
  #beginningOfKey(text: string): number {
    let longest = 0;
    for (const key of this.#known) {
      const first = key.charAt(0);
      let at = text.indexOf(first, Math.max(0, text.length - key.length + 1));
      while (at !== -1 && text.length - at > longest) {
        // The first match is the longest one.
        if (key.startsWith(text.slice(at))) longest = text.length - at;
        else at = text.indexOf(first, at + 1);
      }
    }
    return longest;
  }

  /** Copies nothing until something has to be taken out: most values hold no key. */
  #clean(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.hideKeys(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > maxDepth) return redacted;
    return Array.isArray(value) ? this.#cleanList(value, depth) : this.#cleanObject(value, depth);
  }

  #cleanList(list: readonly unknown[], depth: number): readonly unknown[] {
    let cleaned: unknown[] | undefined;
    for (let index = 0; index < list.length; index++) {
      const clean = this.#clean(list[index], depth + 1);
      if (clean !== list[index]) cleaned ??= list.slice(0, index);
      cleaned?.push(clean);
    }
    return cleaned ?? list;
  }

  #cleanObject(object: object, depth: number): object {
    let cleaned: [string, unknown][] | undefined;
    const names = Object.keys(object);
    for (let index = 0; index < names.length; index++) {
      const name = names[index] ?? '';
      const field = (object as { readonly [name: string]: unknown })[name];
      const cleanName = this.hideKeys(name);
      const clean = this.#clean(field, depth + 1);
      if (clean !== field || cleanName !== name) cleaned ??= Object.entries(object).slice(0, index);
      cleaned?.push([cleanName, clean]);
    }
    return cleaned === undefined ? object : Object.fromEntries(cleaned);
  }
}

/** Every part of a key of `shortestKey` units. */
function partsOf(key: string): readonly string[] {
  const count = Math.max(0, key.length - shortestKey + 1);
  return Array.from({ length: count }, (_, start) => key.slice(start, start + shortestKey));
}

/** A pattern that matches exactly this text. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** A key as it is, and as it stands in JSON, in an address and in Base64. */
function formsOf(key: string): readonly string[] {
  const inAddress = encodeURIComponent(key.toWellFormed());
  const base64 = [0, 1, 2].map((offset) => insideBase64(key, offset));
  return [
    key,
    JSON.stringify(key).slice(1, -1),
    inAddress,
    inAddress.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}
