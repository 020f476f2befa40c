import { runTarget } from '../host/commandTargets.ts';
import { HostError } from '../host/hostError.ts';
import type { HostRun, RunService } from '../host/runService.ts';

/** The run a command was called for, or the newest one when it was called without. */
export function runOf(runs: RunService, argument: unknown): HostRun {
  const run = runs.find(runTarget(argument)?.runId);
  if (run === undefined) throw new HostError('There is no such run in this window.');
  return run;
}
