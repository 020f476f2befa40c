import { join } from 'node:path';
import type { FileSystem } from '../../base/fileSystem.ts';
import { writeFile } from '../../base/fileSystem.ts';
import { isOwnFolder, linkedFolderError } from '../../base/ownFolder.ts';
import type { Blob, BlobRef } from '../record/blob.ts';

/** Writes the files of long records, each content only once. */
export class BlobStore {
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #written: Set<string>;

  /** `known`: hashes of files that exist in full length. */
  constructor(fs: FileSystem, folder: string, known: Iterable<string>) {
    this.#fs = fs;
    this.#folder = folder;
    this.#written = new Set(known);
  }

  /** Whether the file was written already. */
  has(ref: BlobRef): boolean {
    return this.#written.has(ref.sha256);
  }

  /** Resolves when the names and contents of all files are on disk. */
  async write(blobs: readonly Blob[]): Promise<void> {
    if (blobs.every(({ ref }) => this.has(ref))) return;
    await this.#fs.makeFolders(this.#folder);
    if (!(await isOwnFolder(this.#fs, this.#folder))) throw linkedFolderError();
    for (const blob of blobs) {
      if (!this.has(blob.ref)) await this.#writeOne(blob);
    }
    await this.#fs.syncFolder(this.#folder);
  }

  /** Replaces an existing file: no record relies on an unknown one. */
  async #writeOne({ ref, content }: Blob): Promise<void> {
    await writeFile(this.#fs, join(this.#folder, ref.sha256), 'replace', content);
    this.#written.add(ref.sha256);
  }
}
