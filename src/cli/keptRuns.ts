import { homedir } from 'node:os';
import * as path from 'node:path';
import * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import { nodeEnvironment } from '../core/journal/environment.ts';
import type { JournalLimits } from '../core/journal/journalLimits.ts';
import { RunArchive } from '../core/journal/runArchive.ts';
import type { PlannedPrompt } from '../core/runner/planRun.ts';
import type { Environment } from './cliProviders.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { Terminal } from './terminal.ts';

/** Runs of the command line that are kept; older ones are deleted. */
const maxKeptRuns = 50;

/** What a run was started with, as its journal keeps it. Keys are not part of it. */
export interface KeptCommand {
  readonly command: 'run';
  readonly title: string;
  readonly prompts: readonly PlannedPrompt[];
  readonly options: RunCommandOptions;
  /** Where it was started. Runs of earlier versions do not tell. */
  readonly folder?: string;
}

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

/** As much of it as its use depends on; the rest was checked when the run was started. */
const keptShape = z.looseObject({
  command: z.literal('run'),
  title: z.string(),
  prompts: z.array(z.looseObject({ id: z.string(), name: z.string(), text: z.string() })),
  options: z.looseObject({}),
  folder: z.string().optional(),
});

/** Reads what a run was started with. Throws a `UserError` for a run of another program. */
export function readKeptCommand(definition: unknown): KeptCommand {
  const read = keptShape.safeParse(definition);
  // The journal holds what this program wrote, checksums and all; the shape tells other programs' runs.
  if (read.success) return read.data as unknown as KeptCommand;
  throw new UserError(
    'This run was not started on the command line. Resume it where it was started.',
  );
}
