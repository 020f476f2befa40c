/** One server-sent event. */
export interface SseEvent {
  /** The `event:` field; empty when there is none. */
  readonly name: string;
  /** The `data:` lines, joined by line feeds; long lines of ignored events are left out. */
  readonly data: string;
}

const lf = 10;
const cr = 13;
const byteOrderMark = 0xfeff;

/** Max bytes of a line besides its data: a byte order mark and the field's name. */
const lineOverhead = 9;

/** Bytes from which on a line is decoded only if its event is read. */
const longLine = 2_048;

const dataField = Buffer.from('data:');
const space = 32;

/**
 * Parses server-sent events from chunks that may be split anywhere, even within a character. Supports LF,
 * CRLF and CR line ends, comments, several data lines and a byte order mark. Every byte is looked at once.
 * Whole lines are decoded together, which is much cheaper than one by one, and long data of ignored events
 * is not decoded at all. Throws a `RangeError` when the data of one event exceeds `maxEventBytes`, even
 * if it is ignored.
 */
export class SseReader {
  readonly #onEvent: (event: SseEvent) => void;
  readonly #maxEventBytes: number;
  readonly #isRead: (name: string) => boolean;
  /** Chunks of an incomplete line. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #atStart = true;
  #afterCr = false;
  /** Whether the current text is one byte a character. */
  #isSingleByte = true;
  #name = '';
  #data: string | undefined;
  #dataBytes = 0;
  #heartbeats = 0;

  /** `isRead` says whether events of that name are read or ignored. */
  constructor(
    onEvent: (event: SseEvent) => void,
    maxEventBytes: number,
    isRead: (name: string) => boolean = () => true,
  ) {
    this.#onEvent = onEvent;
    this.#maxEventBytes = maxEventBytes;
    this.#isRead = isRead;
  }

  /** Number of events, comments and empty lines so far. It grows as long as the server is alive. */
  get heartbeats(): number {
    return this.#heartbeats;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    // Skips the LF of a CRLF that was split between chunks.
    const start = this.#afterCr && chunk[0] === lf ? 1 : 0;
    this.#afterCr = chunk[chunk.length - 1] === cr;
    const end = endOfLines(chunk);
    if (end > start) this.#takeLines(this.#joined(chunk.subarray(start, end)));
    this.#keep(chunk.subarray(Math.max(start, end)));
  }

  /** The body has ended. An event without its final empty line counts; an incomplete line does not. */
  end(): void {
    this.#dispatch();
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#pieces.push(rest);
    this.#pieceBytes += rest.length;
    this.#checkSize(this.#pieceBytes - lineOverhead);
  }

  #joined(lines: Buffer): Buffer {
    if (this.#pieces.length === 0) return lines;
    const joined = Buffer.concat([...this.#pieces, lines]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    return joined;
  }

  /** Takes whole lines, each long one by itself. */
  #takeLines(bytes: Buffer): void {
    let start = 0;
    for (;;) {
      const long = findLongLine(bytes, start);
      if (start < long.start) this.#takeText(bytes.subarray(start, long.start));
      if (long.start === long.end) return;
      this.#takeLongLine(bytes.subarray(long.start, long.end));
      start = long.end;
    }
  }

  #takeLongLine(bytes: Buffer): void {
    const value = this.#name === '' || this.#isRead(this.#name) ? undefined : dataIn(bytes);
    if (value === undefined) this.#takeText(bytes);
    else this.#addData('', value.length);
  }

