import type { SearchMatch } from '../workspace.ts';
import type { TextMatcher } from './lineFinder.ts';
import { excerpt, matchingLines } from './lineFinder.ts';

/** A matching line of a text. */
type LineMatch = Omit<SearchMatch, 'path'>;

/** What is looked for in a text that comes in pieces. */
export interface PieceQuery {
  readonly matcherFor: TextMatcher;
  /** The first line to search, from 1. */
  readonly startLine: number;
  /** Max number of matching lines. */
  readonly max: number;
}

/** A line of more UTF-16 units is searched in pieces, too. */
const maxLineLength = 1_000_000;
/** UTF-16 units of a long line that two of its pieces share: at least as many as a searched text can have. */
const sharedLength = 1_000;
const newline = 10;

/** Searches the lines of a text that comes in pieces of its bytes. It keeps one piece and one line at most. */
export class PieceSearch {
  readonly #query: PieceQuery;
  readonly #decoder = new TextDecoder();
  readonly matches: LineMatch[] = [];
  #linesToSkip: number;
  /** The number of the line that `#rest` belongs to. */
  #line: number;
  /** What is not searched yet: the beginning of a line, or a part of a long one. */
  #rest = '';
  #long: LongLine | undefined;

  constructor(query: PieceQuery) {
    this.#query = query;
    this.#linesToSkip = query.startLine - 1;
    this.#line = query.startLine;
  }

  /** The line that the search has come to. */
  get line(): number {
    return this.#line;
  }

  /** Whether the first line to search is still to come. */
  get isSkipping(): boolean {
    return this.#linesToSkip > 0;
  }

  get isFull(): boolean {
    return this.matches.length >= this.#query.max;
  }

  /** Searches the next bytes. */
  add(bytes: Uint8Array): void {
    const from = this.#skipLines(bytes);
    if (from < bytes.length) {
      this.#search(this.#decoder.decode(bytes.subarray(from), { stream: true }), false);
    }
  }

  /** Searches what is left, after the last bytes. */
  end(): void {
    this.#search(this.#decoder.decode(), true);
  }

  /** Where the bytes begin that are to be searched. */
  #skipLines(bytes: Uint8Array): number {
    let at = 0;
    while (this.#linesToSkip > 0) {
      const feed = bytes.indexOf(newline, at);
      if (feed < 0) return bytes.length;
      this.#linesToSkip -= 1;
      at = feed + 1;
    }
    return at;
  }

  #search(more: string, isEnd: boolean): void {
    let text = this.#rest + more;
    if (this.#long !== undefined) {
      const feed = text.indexOf('\n');
      const isLineEnd = feed >= 0 || isEnd;
      const part = feed < 0 ? text : text.slice(0, feed).replace(/\r$/, '');
      this.#rest = this.#searchLong(this.#long, part, isLineEnd);
      if (!isLineEnd) return;
      text = feed < 0 ? '' : text.slice(feed + 1);
      this.#long = undefined;
      this.#line += 1;
    }
    const end = isEnd ? text.length : text.lastIndexOf('\n') + 1;
    this.#searchLines(text.slice(0, end).replaceAll('\r\n', '\n'));
    this.#rest = text.slice(end);
    if (this.#rest.length <= maxLineLength) return;
    this.#long = { offset: 0, searched: 0, isFound: false };
    this.#rest = this.#searchLong(this.#long, this.#rest, false);
  }

  /** Searches whole lines. */
  #searchLines(text: string): void {
    const { matcherFor, max } = this.#query;
    if (text === '') return;
    const before = this.#line - 1;
    for (const match of matchingLines(text, matcherFor(text), max - this.matches.length)) {
      this.matches.push({ ...match, line: match.line + before });
    }
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#line += 1;
  }

  /** Searches a part of a long line. Returns what the next part begins with. */
  #searchLong(long: LongLine, text: string, isLineEnd: boolean): string {
    // A match near the end may go on in the next part.
    const end = isLineEnd ? text.length : Math.max(0, text.length - sharedLength);
    if (!long.isFound && !this.isFull) {
      const index = this.#query.matcherFor(text)(long.searched);
      if (index >= 0 && (index < end || isLineEnd)) {
        long.isFound = true;
        this.matches.push({
          line: this.#line,
          column: long.offset + index + 1,
          text: excerpt(text, 0, text.length, index),
        });
      }
    }
    const kept = wholeCharacter(text, Math.max(0, end - sharedLength));
    long.offset += kept;
    long.searched = end - kept;
    return isLineEnd ? '' : text.slice(kept);
  }
}

/** A line that is searched in parts. */
interface LongLine {
  /** Where the part that is left begins in the line. */
  offset: number;
  /** How much of that part was searched. */
  searched: number;
  /** A line is found once. */
  isFound: boolean;
}

/** The index, or the one before it where it is in the middle of a character. */
function wholeCharacter(text: string, index: number): number {
  return index > 0 && /[\uDC00-\uDFFF]/.test(text[index] ?? '') ? index - 1 : index;
}
