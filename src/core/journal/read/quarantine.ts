import type { FileSystem } from '../../base/fileSystem.ts';
import { withFile, writeFile } from '../../base/fileSystem.ts';
import type { RunFolder } from '../runFolder.ts';
import type { ByteRange } from './damage.ts';

/** Max damaged bytes to copy. All of them stay in the journal. */
const maxBytes = 16 * 1024 * 1024;

/** Copies the damaged parts of a journal to a file beside it, and replaces that file. */
export async function quarantine(
  fs: FileSystem,
  folder: RunFolder,
  ranges: readonly ByteRange[],
): Promise<void> {
  if (ranges.length === 0) return;
  await withFile(fs, folder.journal, 'read', async (file) => {
    const damaged: Buffer[] = [];
    let left = maxBytes;
    for (const { start, end } of ranges) {
      const bytes = Buffer.alloc(Math.min(end - start, left));
      left -= bytes.length;
      damaged.push(bytes.subarray(0, await file.read(bytes, start)));
    }
    await writeFile(fs, folder.corrupt, 'replace', Buffer.concat(damaged));
  });
}
