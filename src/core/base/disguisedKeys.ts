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

/** Min letters and digits of a key with digits, to tell it from words. */
const shortestMixed = 16;
/** The same for a key without digits, which could be a sentence. */
const shortestWords = 20;
/** Max units between two letters of a key: a line break with indent, a comma. */
const longestGap = 32;
/** Min letters and digits of a partial key at the end of a text that was cut. */
const shortestPart = 8;

/** Max units at the beginning of a text that may be the rest of an escape. */
const longestCutEscape = 12;
/** Units at the beginning of a text that are searched for the end of a key. */
const longestEnd = 8_192;

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Neither a letter nor a digit. */
const other = 36;
/** The first unit of an escape: `%73`, `&#115;`, `\u0073`. */
const escapeStart = 37;

/** What each UTF-16 unit is: the number of its letter or digit, `other` or `escapeStart`. */
const kinds = new Uint8Array(0x10000).fill(other);
for (const [index, letter] of [...letters].entries()) {
  kinds[letter.charCodeAt(0)] = index;
  kinds[letter.toUpperCase().charCodeAt(0)] = index;
}
for (const start of '%&\\') kinds[start.charCodeAt(0)] = escapeStart;

/**
 * Finds keys in whatever form a server echoes them: in upper or lower case, reversed, as character codes, in
 * Base64, with escapes, with separators between their characters. Only letters and digits are compared, so only
 * long keys can be found. One pass over a text, in linear time.
 */
export class DisguisedKeys {
  readonly #forms = new Set<string>();
  #automaton: KeyAutomaton | undefined;
  #parts: ReadonlySet<string> | undefined;

  /** Returns whether the key is also found as it is: not a short key, nor one with escapes in it. */
  add(key: string): boolean {
    const plain = plainOf(key);
    const isLong = plain.length >= (/\d/.test(plain) ? shortestMixed : shortestWords);
    for (const form of isLong ? formsOf(key) : [hexOf(key)]) this.#forms.add(form);
    this.#automaton = undefined;
    this.#parts = undefined;
    return isLong && !/[%&\\]/.test(key);
  }

  /** Units of the shortest text that can hold a key. */
  get shortest(): number {
    return Math.min(...[...this.#forms].map(({ length }) => length));
  }

  /** Whether there is a key in the text. */
  isIn(text: string): boolean {
    const isLikely = readings(text).some((reading) =>
      this.#built().mayBeIn(text, kinds, reading === 'decoded' ? escapeStart : -1, skipPlain),
    );
    return isLikely && this.#placesIn(text).length > 0;
  }

  /** The text with every key replaced. Of a key that begins before `from`, only the rest is replaced. */
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
    if (!mayHaveEscapes(text)) return this.#scan(text, 'more', 'plain').open;
    const found = readings(text).flatMap((reading) => this.#scan(text, 'more', reading).open ?? []);
    return found.toSorted((a, b) => a.start - b.start)[0];
  }

  /** Units at the beginning of a text that are the end of a key whose beginning was cut off. */
  endOfKey(text: string): number {
    // The text may begin in the middle of an escape.
    for (let from = 0; from < Math.min(longestCutEscape, text.length); from++) {
      const rest = text.slice(from, from + longestEnd);
      const found = this.#endOfKeyAt(rest);
      if (found > 0) return from + found;
    }
    return 0;
  }

  #endOfKeyAt(text: string): number {
    const begin = headOf(text, shortestPart);
    if (!this.#knownParts().has(lettersOf(begin))) return 0;
    const head = headOf(text, this.#longest);
    const found = lettersOf(head);
    let longest = 0;
    for (const form of this.#forms) {
      for (let length = Math.min(form.length, found.length); length > longest; length--) {
        if (form.endsWith(found.slice(0, length))) longest = length;
      }
    }
    return longest < shortestPart ? 0 : (head[longest - 1]?.end ?? 0);
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
    const [first = [], second] = readings(text).map(
      (reading) => this.#scan(text, 'whole', reading).places,
    );
    if (second === undefined) return first;
    const places: Place[] = [];
    const all = [...first, ...second].toSorted((a, b) => a.end - b.end);
    for (const { start, end } of all) addPlace(places, start, end);
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
        if (at - end > longestGap) automaton.begin();
        addFound(places, automaton, { letter: kind, at, end: next });
        end = next;
      }
      at = next;
    }
    return { places, open: openKey(automaton, end, text.length) };
  }
}

/** The same for an escape that is cut off at `at`: it may be the next letter. */
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
  if (depth === 0 || length - end > longestGap) return undefined;
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
 * How a text is read: with escapes decoded, or as it stands. A key that happens to follow a percent sign or a
 * backslash would be missed by the first alone.
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
  for (let at = 0; at < text.length && head.length < count && gap <= longestGap; ) {
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
  const count = Math.max(0, form.length - shortestPart + 1);
  return Array.from({ length: count }, (_, start) => form.slice(start, start + shortestPart));
}

/**
 * The Base64 characters of a key that begins `offset` bytes after a group of three, as in the `user:key` of a
 * header. Without the characters at its ends, which also encode its neighbours.
 */
export function insideBase64(key: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(key)]);
  const first = Math.ceil((offset * 8) / 6);
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}
