import { DisguisedKeys, insideBase64 } from './disguisedKeys.ts';
import { secretShapes } from './secretShapes.ts';

/** Replaces a secret. */
export const redacted = '[redacted]';

/** Min length of a key, in UTF-16 units. Shorter ones are placeholders such as "ollama" or ordinary words. */
const minKeyLength = 8;

/**
 * Min letters and digits of a possible disguised key that a stream holds back. With a lower value, every other word
 * would be held back.
 */
const minHeld = 3;

/** Min letters and digits of a truncated key before other text. Shorter parts are common to all keys. */
const minCutOff = 12;

/** Units at the end of a text that are searched for a truncated key. */
const maxCutKey = 8_192;

/** Marks where a text was shortened. */
const leftOut = '…';

/** Max depth that is searched; deeper values are left out. */
const maxDepth = 200;

/**
 * Redacts text that looks like a secret, for logs and errors: keys by their prefixes, tokens, private keys,
 * authorisation headers, passwords in URLs. Linear time; never throws; idempotent.
 */
export function redactSecrets(text: string): string {
  let rest = text;
  for (const { shape, mayMatch } of secretShapes) {
    if (mayMatch === undefined || mayMatch.test(rest)) rest = rest.replace(shape, keepName);
  }
  return rest;
}

/** Keeps the text before a secret, which names it. */
function keepName(_found: string, ...groups: readonly unknown[]): string {
  const named = groups.at(-1);
  const before = isNamed(named) ? named.before : undefined;
  return `${before ?? ''}${redacted}`;
}

function isNamed(value: unknown): value is { readonly before?: string } {
  return typeof value === 'object' && value !== null;
}

/**
 * Redacts the keys that this process has read, in everything that it shows, saves or sends. The code that reads a
 * key must add it. A window or process has one redactor.
 */
export class Redactor {
  /** All forms of all keys, longest first, so that a key is found before another one that is part of it. */
  #known: readonly string[] = [];
  /** Matches the plain forms that `#disguised` does not find. */
  #anyKnown: RegExp | undefined;
  readonly #disguised = new DisguisedKeys();
  readonly #onlyExact: string[] = [];
  /** Every part of them of `minKeyLength` units. Almost no text begins or ends with one. */
  #parts: ReadonlySet<string> = new Set();
  /** Length of the shortest form: a shorter text contains none. */
  #shortest = Number.POSITIVE_INFINITY;

  /** Redacts this key from now on. Idempotent. */
  add(key: string | undefined): void {
    const trimmed = key?.trim() ?? '';
    if (trimmed.length < minKeyLength || redacted.includes(trimmed)) return;
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

  /** Removes known keys. For all text, including answers and exports. */
  readonly hideKeys = (text: string): string => {
    // Almost no text contains a key, and one check for all keys is far cheaper than one for each.
    if (text.length < this.#shortest) return text;
    if (!this.#anyKnown?.test(text) && !this.#disguised.isIn(text)) return text;
    // First the plain keys, then their other forms.
    return this.#disguised.replace(this.#withoutExact(text), redacted);
  };

  #withoutExact(text: string): string {
    let rest = text;
    for (const key of this.#known) {
      if (rest.includes(key)) rest = rest.replaceAll(key, redacted);
    }
    return rest;
  }

  /** Removes known keys and text that looks like a secret. For logs and errors. */
  readonly hideSecrets = (text: string): string => redactSecrets(this.hideKeys(text));

  /** Removes known keys from the strings and property names of a JSON value. Returns the same object if it has none. */
  hideKeysIn<T>(value: T): T {
    return this.#known.length === 0 ? value : (this.#clean(value, 0) as T);
  }

  /**
   * Redacts a streamed text. The returned function takes a piece and returns the text that may be shown now. It
   * holds back a possible beginning of a key until the next piece.
   */
  stream(): (piece: string) => string {
    let held = '';
    /** The part of a possible disguised key that was already shown. */
    let begun = '';
    return (piece) => {
      if (this.#known.length === 0) return piece;
      const text = this.#hideAfter(begun, held + piece);
      const open = this.#disguised.openAt(begun + text);
      const openUnits = open === undefined ? 0 : begun.length + text.length - open.start;
      const isHeld = open !== undefined && open.length >= minHeld;
      const disguised = isHeld ? Math.min(openUnits, text.length) : 0;
      const shown = text.length - Math.max(this.#beginningOfKey(text), disguised);
      held = text.slice(shown);
      begun = (begun + text.slice(0, shown)).slice(begun.length + text.length - openUnits);
      return text.slice(0, shown);
    };
  }

  /** Removes keys, including keys that began in the text shown before. */
  #hideAfter(shown: string, text: string): string {
    const hidden = this.hideKeys(text);
    if (shown === '' || shown.length + hidden.length < this.#shortest) return hidden;
    return this.#disguised.replace(shown + hidden, redacted, shown.length);
  }

  /** The same for a text that may have been shortened at a `…`: also removes the parts of keys that were cut there. */
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
   * Removes the beginning of a key at the end of a truncated text. A very short part stays: it reveals nothing, and
   * may be an ordinary word.
   */
  withoutCutKey(text: string): string {
    const cut = this.#parts.has(text.slice(-minKeyLength)) ? this.#beginningOfKey(text) : 0;
    if (cut >= minKeyLength) return text.slice(0, text.length - cut);
    if (this.#known.length === 0) return text;
    const from = Math.max(0, text.length - maxCutKey);
    const open = this.#disguised.openAt(text.slice(from));
    if (open === undefined || open.length < (open.gap === 0 ? minKeyLength : minCutOff)) {
      return text;
    }
    return text.slice(0, from + open.start);
  }

  /** Removes the end of a key at the beginning of a text. */
  #withoutEndOfKey(text: string): string {
    const isLikely = this.#parts.has(text.slice(0, minKeyLength));
    for (const key of isLikely ? this.#known : []) {
      for (let length = Math.min(key.length - 1, text.length); length >= minKeyLength; length--) {
        if (key.endsWith(text.slice(0, length))) return text.slice(length);
      }
    }
    return text.slice(this.#disguised.endOfKey(text));
  }

  /** Number of units at the end of a text that could be the beginning of a key. */
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

  /** Copies an object only when a key has to be removed from it: most values contain none. */
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
    let index = 0;
    // No list of names: each event of a run comes through here.
    for (const name in object) {
      const field = (object as { readonly [name: string]: unknown })[name];
      const cleanName = this.hideKeys(name);
      const clean = this.#clean(field, depth + 1);
      if (clean !== field || cleanName !== name) cleaned ??= Object.entries(object).slice(0, index);
      cleaned?.push([cleanName, clean]);
      index++;
    }
    return cleaned === undefined ? object : Object.fromEntries(cleaned);
  }
}

/** Every part of a key of `minKeyLength` units. */
function partsOf(key: string): readonly string[] {
  const count = Math.max(0, key.length - minKeyLength + 1);
  return Array.from({ length: count }, (_, start) => key.slice(start, start + minKeyLength));
}

/** A pattern that matches exactly this text. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The plain form of a key, and its forms in JSON, in a URL and in Base64. */
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
