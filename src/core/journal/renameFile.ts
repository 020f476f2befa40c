import type { Clock } from '../base/clock.ts';
import { codeOf } from '../base/errors.ts';
import type { JournalFs } from './journalFs.ts';

const mostTries = 10;
/** Longest wait between two tries, in ms. */
const longestWaitMs = 500;

/** On Windows a scanner that looks at a new file keeps it from being renamed for a moment. */
const passing: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);

/** Renames a file; tries again, up to ten times, while something else has it open. */
export async function renameFile(
  { fs, clock }: { readonly fs: JournalFs; readonly clock: Clock },
  from: string,
  to: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      if (tries === mostTries || !passing.has(codeOf(error) ?? '')) throw error;
    }
    const waitMs = Math.min(longestWaitMs, 10 * 2 ** tries);
    await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }
}
