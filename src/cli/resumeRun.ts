import { UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Run } from '../core/runner/run.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import { interruptionText } from '../shared/interruption.ts';
import { plural } from '../shared/quantities.ts';
import { toRunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { RunCommand, RunCommandServices } from './executeRun.ts';
import { createRunner, endRecord, finish, withPlan } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { KeptCommand } from './keptCommand.ts';
import { readKeptCommand } from './keptCommand.ts';
import type { LimitOptions } from './limitOptions.ts';
import type { OutputTargets } from './outputs.ts';
import { checkOutputs, writeOutputs } from './outputs.ts';
import { confirmEndpoint } from './resumeEndpoint.ts';
import { terminalLine } from './terminalText.ts';

/** What a person may say anew of a run that goes on. */
export interface ResumeOptions extends Pick<LimitOptions, 'limit'>, OutputTargets {
  readonly baseUrl?: string;
}

/**
 * Goes on with a run of an earlier process: completed turns are not sent again. Where nothing is left
 * to go on with, what the run has is printed all the same. What is written, and where, and which server
 * gets a key, is decided by the options of this command alone.
 */
export async function resumeRun(
  runId: string,
  { limit, baseUrl: named, ...targets }: ResumeOptions,
  services: RunCommandServices & { readonly archive: RunArchive },
): Promise<ExitCode> {
  await checkOutputs(targets);
  const { terminal, environment, ask } = services;
  const { recorder, definition, ...archived } = await services.archive.reopen(runId);
  let code: ExitCode = exitCodes.usage;
  let command: RunCommand | undefined;
  try {
    const kept = readKeptCommand(definition, archived.state.started);
    confirmFolder(kept, services.folder);
    const rest = restOf(archived.state);
    if (rest.length === 0) {
      terminal.err('Nothing of this run is left to go on with. This is what it has.\n\n');
      const result = toRunResult(archived.state);
      const isWritten = await writeOutputs(result, kept.title, targets, terminal);
      code = isWritten ? exitCodes.nothingToRun : exitCodes.someFailed;
      return code;
    }
    const given = { runId, baseUrl: named, environment, terminal, ask };
    const { sendsKey, ...endpoint } = await confirmEndpoint(kept, given);
    sayHowFar(archived, kept, terminal.err);
    const options = {
      ...kept.options,
      ...endpoint,
      ...targets,
      limit: { ...kept.options.limit, ...limit },
    };
    const decided = { ...kept, options, sendsKey };
    command = decided;
    code = await withPlan(decided, services, (plan) => {
      const run = createRunner(services).restoreRun({ ...plan, recorder }, archived);
      return finish(run, decided, services, () => goOn(run, rest));
    });
    return code;
  } finally {
    await endRecord(recorder, { id: runId, code, ...(command && { command }) }, services);
  }
}

/** Tools look at the folder in which the command is given: another one has other files. */
function confirmFolder({ folder }: KeptCommand, here: string): void {
  if (folder === undefined || pathKey(folder) === pathKey(here)) return;
  throw new UserError(
    `This run was started in ${terminalLine(folder)}, where its tools look at files. Go there and resume it.`,
  );
}

/** What the end of a process interrupted, a person cancelled with the whole run, or would have waited too long. */
function restOf({ state, conversations }: RunState): readonly ConversationState[] {
  return conversations.filter(
    ({ reason }) =>
      reason === 'interrupted' ||
      reason === 'max_wait' ||
      (state !== 'finished' && reason === 'cancelled'),
  );
}

function sayHowFar(
  { state, damaged }: Pick<ArchivedRun, 'state' | 'damaged'>,
  { title }: KeptCommand,
  write: (text: string) => void,
): void {
  const how =
    { cancelled: 'cancelled', finished: 'stopped' }[state.state as string] ?? 'interrupted';
  write(`${title} was ${how}: ${interruptionText(state)}.\n`);
  if (damaged > 0) write(`${plural(damaged, 'damaged record')} skipped.\n`);
}

/** Those that have complete turns go on from them; the others begin anew. */
function goOn(run: Run, rest: readonly ConversationState[]): void {
  const cancelled = rest.filter(({ reason }) => reason !== 'interrupted');
  const begun = cancelled.filter(canContinue).map(({ index }) => index);
  const unbegun = cancelled.map(({ index }) => index).filter((index) => !begun.includes(index));
  run.resumeInterrupted();
  run.continue(begun);
  run.rerun(unbegun);
}
