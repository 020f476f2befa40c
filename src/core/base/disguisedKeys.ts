import { KeyAutomaton } from './keyAutomaton.ts';
import { mayBeCutEscape, mayHaveEscapes, readEscape } from './textEscapes.ts';

/** A part of a text, in UTF-16 units. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** A suffix of a text that may be the beginning of a key. */
export interface OpenKey {
  readonly start: number;
  /** Its letters and digits. */
  readonly length: number;
  /** Units after the last of them. */
  readonly gap: number;
}

/** The result of a scan. */
interface Scan {
  readonly places: readonly Place[];
  readonly open: OpenKey | undefined;
}

/** Min letters and digits of a key that contains digits. A shorter one could be a word. */
const minMixed = 16;
/** Min letters of a key without digits. A shorter one could be part of a sentence. */
const minWords = 20;
/** Max units between two letters of a key, such as a line break with an indent or a comma. */
const maxGap = 32;
/** Min letters and digits of a partial key at the end of a truncated text. */
const minPart = 8;

/** Max units at the beginning of a text that may be the rest of an escape. */
const maxCutEscape = 12;
/** Units at the beginning of a text that are searched for the end of a key. */
const maxEnd = 8_192;

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Neither a letter nor a digit. */
const other = 36;
/** The first unit of an escape: `%73`, `&#115;`, `\u0073`. */
const escapeStart = 37;

/** The kind of each UTF-16 unit: the number of its letter or digit, `other` or `escapeStart`. */
const kinds = new Uint8Array(0x10000).fill(other);
for (const [index, letter] of [...letters].entries()) {
  kinds[letter.charCodeAt(0)] = index;
  kinds[letter.toUpperCase().charCodeAt(0)] = index;
}
for (const start of '%&\\') kinds[start.charCodeAt(0)] = escapeStart;

/**
 * Finds keys in the forms in which a server may echo them: in upper or lower case, reversed, as character codes,
 * in Base64, with escapes, and with separators between their characters. It compares letters and digits only, so
 * it can find only long keys. It takes one pass over a text, in linear time.
 */
export class DisguisedKeys {
  readonly #forms = new Set<string>();
  #automaton: KeyAutomaton | undefined;
  #parts: ReadonlySet<string> | undefined;

  /** Adds a key. Returns whether its plain form is found, too: not for a short key, nor for one with escapes. */
  add(key: string): boolean {
    const plain = plainOf(key);
    const isLong = plain.length >= (/\d/.test(plain) ? minMixed : minWords);
    for (const form of isLong ? formsOf(key) : [hexOf(key)]) this.#forms.add(form);
    this.#automaton = undefined;
    this.#parts = undefined;
    return isLong && !/[%&\\]/.test(key);
  }

