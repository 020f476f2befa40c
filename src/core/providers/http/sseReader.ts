/** One server-sent event. */
export interface SseEvent {
  /** The `event:` field; empty when the event has none. */
  readonly name: string;
  /** The `data:` lines, joined by line feeds. */
  readonly data: string;
}

const lf = 10;
const cr = 13;
const colon = 58;
const space = 32;

/** Bytes of a line that may not be data: a byte order mark and the field's name. */
const lineOverhead = 9;

/**
 * Splits bytes into server-sent events, however they are cut: LF, CRLF and CR line ends, comments,
 * several data lines, a byte order mark, characters cut in two. Every byte is looked at once. Throws
 * a `RangeError` when the data of one event grows beyond `maxEventBytes`.
 */
export class SseReader {
  readonly #onEvent: (event: SseEvent) => void;
  readonly #maxEventBytes: number;
  /** Pieces of a line whose end has not arrived. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #atStart = true;
  #afterCr = false;
  #name = '';
  #data: string | undefined;
  #dataBytes = 0;

  constructor(onEvent: (event: SseEvent) => void, maxEventBytes: number) {
    this.#onEvent = onEvent;
    this.#maxEventBytes = maxEventBytes;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    // The LF of a CRLF whose CR ended the chunk before.
    let start = this.#afterCr && chunk[0] === lf ? 1 : 0;
    this.#afterCr = chunk.at(-1) === cr;
    let nextLf = find(chunk, lf, start);
    let nextCr = find(chunk, cr, start);
    while (nextLf < chunk.length || nextCr < chunk.length) {
      const end = Math.min(nextLf, nextCr);
      this.#endLine(chunk, start, end);
      start = end + (end === nextCr && nextLf === nextCr + 1 ? 2 : 1);
      if (nextLf < start) nextLf = find(chunk, lf, start);
      if (nextCr < start) nextCr = find(chunk, cr, start);
    }
    this.#keep(chunk, start);
  }

  /** The body has ended: an event that only lacks its empty line counts, a cut line does not. */
  end(): void {
    this.#dispatch();
  }

  #keep(chunk: Buffer, start: number): void {
    if (start === chunk.length) return;
    this.#pieces.push(chunk.subarray(start));
    this.#pieceBytes += chunk.length - start;
    this.#checkSize(this.#pieceBytes - lineOverhead);
  }

  #endLine(chunk: Buffer, start: number, end: number): void {
    if (this.#pieces.length === 0) {
      this.#takeLine(chunk, start, end);
      return;
    }
    const line = Buffer.concat([...this.#pieces, chunk.subarray(start, end)]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#takeLine(line, 0, line.length);
  }

  #takeLine(line: Buffer, lineStart: number, end: number): void {
    const start = lineStart + this.#byteOrderMark(line, lineStart);
    if (start === end) {
      this.#dispatch();
      return;
    }
    const nameEnd = fieldNameEnd(line, start, end);
    const name = line.toString('latin1', start, nameEnd);
    const valueStart = nameEnd + (line[nameEnd + 1] === space ? 2 : 1);
    if (name === 'data') this.#addData(line, Math.min(valueStart, end), end);
    else if (name === 'event') this.#name = line.toString('utf8', Math.min(valueStart, end), end);
    // Comments and the fields `id` and `retry` mean nothing here.
  }

  #addData(line: Buffer, start: number, end: number): void {
    this.#checkSize(end - start);
    this.#dataBytes += end - start + 1;
    const text = line.toString('utf8', start, end);
    this.#data = this.#data === undefined ? text : `${this.#data}\n${text}`;
  }

  #byteOrderMark(line: Buffer, start: number): number {
    if (!this.#atStart) return 0;
    this.#atStart = false;
    return line[start] === 0xef && line[start + 1] === 0xbb && line[start + 2] === 0xbf ? 3 : 0;
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
    if (event) this.#onEvent(event);
  }
}

/** Where a byte comes next; the chunk's length when it does not. */
function find(chunk: Buffer, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from);
  return index === -1 ? chunk.length : index;
}

/** Where the field's name ends: at its colon, or at the line's end. */
function fieldNameEnd(line: Buffer, start: number, end: number): number {
  // Field names that matter are short; a line without a colon is not searched to its end.
  const last = Math.min(end, start + 6);
  for (let index = start; index < last; index += 1) {
    if (line[index] === colon) return index;
  }
  return end;
}
