/** One server-sent event. */
export interface SseEvent {
  /** The `event:` field; empty when the event has none. */
  readonly name: string;
  /** The `data:` lines, joined by line feeds; without the long ones when nobody reads them. */
  readonly data: string;
}

const lf = 10;
const cr = 13;
const byteOrderMark = 0xfeff;

/** Bytes of a line that may not be data: a byte order mark and the field's name. */
const lineOverhead = 9;

/** A line of more bytes is not decoded before it is known that it is read. */
const longLine = 2_048;

const dataField = Buffer.from('data:');
const blank = 32;

/**
 * Splits bytes into server-sent events, however they are cut: LF, CRLF and CR line ends, comments,
 * several data lines, a byte order mark, characters cut in two. Every byte is looked at once; whole
 * lines are decoded together, for that is much cheaper than one by one. Long data of events that nobody
 * reads is not decoded at all. Throws a `RangeError` when the data of one event grows beyond
 * `maxEventBytes`, read or not.
 */
export class SseReader {
  readonly #onEvent: (event: SseEvent) => void;
  readonly #maxEventBytes: number;
  readonly #isRead: (name: string) => boolean;
  /** Pieces of a line whose end has not arrived. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #atStart = true;
  #afterCr = false;
  /** Whether every character of the text being read was one byte. */
  #isSingleByte = true;
  #name = '';
  #data: string | undefined;
  #dataBytes = 0;
  #signs = 0;

  /** `isRead` says whether the data of events of that name matters. */
  constructor(
    onEvent: (event: SseEvent) => void,
    maxEventBytes: number,
    isRead: (name: string) => boolean = () => true,
  ) {
    this.#onEvent = onEvent;
    this.#maxEventBytes = maxEventBytes;
    this.#isRead = isRead;
  }

  /** How many times the server has shown that it is there: events, comments and empty lines. */
  get signs(): number {
    return this.#signs;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    // The LF of a CRLF whose CR ended the chunk before.
    const start = this.#afterCr && chunk[0] === lf ? 1 : 0;
    const last = chunk[chunk.length - 1];
    this.#afterCr = last === cr;
    const end = last === lf || last === cr ? chunk.length : endOfLines(chunk);
    if (end > start) this.#takeLines(this.#joined(chunk.subarray(start, end)));
    this.#keep(chunk.subarray(Math.max(start, end)));
  }

  /** The body has ended: an event that only lacks its empty line counts, a cut line does not. */
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

  /** Takes whole lines, the long ones singly. */
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

  /** Takes whole lines. An end of line is never part of a character, so that none is cut in two. */
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
    else if (text[start] === ':') this.#signs++;
    else if (isField('data', text, start, end)) this.#addText(fieldValue('data', text, start, end));
    else if (isField('event', text, start, end)) this.#name = fieldValue('event', text, start, end);
    // The fields `id` and `retry` mean nothing here.
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
    this.#signs++;
    if (event) this.#onEvent(event);
  }
}

/** Where the last whole line of a chunk ends; 0 when there is none. */
function endOfLines(chunk: Buffer): number {
  return 1 + Math.max(chunk.lastIndexOf(lf), chunk.lastIndexOf(cr));
}

/** The next line that is long, its end included; what is empty at the end of the bytes says there is none. */
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

/** The value of a data line; undefined when the bytes are something else, several lines perhaps. */
function dataIn(line: Buffer): Buffer | undefined {
  if (!line.subarray(0, dataField.length).equals(dataField)) return undefined;
  const lineFeed = line[line.length - 1] === lf ? 1 : 0;
  const firstCr = line.indexOf(cr);
  const end = firstCr === -1 ? line.length - lineFeed : firstCr;
  if (firstCr !== -1 && firstCr !== line.length - lineFeed - 1) return undefined;
  return line.subarray(dataField.length + (line[dataField.length] === blank ? 1 : 0), end);
}

/** Where a line's field begins: some servers set their lines in. */
function fieldStart(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at;
}

/** Where a character comes next; the text's length when it does not. */
function find(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? text.length : index;
}

/** Whether a line is that field: its name, and then a colon or nothing. */
function isField(name: string, text: string, start: number, end: number): boolean {
  if (!text.startsWith(name, start)) return false;
  const nameEnd = start + name.length;
  return nameEnd === end || text[nameEnd] === ':';
}

/** The value of a line that is a field; one blank after the colon is no part of it. */
function fieldValue(name: string, text: string, start: number, end: number): string {
  const colon = start + name.length;
  const from = text[colon + 1] === ' ' ? colon + 2 : colon + 1;
  return text.slice(Math.min(from, end), end);
}
