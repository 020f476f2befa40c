import { homedir } from 'node:os';
import * as path from 'node:path';
import { nodeEnvironment } from '../core/journal/environment.ts';
import type { JournalLimits } from '../core/journal/journalLimits.ts';
import { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** Runs of the command line that are kept; older ones are deleted. */
const maxKeptRuns = 50;

/** What an archive is opened with. */
export interface ArchiveUse {
  /** Takes the keys out of what is written. */
  redact(text: string): string;
  readonly limits: JournalLimits;
}

/** The runs of the command line, in the user's folder for the state of programs. */
export async function openArchive(
  environment: Environment,
  terminal: Terminal,
  { redact, limits }: ArchiveUse,
): Promise<RunArchive> {
  return new RunArchive({
    root: path.join(stateFolder(environment), 'interleave', 'runs'),
    environment: await nodeEnvironment(),
    redact,
    limits: () => limits,
    maxRuns: maxKeptRuns,
    // Where nothing can be kept, as in some containers, there is nothing to wait for.
    onFailure: ({ message }) => terminal.err(`${message} The run goes on without being saved.\n`),
  });
}

/** Where programs keep what is neither configuration nor cache, by each system's custom. */
function stateFolder(environment: Environment): string {
  const named = environment.XDG_STATE_HOME || environment.LOCALAPPDATA;
  return named || path.join(homedir(), '.local', 'state');
}
