import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { JournalFs } from './journalFs.ts';
import { writeAll } from './journalFs.ts';
import { isOwnFolder, linkedFolderError } from './ownFolder.ts';

/** Where a part of a record is that is too long for a line. */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

/** A part of a record on its way to a file of its own. */
export interface Blob {
  readonly ref: BlobRef;
  readonly content: Buffer;
}

/** Largest file that is read: what fits into one string. */
const maxBlobBytes = 512 * 1024 * 1024;

/** Names content by its hash. */
export function toBlob(content: Buffer): Blob {
  return { ref: { sha256: sha256Of(content), bytes: content.length }, content };
}

function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Whether a value is a reference as we write them; then its hash is safe as the name of a file. */
export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null) return false;
  const { sha256, bytes } = value as { readonly [key: string]: unknown };
  const isHash = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  return isHash && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
}

/** The content, or undefined when it is missing or not what was written. */
export async function readBlob(
  fs: JournalFs,
  folder: string,
  ref: BlobRef,
): Promise<Buffer | undefined> {
  try {
    const path = join(folder, ref.sha256);
    if (ref.bytes > maxBlobBytes || !(await hasBlob(fs, folder, ref))) return undefined;
    const content = await fs.readFile(path, ref.bytes);
    return sha256Of(content) === ref.sha256 ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the file is there in its full length; what is in it is not looked at. */
export async function hasBlob(fs: JournalFs, folder: string, ref: BlobRef): Promise<boolean> {
  try {
    const { kind, size } = await fs.stat(join(folder, ref.sha256));
    return kind === 'file' && size === ref.bytes && (await isOwnFolder(fs, folder));
  } catch {
    return false;
  }
}

/** Writes what is too long for a line, each content once. */
export class BlobStore {
  readonly #fs: JournalFs;
  readonly #folder: string;
  readonly #written: Set<string>;

  /** `known` are hashes whose files were found to be whole. */
  constructor(fs: JournalFs, folder: string, known: Iterable<string>) {
    this.#fs = fs;
    this.#folder = folder;
    this.#written = new Set(known);
  }

  /** Whether it is there already and takes no more space. */
  has(ref: BlobRef): boolean {
    return this.#written.has(ref.sha256);
  }

  /** Resolves when all of them are on the disk, name and content. */
  async write(blobs: readonly Blob[]): Promise<void> {
    const missing = blobs.filter(({ ref }) => !this.has(ref));
    if (missing.length === 0) return;
    await this.#fs.makeFolders(this.#folder);
    if (!(await isOwnFolder(this.#fs, this.#folder))) throw linkedFolderError();
    for (const blob of missing) {
      if (!this.has(blob.ref)) await this.#writeOne(blob);
    }
    await this.#fs.syncFolder(this.#folder);
  }

  /** Not known means that no record relies on what may be there, so it may be replaced. */
  async #writeOne({ ref, content }: Blob): Promise<void> {
    const file = await this.#fs.open(join(this.#folder, ref.sha256), 'replace');
    try {
      await writeAll(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    this.#written.add(ref.sha256);
  }
}
