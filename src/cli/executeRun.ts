import { createUlid } from '../core/base/ulid.ts';
import type { JournalRecorder } from '../core/journal/write/journalRecorder.ts';
import type { BaseUrls } from '../core/providers/baseUrl.ts';
import type { Run } from '../core/runner/run.ts';
import { Runner } from '../core/runner/runner.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { definitionOf } from '../core/runner/savedRequest.ts';
import type { RunState } from '../shared/runState.ts';
import type { CommandRules } from './commandRules.ts';
import { deniedLines } from './deniedCalls.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { RunOutput } from './finishRun.ts';
import { finishRun } from './finishRun.ts';
import { namesFiles } from './outputs.ts';
import { commandToResume, raiseNote, serverToName } from './resumeCommand.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalText } from './terminalText.ts';
import { withPlan } from './withPlan.ts';

/** What a run needs besides its request. */
export interface RunExecution {
  readonly baseUrls: BaseUrls;
  readonly rules: CommandRules;
  readonly output: RunOutput;
}

/** Runs prompts, writes their log and results, and resolves to the exit code. */
export async function executeRun(
  request: RunRequest,
  { baseUrls, rules, output }: RunExecution,
  services: RunCommandServices,
): Promise<ExitCode> {
  const { archive } = services;
  return withPlan(request, { baseUrls, rules, withoutKey: [] }, services, async (plan) => {
    const id = createUlid();
    const recorder = await archive?.record(id, definitionOf(request));
    let code: ExitCode = exitCodes.someFailed;
    let ended: Pick<EndedRun, 'state'> = {};
    try {
      const runner = createRunner(services);
      const run = runner.createRun(plan, { id, recorder });
      ended = { state: run.state };
      const target = { ...output, title: request.title };
      code = await finishRun({ run, inbox: runner.inbox }, target, services, () => run.start());
      reportDenied(run, { baseUrls, rules }, services);
    } finally {
      // An open journal keeps the process alive, so close it even when this program fails.
      if (recorder !== undefined)
        await endRecord(
          recorder,
          { id, code, baseUrls, rules, output, request, ...ended },
          services,
        );
    }
    await archive?.prune();
    // A run whose end was not saved is no success, even when all its prompts are done.
    return recorder?.saving.hasLost === true && code === exitCodes.allDone
      ? exitCodes.someFailed
      : code;
  });
}

/** Reports the tool calls that were denied, and how to allow them. */
export function reportDenied(
  run: Run,
  { baseUrls, rules }: Pick<RunExecution, 'baseUrls' | 'rules'>,
  { terminal, environment, archive }: RunCommandServices,
): void {
  const baseUrl = serverToName(baseUrls, environment);
  const canResume = archive !== undefined && run.isSaved;
  const lines = deniedLines(run.state, rules, { baseUrl, canResume });
  if (lines.length > 0) terminal.err(`${lines.join('\n')}\n`);
}

/** A run that has ended. The optional fields are absent when it never started. */
export interface EndedRun extends Partial<RunExecution> {
  readonly id: string;
  readonly code: ExitCode;
  readonly request?: RunRequest;
  readonly state?: RunState;
}

/** Closes the journal of a run. Tells the user when something was not saved, else how to resume the run. */
export async function endRecord(
  { saving }: JournalRecorder,
  { id, code, baseUrls, output, request, state }: EndedRun,
  { terminal, environment }: Pick<RunCommandServices, 'terminal' | 'environment'>,
): Promise<void> {
  await saving.dispose();
  if (saving.hasLost) {
    terminal.err(notAllSaved);
    return;
  }
  const command = commandToResume(id, serverToName(baseUrls ?? {}, environment));
  const resume = `To resume it, run: ${command}\n`;
  const raise = state && request ? raiseNote(state, request, command) : '';
  const notes = `${code === exitCodes.cancelled ? resume : ''}${raise}`;
  if (notes === '') return;
  terminal.err(notes);
  if (output !== undefined && namesFiles(output)) terminal.err(nameFilesAgain);
}

const nameFilesAgain = 'Give the files for its results again, too.\n';

const notAllSaved =
  'The end of this run could not be saved. Keep the printed answers: interleave resume would send the last turns again.\n';

/** Creates the runner of a command. */
export function createRunner({
  terminal,
  retry,
  clock,
  redactor,
  createLateness,
}: RunCommandServices): Runner {
  return new Runner({
    redactor,
    ...(createLateness === undefined ? {} : { createLateness }),
    ...(clock === undefined ? {} : { clock }),
    ...(retry === undefined ? {} : { retry }),
    onListenerError: (error) =>
      terminal.err(`Interleave failed while reporting: ${terminalText(String(error))}\n`),
  });
}