  /** Length of the shortest text that can contain a key. */
  get shortest(): number {
    return Math.min(...[...this.#forms].map(({ length }) => length));
  }

  /** Whether the text contains a key. */
  isIn(text: string): boolean {
    // Nearly every text that is shown or saved comes through here, and nearly none contains a key.
    const automaton = this.#built();
    const isLikely =
      automaton.mayBeIn(text, kinds, -1, skipPlain) ||
      (mayHaveEscapes(text) && automaton.mayBeIn(text, kinds, escapeStart, skipPlain));
    return isLikely && this.#placesIn(text).length > 0;
  }

  /** The text with every key replaced. The part of a key before `from` stays. */
  replace(text: string, by: string, from = 0): string {
    let rest = '';
    let at = from;
    for (const { start, end } of this.#placesIn(text)) {
      if (end <= at) continue;
      rest += text.slice(at, Math.max(at, start)) + by;
      at = end;
    }
    return rest + text.slice(at);
  }

  /** The suffix of the text that may be the beginning of a key. `more`: more text may follow. */
  openAt(text: string): OpenKey | undefined {
    const found = readings(text).flatMap((reading) => this.#scan(text, 'more', reading).open ?? []);
    return found.toSorted((a, b) => a.start - b.start)[0];
  }

  /** Number of units at the beginning of a text that are the end of a key without its beginning. */
  endOfKey(text: string): number {
    // The text may begin in the middle of an escape.
    for (let from = 0; from < Math.min(maxCutEscape, text.length); from++) {
      const rest = text.slice(from, from + maxEnd);
      const found = this.#endOfKeyAt(rest);
      if (found > 0) return from + found;
    }
    return 0;
  }

  #endOfKeyAt(text: string): number {
    const begin = headOf(text, minPart);
    if (!this.#knownParts().has(lettersOf(begin))) return 0;
    const head = headOf(text, this.#longest);
    const found = lettersOf(head);
    let longest = 0;
    for (const form of this.#forms) {
      for (let length = Math.min(form.length, found.length); length > longest; length--) {
        if (form.endsWith(found.slice(0, length))) longest = length;
      }
    }
    return longest < minPart ? 0 : (head[longest - 1]?.end ?? 0);
  }

  get #longest(): number {
    return Math.max(0, ...[...this.#forms].map(({ length }) => length));
  }

  #knownParts(): ReadonlySet<string> {
    this.#parts ??= new Set([...this.#forms].flatMap(partsOf));
    return this.#parts;
  }

  /** The places of keys, in order. */
  #placesIn(text: string): readonly Place[] {
    const all = readings(text).flatMap((reading) => this.#scan(text, 'whole', reading).places);
    const places: Place[] = [];
    for (const { start, end } of all.toSorted((a, b) => a.end - b.end))
      addPlace(places, start, end);
    return places;
  }

  #built(): KeyAutomaton {
    this.#automaton ??= new KeyAutomaton([...this.#forms], letters);
    return this.#automaton;
  }

  /** `more`: an escape at the end of the text may be incomplete. */
  #scan(text: string, extent: 'whole' | 'more', reading: Reading): Scan {
    const automaton = this.#built();
    const places: Place[] = [];
    automaton.begin();
    // Where the last letter ended.
    let end = 0;
    let at = 0;
    while (at < text.length) {
      let kind = kindOf(text.charCodeAt(at));
      let next = at + 1;
      if (kind === escapeStart && reading === 'decoded') {
        if (extent === 'more' && mayBeCutEscape(text, at))
          return { places, open: cutOpen(automaton, end, at) };
        const { unit, width } = readEscape(text, at);
        kind = Math.min(kindOf(unit), other);
        next = at + width;
      }
      if (kind < other) {
        if (at - end > maxGap) automaton.begin();
        addFound(places, automaton, { letter: kind, at, end: next });
        end = next;
      }
      at = next;
    }
    return { places, open: openKey(automaton, end, text.length) };
  }
}

/** The open key when the text ends within an escape at `at`, which may be the next letter. */
function cutOpen(automaton: KeyAutomaton, end: number, at: number): OpenKey {
  const before = openKey(automaton, end, at);
  return { start: before?.start ?? at, length: (before?.length ?? 0) + 1, gap: 0 };
}

function kindOf(unit: number): number {
  return kinds[unit] ?? other;
}

/** The end of an escape that is no letter or digit; -1 for one that is. */
function skipPlain(text: string, at: number): number {
  const { unit, width } = readEscape(text, at);
  return kindOf(unit) < other ? -1 : at + width;
}

function openKey(automaton: KeyAutomaton, end: number, length: number): OpenKey | undefined {
  const { depth } = automaton;
  if (depth === 0 || length - end > maxGap) return undefined;
  return { start: automaton.startOf(depth), length: depth, gap: length - end };
}

/** Adds the next letter, and the key that ends with it, if there is one. */
function addFound(
  places: Place[],
  automaton: KeyAutomaton,
  { letter, at, end }: { readonly letter: number; readonly at: number; readonly end: number },
): void {
  const length = automaton.take(letter, at);
  if (length > 0) addPlace(places, automaton.startOf(length), end);
}

/** Merges overlapping places. */
function addPlace(places: Place[], start: number, end: number): void {
  let first = start;
  for (let last = places.at(-1); last !== undefined && last.end > first; last = places.at(-1)) {
    first = Math.min(first, last.start);
    places.pop();
  }
  places.push({ start: first, end });
}

/**
 * How a text is read: with escapes decoded, or unchanged. Decoding alone would miss a key directly after a percent
 * sign or a backslash.
 */
type Reading = 'decoded' | 'plain';

function readings(text: string): readonly Reading[] {
  return mayHaveEscapes(text) ? ['decoded', 'plain'] : ['plain'];
}

interface Letter {
  readonly letter: string;
  readonly end: number;
}

function lettersOf(head: readonly Letter[]): string {
  return head.map(({ letter }) => letter).join('');
}

/** The letters and digits at the beginning of a text, and where each ends. */
function headOf(text: string, count: number): readonly Letter[] {
  const head: Letter[] = [];
  let gap = 0;
  for (let at = 0; at < text.length && head.length < count && gap <= maxGap; ) {
    const { unit, width } = readEscape(text, at);
    const kind = kindOf(unit);
    gap = kind < other ? 0 : gap + width;
    at += width;
    if (kind < other) head.push({ letter: letters.charAt(kind), end: at });
  }
  return head;
}

/** Every searchable form of a key, in lower-case letters and digits only. */
function formsOf(key: string): readonly string[] {
  const plain = plainOf(key);
  const base64 = [0, 1, 2].map((offset) => plainOf(insideBase64(key, offset)));
  return [plain, [...plain].toReversed().join(''), hexOf(key), ...base64];
}

function plainOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^0-9a-z]/g, '');
}

function hexOf(key: string): string {
  return Buffer.from(key).toString('hex');
}

function partsOf(form: string): readonly string[] {
  const count = Math.max(0, form.length - minPart + 1);
  return Array.from({ length: count }, (_, start) => form.slice(start, start + minPart));
}

/**
 * The Base64 characters of a key that begins `offset` bytes after a group of three, as in the `user:key` of a
 * header. The characters at both ends are left out, because they also encode the text around the key.
 */
export function insideBase64(key: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(key)]);
  const first = Math.ceil((offset * 8) / 6);
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}
