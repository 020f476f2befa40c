import type { FileHandle } from 'node:fs/promises';
import { sliceWhole } from '../../base/text.ts';

/** Where a window begins, counted from 1, and how much of the text it shows. */
export interface WindowPlace {
  readonly startLine: number;
  readonly startColumn: number;
  /** UTF-16 units that it has at least, unless the file ends before. */
  readonly length: number;
}

/** A part of the text of a file, from a place on. */
export interface FileWindow {
  readonly text: string;
  /** Whether the file ends with it. */
  readonly isEnd: boolean;
  /** Bytes of the file that were read to get it, and of the whole file. */
  readonly bytesRead: number;
  readonly bytes: number;
}

/** The place is not in the file: how many lines it has, or how long the line is. */
export type WindowMiss = { readonly lineCount: number } | { readonly lineLength: number };

/** Bytes that are read at a time. */
const chunkBytes = 65_536;
const newline = 10;

/**
 * Reads a part of a file in pieces, however large the file is: what comes before the part is looked through and not
 * kept. Lines and columns are those of the text without byte order mark and with `\n` as line ends.
 */
export async function readWindow(
  handle: Pick<FileHandle, 'read'>,
  bytes: number,
  place: WindowPlace,
  signal: AbortSignal,
): Promise<FileWindow | WindowMiss> {
  const chunks = new Chunks(handle, signal);
  const missing = await skipLines(chunks, place.startLine - 1);
  if (missing !== undefined) return missing;
  const text = new WindowText(place);
  for (;;) {
    const chunk = await chunks.next();
    const length = text.add(chunk);
    if (length !== undefined) return { lineLength: length };
    const isEnd = chunk.length === 0;
    if (!isEnd && !text.isFull) continue;
    const { offset: bytesRead } = chunks;
    return { text: text.text, isEnd, bytesRead, bytes: Math.max(bytes, bytesRead) };
  }
}

/** Skips lines. Resolves with the number of lines when the file ends before. */
async function skipLines(
  chunks: Chunks,
  count: number,
): Promise<{ readonly lineCount: number } | undefined> {
  let skipped = 0;
  let isOpen = false;
  while (skipped < count || !isOpen) {
    const chunk = await chunks.next();
    if (chunk.length === 0) return { lineCount: skipped + (isOpen ? 1 : 0) };
    let at = 0;
    while (skipped < count && at < chunk.length) {
      const feed = chunk.indexOf(newline, at);
      isOpen = feed < 0;
      if (feed < 0) break;
      skipped += 1;
      at = feed + 1;
    }
    if (skipped < count) continue;
    // There is no line after the last newline.
    isOpen = at < chunk.length;
    chunks.unread(chunk.length - at);
  }
  return undefined;
}

/** The bytes of a file, in their order. */
class Chunks {
  readonly #handle: Pick<FileHandle, 'read'>;
  readonly #signal: AbortSignal;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  offset = 0;

  constructor(handle: Pick<FileHandle, 'read'>, signal: AbortSignal) {
    this.#handle = handle;
    this.#signal = signal;
  }

  /** The next bytes, until `next` is called again; none at the end of the file. */
  async next(): Promise<Buffer> {
    this.#signal.throwIfAborted();
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, chunkBytes, this.offset);
    this.offset += bytesRead;
    return this.#buffer.subarray(0, bytesRead);
  }

  unread(bytes: number): void {
    this.offset -= bytes;
  }
}

/** The text of a window, from the bytes that begin with its line. */
class WindowText {
  readonly #length: number;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** UTF-16 units of the first line that are still to be skipped, and that were. */
  #toSkip: number;
  #skipped = 0;
  /** A `\r` at the end of the last piece: it is a part of a line end when `\n` follows. */
  #held = '';
  #isAtMark: boolean;
  text = '';

  constructor({ startLine, startColumn, length }: WindowPlace) {
    this.#length = length;
    this.#toSkip = startColumn - 1;
    this.#isAtMark = startLine === 1;
  }

  get isFull(): boolean {
    return this.#toSkip === 0 && this.text.length >= this.#length;
  }

  /** Adds bytes; none at the end of the file. Returns the length of the line when the window begins behind it. */
  add(bytes: Buffer): number | undefined {
    const isEnd = bytes.length === 0;
    this.text += this.#normal(this.#held + this.#decoder.decode(bytes, { stream: !isEnd }), isEnd);
    if (this.#toSkip === 0) return undefined;
    const end = this.text.indexOf('\n');
    const ofLine = end < 0 ? this.text.length : end;
    const isLineOver = end >= 0 || isEnd;
    if (isLineOver && this.#toSkip >= ofLine) return this.#skipped + ofLine;
    // A window begins with a character of its line, so the last one stays until more is known.
    const count = isLineOver ? this.#toSkip : wholeCount(this.text, this.#toSkip);
    this.text = sliceWhole(this.text, count, this.text.length);
    this.#toSkip -= count;
    this.#skipped += count;
    return undefined;
  }

  #normal(read: string, isEnd: boolean): string {
    this.#held = !isEnd && read.endsWith('\r') ? '\r' : '';
    const whole = read.slice(0, read.length - this.#held.length).replaceAll('\r\n', '\n');
    const text = this.#isAtMark && whole.startsWith('\uFEFF') ? whole.slice(1) : whole;
    if (whole !== '') this.#isAtMark = false;
    return text;
  }
}

/** How many UTF-16 units of a text can be skipped with some left behind them, without half a character. */
function wholeCount(text: string, wanted: number): number {
  const most = Math.max(0, text.length - 2);
  if (wanted <= most) return wanted;
  return sliceWhole(text, 0, most).length;
}
