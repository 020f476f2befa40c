import { join } from 'node:path';
import type { FileSystem } from '../../base/fileSystem.ts';
import { writeFile } from '../../base/fileSystem.ts';
import { isOwnFolder, linkedFolderError } from '../../base/ownFolder.ts';
import type { Blob, BlobRef } from '../record/blob.ts';

/** Writes the files of long records, each content once. */
export class BlobStore {
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #written: Set<string>;

  /** `known` are hashes whose files were found to be whole. */
  constructor(fs: FileSystem, folder: string, known: Iterable<string>) {
    this.#fs = fs;
    this.#folder = folder;
    this.#written = new Set(known);
  }

  /** Whether it is there already and takes no more space. */
  has(ref: BlobRef): boolean {
    return this.#written.has(ref.sha256);
  }

  /** Resolves when all of them are on disk, name and content. */
  async write(blobs: readonly Blob[]): Promise<void> {
    if (blobs.every(({ ref }) => this.has(ref))) return;
    await this.#fs.makeFolders(this.#folder);
    if (!(await isOwnFolder(this.#fs, this.#folder))) throw linkedFolderError();
    for (const blob of blobs) {
      if (!this.has(blob.ref)) await this.#writeOne(blob);
    }
    await this.#fs.syncFolder(this.#folder);
  }

  /** Replaces what is there: no record relies on a file that is not known. */
  async #writeOne({ ref, content }: Blob): Promise<void> {
    await writeFile(this.#fs, join(this.#folder, ref.sha256), 'replace', content);
    this.#written.add(ref.sha256);
  }
}
