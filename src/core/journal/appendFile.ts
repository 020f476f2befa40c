import type { JournalFile, JournalFs, OpenMode } from './journalFs.ts';
import { writeAll } from './journalFs.ts';

/** How far an `append` came. */
export interface Appended {
  /** Whole lines that were written. */
  readonly lines: number;
  /** What kept the others from being written. */
  readonly error?: unknown;
}

interface OpenedFile {
  readonly file: JournalFile;
  readonly bytes: number;
  readonly torn: boolean;
}

const newline = Buffer.from('\n');

/** A file of lines that only grows. What is cut off by a failing disk never touches the next line. */
export class AppendFile {
  readonly #fs: JournalFs;
  readonly #path: string;
  #file: JournalFile;
  #bytes: number;
  /** Whether the file ends, or may end, in the middle of a line. */
  #torn: boolean;

  private constructor(fs: JournalFs, path: string, opened: OpenedFile) {
    this.#fs = fs;
    this.#path = path;
    this.#file = opened.file;
    this.#bytes = opened.bytes;
    this.#torn = opened.torn;
  }

  /** `torn`: the file that is there ends in the middle of a line. */
  static async open(
    fs: JournalFs,
    path: string,
    { mode, torn }: { readonly mode: OpenMode; readonly torn: boolean },
  ): Promise<AppendFile> {
    const file = await fs.open(path, mode);
    return new AppendFile(fs, path, { file, bytes: await file.size(), torn });
  }

  /** Length of the file, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ends a line that was cut short. */
  async seal(): Promise<void> {
    if (!this.#torn) return;
    await writeAll(this.#file, newline);
    this.#bytes += newline.length;
    this.#torn = false;
  }

  /** Writes lines, each with its end. Never rejects. */
  async append(lines: readonly Buffer[]): Promise<Appended> {
    const bytes = Buffer.concat(lines);
    let done = 0;
    try {
      await this.seal();
      while (done < bytes.length) {
        done += this.#grow(await this.#file.write(bytes.subarray(done)));
      }
      return { lines: lines.length };
    } catch (error) {
      return this.#cutShort(lines, done, error);
    }
  }

  /** The same before it returns: the system has the lines then, whatever becomes of this process. */
  appendNow(lines: readonly Buffer[]): Appended {
    const bytes = Buffer.concat(this.#torn ? [newline, ...lines] : lines);
    const seal = this.#torn ? newline.length : 0;
    let done = 0;
    try {
      while (done < bytes.length) {
        done += this.#grow(this.#file.writeNow(bytes.subarray(done)));
      }
      this.#torn = false;
      return { lines: lines.length };
    } catch (error) {
      if (done >= seal) this.#torn = false;
      return this.#cutShort(lines, Math.max(0, done - seal), error);
    }
  }

  /** A write that takes nothing would be tried for ever. */
  #grow(written: number): number {
    if (written === 0) throw new Error('The file takes no more bytes.');
    this.#bytes += written;
    return written;
  }

  #cutShort(lines: readonly Buffer[], bytes: number, error: unknown): Appended {
    const whole = countWhole(lines, bytes);
    if (bytes > whole.bytes) this.#torn = true;
    return { lines: whole.lines, error };
  }

  /** Resolves when everything that was written is on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Opens the file anew: a handle can stay broken when the disk works again. */
  async reopen(): Promise<void> {
    const file = await this.#fs.open(this.#path, 'append');
    await this.#file.close().catch(() => undefined);
    this.#file = file;
    this.#bytes = await file.size();
    // Nobody knows what arrived. A line end too many is harmless.
    this.#torn = true;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** How many of the lines are within the first `bytes` bytes, and where the last of them ends. */
function countWhole(lines: readonly Buffer[], bytes: number): { lines: number; bytes: number } {
  const whole = { lines: 0, bytes: 0 };
  for (const line of lines) {
    if (whole.bytes + line.length > bytes) break;
    whole.lines++;
    whole.bytes += line.length;
  }
  return whole;
}
