import type { DiskFile, FileSystem, OpenMode } from './fileSystem.ts';
import { writeAll } from './fileSystem.ts';

/** How far an `append` came. */
export interface Appended {
  /** Whole lines that were written. */
  readonly lines: number;
  /** What kept the others from being written. */
  readonly error?: unknown;
}

const newline = '\n';

/** Lines on their way to a file. */
interface Batch {
  readonly lines: readonly string[];
  /** The lines, after the end of a torn line. */
  readonly bytes: Buffer;
  readonly sealBytes: number;
  done: number;
}

/** A file of lines that only grows. A torn write never touches the line after it. */
export class AppendFile {
  readonly #fs: FileSystem;
  readonly #path: string;
  #file: DiskFile;
  #bytes: number;
  /** Whether the file ends, or may end, in the middle of a line. */
  #torn: boolean;

  private constructor(fs: FileSystem, path: string, file: DiskFile, bytes: number, torn: boolean) {
    this.#fs = fs;
    this.#path = path;
    this.#file = file;
    this.#bytes = bytes;
    this.#torn = torn;
  }

  /** `torn`: the file that is there ends in the middle of a line. */
  static async open(
    fs: FileSystem,
    path: string,
    { mode, torn }: { readonly mode: OpenMode; readonly torn: boolean },
  ): Promise<AppendFile> {
    const file = await fs.open(path, mode);
    return new AppendFile(fs, path, file, await file.size(), torn);
  }

  /** Length of the file, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Ends a torn line. */
  async seal(): Promise<void> {
    if (!this.#torn) return;
    await writeAll(this.#file, Buffer.from(newline));
    this.#bytes += newline.length;
    this.#torn = false;
  }

  /** Writes lines, each with its end. Never rejects. */
  async append(lines: readonly string[]): Promise<Appended> {
    const batch = this.#batch(lines);
    try {
      while (batch.done < batch.bytes.length) {
        this.#took(batch, await this.#file.write(batch.bytes.subarray(batch.done)));
      }
      return { lines: lines.length };
    } catch (error) {
      return this.#cutShort(batch, error);
    }
  }

  /** The same before it returns: the system has the lines then, whatever becomes of this process. */
  appendNow(lines: readonly string[]): Appended {
    const batch = this.#batch(lines);
    try {
      while (batch.done < batch.bytes.length) {
        this.#took(batch, this.#file.writeNow(batch.bytes.subarray(batch.done)));
      }
      return { lines: lines.length };
    } catch (error) {
      return this.#cutShort(batch, error);
    }
  }

  #batch(lines: readonly string[]): Batch {
    const seal = this.#torn ? newline : '';
    return { lines, bytes: Buffer.from(seal + lines.join('')), sealBytes: seal.length, done: 0 };
  }

  #took(batch: Batch, written: number): void {
    // A write that takes nothing would be tried for ever.
    if (written === 0) throw new Error('The file takes no more bytes.');
    this.#bytes += written;
    batch.done += written;
    this.#torn = false;
  }

  #cutShort({ lines, sealBytes, done }: Batch, error: unknown): Appended {
    let whole = 0;
    let rest = done - sealBytes;
    for (const line of lines) {
      const length = Buffer.byteLength(line);
      if (rest < length) break;
      rest -= length;
      whole++;
    }
    if (rest > 0) this.#torn = true;
    return { lines: whole, error };
  }

  /** Resolves when everything that was written is on disk. */
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
