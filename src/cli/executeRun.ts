import { createUlid } from '../core/base/ulid.ts';
import type { RunJournal } from '../core/journal/runJournal.ts';
import type { BaseUrls } from '../core/providers/baseUrl.ts';
import { Runner } from '../core/runner/runner.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { RunOutput } from './finishRun.ts';
import { finishRun } from './finishRun.ts';
import { namesFiles } from './outputs.ts';
import { commandToResume, serverToName } from './resumeCommand.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalText } from './terminalText.ts';
import { withPlan } from './withPlan.ts';

/** What a run needs besides its request. */
export interface RunExecution {
  readonly baseUrls: BaseUrls;
  readonly output: RunOutput;
}

/** Runs prompts, writes their log and results, and resolves to the exit code. */
export async function executeRun(
  request: RunRequest,
  { baseUrls, output }: RunExecution,
  services: RunCommandServices,
): Promise<ExitCode> {
  const { archive } = services;
  return withPlan(request, { baseUrls, withoutKey: [] }, services, async (plan) => {
    const id = createUlid();
    const recorder = await archive?.record(id, request);
    let code: ExitCode = exitCodes.someFailed;
    try {
      const run = createRunner(services).createRun(plan, { id, recorder });
      code = await finishRun(run, { ...output, title: request.title }, services, () => run.start());
    } finally {
      // An open journal keeps the process alive, so close it even when this program fails.
      if (recorder !== undefined)
        await endRecord(recorder, { id, code, baseUrls, output }, services);
    }
    await archive?.prune();
    // A run whose end was not saved is no success, even when all its prompts are done.
    return recorder?.hasLost === true && code === exitCodes.allDone ? exitCodes.someFailed : code;
  });
}

/** A run that has ended. The fields of `RunExecution` are absent when it never started. */
export interface EndedRun extends Partial<RunExecution> {
  readonly id: string;
  readonly code: ExitCode;
}

/** Closes the journal of a run. Tells the user when something was not saved, and how to resume. */
export async function endRecord(
  recorder: RunJournal,
  { id, code, baseUrls, output }: EndedRun,
  { terminal, environment }: Pick<RunCommandServices, 'terminal' | 'environment'>,
): Promise<void> {
  await recorder.dispose();
  if (recorder.hasLost) terminal.err(notAllSaved);
  else if (code === exitCodes.cancelled) {
    const server = serverToName(baseUrls ?? {}, environment);
    terminal.err(`To resume it, run: ${commandToResume(id, server)}\n`);
    if (output !== undefined && namesFiles(output)) terminal.err(nameFilesAgain);
  }
}

const nameFilesAgain = 'Give the files for its results again, too.\n';

const notAllSaved =
  'The end of this run could not be saved. Keep the printed answers: interleave resume would send the last turns again.\n';

/** Creates the runner of a command. */
export function createRunner({ terminal, retry, clock, redactor }: RunCommandServices): Runner {
  return new Runner({
    redactor,
    ...(clock === undefined ? {} : { clock }),
    ...(retry === undefined ? {} : { retry }),
    onListenerError: (error) =>
      terminal.err(`Interleave failed while reporting: ${terminalText(String(error))}\n`),
  });
}
