import type { DiskFile } from './fileSystem.ts';
import { UnusableFileError } from './unusableFile.ts';

/** One line of a file; the offsets include its end. */
export interface FileLine {
  readonly start: number;
  readonly end: number;
  /**
   * Without the line end; undefined for a line that is too long. Valid until the next lines are asked
   * for: the memory is used again.
   */
  readonly bytes: Buffer | undefined;
  /** False for a last line that was cut short. */
  readonly ended: boolean;
}

const maxChunk = 1024 * 1024;
const minChunk = 4096;
const newline = 0x0a;

/**
 * A line that goes on for longer, in bytes, is not damage that a crash leaves: the file is something else,
 * or one long hole, and to read all of it could take hours.
 */
const endlessBytes = 64 * 1024 * 1024;

/**
 * The lines of a file, some at a time. Memory does not grow with the file: a line of more than
 * `maxBytes` is skipped and only its place is told. `from` is where the first line begins, in bytes.
 */
export async function* readLines(
  file: DiskFile,
  maxBytes: number,
  from = 0,
): AsyncGenerator<readonly FileLine[]> {
  const size = Math.max(minChunk, (await file.size()) - from);
  const chunk = Buffer.allocUnsafe(Math.min(maxChunk, size));
  const open = new OpenLine(maxBytes);
  for (let position = from; ; ) {
    const length = await file.read(chunk, position);
    if (length === 0) break;
    yield linesOf(chunk.subarray(0, length), position, open);
    position += length;
  }
  const last = open.end(false, 0);
  if (last !== undefined) yield [last];
}

function linesOf(chunk: Buffer, position: number, open: OpenLine): readonly FileLine[] {
  const lines: FileLine[] = [];
  let from = 0;
  for (;;) {
    const at = chunk.indexOf(newline, from);
    if (at < 0) break;
    open.add(chunk.subarray(from, at), position + from);
    const line = open.end(true, position + at);
    if (line !== undefined) lines.push(line);
    from = at + 1;
  }
  if (from < chunk.length) open.keep(chunk.subarray(from), position + from);
  return lines;
}

function endlessLine(): UnusableFileError {
  return new UnusableFileError('too large', 'has a line of more than 64 MB and is no journal');
}

/** The line under way, which may have begun in an earlier chunk. */
class OpenLine {
  readonly #maxBytes: number;
  #start: number | undefined;
  #length = 0;
  #parts: Buffer[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Buffer, position: number): void {
    this.#start ??= position;
    this.#length += part.length;
    if (this.#length > endlessBytes) throw endlessLine();
    if (this.#length <= this.#maxBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  /** Adds a part whose memory is about to be used again. */
  keep(part: Buffer, position: number): void {
    const fits = this.#length + part.length <= this.#maxBytes;
    this.add(fits ? Buffer.from(part) : part, position);
  }

  /** Ends the line; `newlineAt` is where its line end stands. Undefined when there is no line. */
  end(ended: boolean, newlineAt: number): FileLine | undefined {
    if (this.#start === undefined) return undefined;
    const start = this.#start;
    const end = ended ? newlineAt + 1 : start + this.#length;
    const bytes = this.#length <= this.#maxBytes ? Buffer.concat(this.#parts) : undefined;
    this.#start = undefined;
    this.#length = 0;
    this.#parts = [];
    return { start, end, bytes, ended };
  }
}
