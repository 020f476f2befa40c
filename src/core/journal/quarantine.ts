import type { JournalFile, JournalFs } from './journalFs.ts';
import { writeAll } from './journalFs.ts';
import type { ByteRange } from './readJournal.ts';
import type { RunFolder } from './runFolder.ts';

/** Damaged bytes beyond this are not copied; they stay in the journal itself anyway. */
const mostBytes = 16 * 1024 * 1024;

/** Copies what is damaged in a journal to a file beside it, anew each time. */
export async function quarantine(
  fs: JournalFs,
  folder: RunFolder,
  ranges: readonly ByteRange[],
): Promise<void> {
  if (ranges.length === 0) return;
  const from = await fs.open(folder.journal, 'read');
  try {
    const to = await fs.open(folder.corrupt, 'replace');
    try {
      await copyRanges(from, to, ranges);
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyRanges(
  from: JournalFile,
  to: JournalFile,
  ranges: readonly ByteRange[],
): Promise<void> {
  const chunk = Buffer.allocUnsafe(64 * 1024);
  let left = mostBytes;
  for (const { start, end } of ranges) {
    for (let at = start; at < end && left > 0; ) {
      const wanted = chunk.subarray(0, Math.min(chunk.length, end - at, left));
      const length = await from.read(wanted, at);
      if (length === 0) return;
      await writeAll(to, wanted.subarray(0, length));
      at += length;
      left -= length;
    }
  }
}
