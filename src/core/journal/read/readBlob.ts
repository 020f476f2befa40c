import { join } from 'node:path';
import type { FileSystem } from '../../base/fileSystem.ts';
import { isOwnFolder } from '../../base/ownFolder.ts';
import type { BlobRef } from '../record/blob.ts';
import { toBlob } from '../record/blob.ts';

/** Max size of a file that is read: what fits into one string. */
const maxBlobBytes = 512 * 1024 * 1024;

/** The content of a long record's file; undefined when the file is missing or damaged. */
export async function readBlob(
  fs: FileSystem,
  folder: string,
  ref: BlobRef,
): Promise<Buffer | undefined> {
  if (ref.bytes > maxBlobBytes || !(await hasBlob(fs, folder, ref))) return undefined;
  try {
    const content = await fs.readFile(join(folder, ref.sha256), ref.bytes);
    return toBlob(content).ref.sha256 === ref.sha256 ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the file exists in full length. Does not check its content. */
export async function hasBlob(fs: FileSystem, folder: string, ref: BlobRef): Promise<boolean> {
  try {
    const { kind, size } = await fs.stat(join(folder, ref.sha256));
    return kind === 'file' && size === ref.bytes && (await isOwnFolder(fs, folder));
  } catch {
    return false;
  }
}
