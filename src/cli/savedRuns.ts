import { homedir } from 'node:os';
import * as path from 'node:path';
import { nodeEnvironment } from '../core/journal/environment.ts';
import type { JournalLimits } from '../core/journal/journalLimits.ts';
import { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** Maximum number of saved runs; older ones are deleted. */
const maxSavedRuns = 50;

/** Options of an archive. */
export interface ArchiveOptions {
  /** Removes the keys from everything that is written. */
  redact(text: string): string;
  readonly limits: JournalLimits;
}

/** Opens the saved runs of the command line, in the user's folder for application state. */
export async function openArchive(
  environment: Environment,
  terminal: Terminal,
  { redact, limits }: ArchiveOptions,
): Promise<RunArchive> {
  return new RunArchive({
    root: runsFolder(environment),
    environment: await nodeEnvironment(),
    redact,
    limits: () => limits,
    maxRuns: maxSavedRuns,
    // Some containers have no writable folder. The run continues there instead of pausing.
    onFailure: ({ message }) => terminal.err(`${message} The run continues without being saved.\n`),
  });
}

/** The folder of all saved runs. */
export function runsFolder(environment: Environment): string {
  return path.join(stateFolder(environment), 'interleave', 'runs');
}

/** The folder for application state by the convention of each system. */
function stateFolder(environment: Environment): string {
  const named = environment.XDG_STATE_HOME || environment.LOCALAPPDATA;
  return named || path.join(homedir(), '.local', 'state');
}
