import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { FileSystem } from '../../base/fileSystem.ts';
import { writeFile } from '../../base/fileSystem.ts';
import { isOwnFolder, linkedFolderError } from '../../base/ownFolder.ts';

/** Max size of a file that is read: what fits into one string. */
const maxBlobBytes = 512 * 1024 * 1024;

/** Refers to the file of a long record. */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

/** The content of such a file, and the reference to it. */
export interface Blob {
  readonly ref: BlobRef;
  readonly content: Buffer;
}

/** The content with its reference. */
export function toBlob(content: Buffer): Blob {
  return { ref: { sha256: hash('sha256', content), bytes: content.length }, content };
}

/** Whether a value is a valid reference. Its hash is then safe as the name of a file. */
export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, bytes } = value as { readonly [key: string]: unknown };
  const isHash = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  return isHash && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
}

/** The files of a run's long records. Writes each content once. */
export class BlobStore {
  readonly #fs: FileSystem;
  readonly #folder: string;
  /** Lengths of the files that were found or written, by their hashes. */
  readonly #known = new Map<string, number>();

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
  }

  /** Length of the files that were found or written. */
  get bytes(): number {
    return [...this.#known.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whether the file was found or written already. */
  has({ sha256 }: BlobRef): boolean {
    return this.#known.has(sha256);
  }

  /** Whether the file exists in full length. Does not check its content. */
  async find({ sha256, bytes }: BlobRef): Promise<boolean> {
    try {
      const { kind, size } = await this.#fs.stat(join(this.#folder, sha256));
      if (kind !== 'file' || size !== bytes) return false;
      if (!(await isOwnFolder(this.#fs, this.#folder))) return false;
    } catch {
      return false;
    }
    this.#known.set(sha256, bytes);
    return true;
  }

  /** The content of a file; undefined when the file is missing or damaged. */
  async read(ref: BlobRef): Promise<Buffer | undefined> {
    if (ref.bytes > maxBlobBytes || !(await this.find(ref))) return undefined;
    const content = await this.#fs
      .readFile(join(this.#folder, ref.sha256), ref.bytes)
      .catch(() => undefined);
    if (content !== undefined && toBlob(content).ref.sha256 === ref.sha256) return content;
    this.#known.delete(ref.sha256);
    return undefined;
  }

  /** Resolves when the names and contents of all files are on disk. Replaces files that were not found. */
  async write(blobs: readonly Blob[]): Promise<void> {
    if (blobs.every(({ ref }) => this.has(ref))) return;
    await this.#fs.makeFolders(this.#folder);
    if (!(await isOwnFolder(this.#fs, this.#folder))) throw linkedFolderError();
    for (const { ref, content } of blobs) {
      if (this.has(ref)) continue;
      await writeFile(this.#fs, join(this.#folder, ref.sha256), 'replace', content);
      this.#known.set(ref.sha256, ref.bytes);
    }
    await this.#fs.syncFolder(this.#folder);
  }
}
