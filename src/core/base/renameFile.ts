import type { Clock } from './clock.ts';
import { codeOf } from './errors.ts';
import type { FileSystem } from './fileSystem.ts';

const maxTries = 10;
/** Max wait between two tries, in ms. */
const maxWaitMs = 500;

/** On Windows a scanner that looks at a new file keeps it from being renamed for a moment. */
const passing: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);

/** Renames a file; tries again, up to ten times, while something else has it open. */
export async function renameFile(
  { fs, clock }: { readonly fs: FileSystem; readonly clock: Clock },
  from: string,
  to: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      if (tries === maxTries || !passing.has(codeOf(error) ?? '')) throw error;
    }
    const waitMs = Math.min(maxWaitMs, 10 * 2 ** tries);
    await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }
}
