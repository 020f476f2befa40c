import type { FileSystem } from '../../base/fileSystem.ts';
import { writeAll } from '../../base/fileSystem.ts';
import type { RunFolder } from '../runFolder.ts';
import type { ByteRange } from './damage.ts';

/** Max damaged bytes that are copied; all of them stay in the journal itself. */
const maxBytes = 16 * 1024 * 1024;

/** Copies what is damaged in a journal to a file beside it, anew each time. */
export async function quarantine(
  fs: FileSystem,
  folder: RunFolder,
  ranges: readonly ByteRange[],
): Promise<void> {
  if (ranges.length === 0) return;
  const from = await fs.open(folder.journal, 'read');
  try {
    const to = await fs.open(folder.corrupt, 'replace');
    try {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      let left = maxBytes;
      for (const { start, end } of ranges) {
        for (let at = start; at < end && left > 0; ) {
          const wanted = chunk.subarray(0, Math.min(chunk.length, end - at, left));
          const length = await from.read(wanted, at);
          if (length === 0) break;
          await writeAll(to, wanted.subarray(0, length));
          at += length;
          left -= length;
        }
      }
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}
