import { KeyAutomaton } from './keyAutomaton.ts';
import { mayBeCutEscape, readEscape } from './textEscapes.ts';

/** A part of a text, in UTF-16 units. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** The end of a text that may be the beginning of a key. */
export interface OpenKey {
  readonly start: number;
  /** Its letters and digits. */
  readonly length: number;
  /** Units that follow the last of them. */
  readonly gap: number;
}

/** What a scan has found. */
interface Scan {
  readonly places: readonly Place[];
  readonly open: OpenKey | undefined;
}

/** Letters and digits of a key that has digits in it, by which it is told from words. */
const shortestMixed = 16;
/** The same for one that could be a sentence. */
const shortestWords = 20;
/** Units between two letters of a key at most: a line's end and the next one's indent, a comma. */
const longestGap = 32;
/** Letters and digits of the part of a key by which it is told that a text was cut there. */
const shortestPart = 8;

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Neither a letter nor a digit. */
const other = 36;
/** Where something may be written in another way: `%73`, `&#115;`, `\u0073`. */
const escapeStart = 37;

/** What each ASCII character is: the number of its letter or digit, `other` or `escapeStart`. */
const kinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if ('%&\\'.includes(character)) return escapeStart;
  const index = letters.indexOf(character.toLowerCase());
  return index < 0 ? other : index;
});

/**
 * Finds keys in whatever form a server gives them back: in large or small letters, backwards, as the
 * numbers of their characters, in Base64, with escapes, and with anything but letters and digits between
 * their own. A key is compared by its letters and digits alone, so that only long ones can be found.
 * One pass over a text, in time linear in it.
 */
export class DisguisedKeys {
  readonly #forms = new Set<string>();
  #automaton: KeyAutomaton | undefined;
  #parts: ReadonlySet<string> | undefined;

  /** Says whether the key is found as it is, too; a short one, or one with escapes in it, is not. */
  add(key: string): boolean {
    const plain = plainOf(key);
    const isLong = plain.length >= (/\d/.test(plain) ? shortestMixed : shortestWords);
    for (const form of isLong ? formsOf(key) : [hexOf(key)]) this.#forms.add(form);
    this.#automaton = undefined;
    this.#parts = undefined;
    return isLong && !/[%&\\]/.test(key);
  }

  /** Units of the shortest text that can hold one. */
  get shortest(): number {
    return Math.min(...[...this.#forms].map(({ length }) => length));
  }

  /** Whether there is a key in the text. */
  isIn(text: string): boolean {
    return this.#scan(text, 'whole').places.length > 0;
  }

  /** The text with every key in it replaced; what begins before `from` is only replaced from there on. */
  replace(text: string, by: string, from = 0): string {
    let rest = '';
    let at = from;
    for (const { start, end } of this.#scan(text, 'whole').places) {
      if (end <= at) continue;
      rest += text.slice(at, Math.max(at, start)) + by;
      at = end;
    }
    return rest + text.slice(at);
  }

  /** The key that the end of the text may be the beginning of; `more` may be on its way. */
  openAt(text: string): OpenKey | undefined {
    return this.#scan(text, 'more').open;
  }

  /** Units at the beginning of a text that are the end of a key, of which a part was cut off. */
  endOfKey(text: string): number {
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

  /** `more`: an escape that the text ends in may not be whole yet. */
  #scan(text: string, extent: 'whole' | 'more'): Scan {
    this.#automaton ??= new KeyAutomaton([...this.#forms], letters);
    const automaton = this.#automaton;
    const places: Place[] = [];
    automaton.begin();
    // Where the last letter ended.
    let end = 0;
    let at = 0;
    while (at < text.length) {
      let kind = kindOf(text.charCodeAt(at));
      let next = at + 1;
      if (kind === escapeStart) {
        if (extent === 'more' && mayBeCutEscape(text, at)) break;
        const { unit, width } = readEscape(text, at);
        kind = Math.min(kindOf(unit), other);
        next = at + width;
      }
      if (kind < other) {
        if (at - end > longestGap) automaton.begin();
        const length = automaton.take(kind, at);
        if (length > 0) addPlace(places, automaton.startOf(length), next);
        end = next;
      }
      at = next;
    }
    return { places, open: openKey(automaton, end, text.length) };
  }
}

function kindOf(unit: number): number {
  return unit < 128 ? (kinds[unit] ?? other) : other;
}

function openKey(automaton: KeyAutomaton, end: number, length: number): OpenKey | undefined {
  const { depth } = automaton;
  if (depth === 0 || length - end > longestGap) return undefined;
  return { start: automaton.startOf(depth), length: depth, gap: length - end };
}

/** Places that overlap become one. */
function addPlace(places: Place[], start: number, end: number): void {
  let first = start;
  for (let last = places.at(-1); last !== undefined && last.end > first; last = places.at(-1)) {
    first = Math.min(first, last.start);
    places.pop();
  }
  places.push({ start: first, end });
}

interface Letter {
  readonly letter: string;
  readonly end: number;
}

function lettersOf(head: readonly Letter[]): string {
  return head.map(({ letter }) => letter).join('');
}

/** The letters and digits that a text begins with, and where each of them ends. */
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

/** Every form of a key that can be looked for, in small letters and digits alone. */
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
 * What a key makes of a Base64 text in which it begins `offset` bytes after a group of three, such as
 * the `user:key` of a header: without the characters at its ends, which hold its neighbours too.
 */
export function insideBase64(key: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(key)]);
  const first = Math.ceil((offset * 8) / 6);
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}
