import { nodeEnvironment } from '../core/journal/environment.ts';
import type { JournalLimits } from '../core/journal/journalLimits.ts';
import { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Terminal } from './terminal.ts';

/** Maximum number of saved runs; older ones are deleted. */
const maxSavedRuns = 50;

/** Options of an archive. */
export interface ArchiveOptions {
  /** Removes the keys from everything that is written. */
  redact(text: string): string;
  readonly limits: JournalLimits;
}

/** Opens the saved runs in a folder. */
export async function openArchive(
  root: string,
  terminal: Terminal,
  { redact, limits }: ArchiveOptions,
): Promise<RunArchive> {
  return new RunArchive({
    root,
    environment: await nodeEnvironment(),
    redact,
    limits: () => limits,
    maxRuns: maxSavedRuns,
    // Some containers have no writable folder. The run continues there instead of pausing.
    onFailure: ({ message }) => terminal.err(`${message} The run continues without being saved.\n`),
  });
}