  /** Decodes whole lines. A line end is never part of a character, so no character is split. */
  #takeText(bytes: Buffer): void {
    const text = bytes.toString('utf8');
    this.#isSingleByte = text.length === bytes.length;
    let start = 0;
    let nextLf = find(text, '\n', start);
    let nextCr = find(text, '\r', start);
    while (start < text.length) {
      const end = Math.min(nextLf, nextCr);
      this.#takeLine(text, start, end);
      start = end + (end === nextCr && nextLf === nextCr + 1 ? 2 : 1);
      if (nextLf < start) nextLf = find(text, '\n', start);
      if (nextCr < start) nextCr = find(text, '\r', start);
    }
  }

  #takeLine(text: string, lineStart: number, end: number): void {
    const marked = lineStart + this.#markLength(text, lineStart);
    const start = fieldStart(text, marked, end);
    if (marked === end) this.#dispatch();
    else if (text[start] === ':') this.#heartbeats++;
    else if (isField('data', text, start, end)) this.#addText(fieldValue('data', text, start, end));
    else if (isField('event', text, start, end)) this.#name = fieldValue('event', text, start, end);
    // `id` and `retry` are ignored: streams are not resumed.
  }

  #addText(value: string): void {
    this.#addData(value, this.#isSingleByte ? value.length : Buffer.byteLength(value));
  }

  #addData(value: string, bytes: number): void {
    this.#checkSize(bytes);
    this.#dataBytes += bytes + 1;
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }

  #markLength(text: string, start: number): number {
    if (!this.#atStart) return 0;
    this.#atStart = false;
    return text.charCodeAt(start) === byteOrderMark ? 1 : 0;
  }

  #checkSize(moreBytes: number): void {
    if (this.#dataBytes + moreBytes <= this.#maxEventBytes) return;
    throw new RangeError(`one event is larger than ${this.#maxEventBytes} bytes`);
  }

  #dispatch(): void {
    const event = this.#data === undefined ? undefined : { name: this.#name, data: this.#data };
    this.#name = '';
    this.#data = undefined;
    this.#dataBytes = 0;
    this.#heartbeats++;
    if (event) this.#onEvent(event);
  }
}

/** Index after the last complete line of a chunk; 0 when there is none. */
function endOfLines(chunk: Buffer): number {
  return 1 + Math.max(chunk.lastIndexOf(lf), chunk.lastIndexOf(cr));
}

/** The next long line, with its line end; an empty range at the end when there is none. */
function findLongLine(
  bytes: Buffer,
  from: number,
): { readonly start: number; readonly end: number } {
  let start = from;
  while (bytes.length - start > longLine) {
    const shortEnd = bytes.lastIndexOf(lf, start + longLine);
    if (shortEnd < start) {
      const end = bytes.indexOf(lf, start + longLine);
      return { start, end: end === -1 ? bytes.length : end + 1 };
    }
    start = shortEnd + 1;
  }
  return { start: bytes.length, end: bytes.length };
}

/** The value of a data line; undefined when the bytes are another field or several lines. */
function dataIn(line: Buffer): Buffer | undefined {
  if (!line.subarray(0, dataField.length).equals(dataField)) return undefined;
  const lineFeed = line[line.length - 1] === lf ? 1 : 0;
  const firstCr = line.indexOf(cr);
  const end = firstCr === -1 ? line.length - lineFeed : firstCr;
  if (firstCr !== -1 && firstCr !== line.length - lineFeed - 1) return undefined;
  return line.subarray(dataField.length + (line[dataField.length] === space ? 1 : 0), end);
}

/** Where a line's field begins: some servers indent their lines. */
function fieldStart(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at;
}

/** Index of the next occurrence of a character; the text's length without one. */
function find(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? text.length : index;
}

/** Whether a line is this field: its name, followed by a colon or nothing. */
function isField(name: string, text: string, start: number, end: number): boolean {
  if (!text.startsWith(name, start)) return false;
  const nameEnd = start + name.length;
  return nameEnd === end || text[nameEnd] === ':';
}

/** The value of a field's line, without one space after the colon. */
function fieldValue(name: string, text: string, start: number, end: number): string {
  const colon = start + name.length;
  const from = text[colon + 1] === ' ' ? colon + 2 : colon + 1;
  return text.slice(Math.min(from, end), end);
}
