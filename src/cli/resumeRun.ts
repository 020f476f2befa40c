import { UserError } from '../core/base/errors.ts';
import type { ArchivedRun, RunArchive } from '../core/journal/runArchive.ts';
import type { KeptRequest } from '../core/runner/keptRequest.ts';
import { readKeptRequest } from '../core/runner/keptRequest.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import { interruptionText } from '../shared/interruption.ts';
import { plural } from '../shared/quantities.ts';
import { programs } from '../shared/runOrigin.ts';
import { toRunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import { systemPrompt } from './commandRequest.ts';
import type { RunExecution } from './executeRun.ts';
import { createRunner, endRecord } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { RunOutput } from './finishRun.ts';
import { finishRun } from './finishRun.ts';
import type { LimitOptions } from './limitOptions.ts';
import { checkOutputs, writeOutputs } from './outputs.ts';
import { settleProposals } from './proposals.ts';
import { confirmServers } from './resumeEndpoint.ts';
import { checkFolder } from './resumeFolder.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalLine } from './terminalText.ts';
import { withPlan } from './withPlan.ts';

/** What a person may say anew of a run that goes on. */
export interface ResumeOptions extends Pick<LimitOptions, 'limit'>, RunOutput {
  readonly baseUrl?: string;
}

/**
 * Goes on with a run of an earlier process: completed turns are not sent again. Where nothing is left
 * to go on with, what the run has is printed all the same. What is written, and where, and which server
 * gets a key, is decided by the options of this command alone.
 */
export async function resumeRun(
  runId: string,
  { limit, baseUrl: named, ...output }: ResumeOptions,
  services: RunCommandServices & { readonly archive: RunArchive },
): Promise<ExitCode> {
  await checkOutputs(output);
  const { terminal, environment, ask } = services;
  const { recorder, definition, ...archived } = await services.archive.reopen(runId);
  let code: ExitCode = exitCodes.usage;
  let execution: RunExecution | undefined;
  try {
    const kept = readOwnRun({ started: archived.state.started, definition });
    await checkFolder(kept, services.folder);
    const { request } = kept;
    const rest = restOf(archived.state);
    if (rest.length === 0) {
      terminal.err('Nothing of this run is left to go on with. This is what it has.\n\n');
      const result = toRunResult(archived.state);
      const isWritten = await writeOutputs(result, request.title, output, terminal);
      const ended = { result, proposals: archived.proposals() };
      const isSettled = await settleProposals(ended, output, services);
      code = isWritten && isSettled ? exitCodes.nothingToRun : exitCodes.someFailed;
      return code;
    }
    const servers = await confirmServers(kept, {
      runId,
      baseUrl: named,
      environment,
      terminal,
      ask,
    });
    sayHowFar(archived, request, terminal.err);
    execution = { baseUrls: servers.baseUrls, output };
    code = await withPlan(withLimits(request, limit), servers, services, (plan) => {
      const run = createRunner(services).restoreRun(plan, archived, recorder);
      return finishRun(run, { ...output, title: request.title }, services, () => goOn(run, rest));
    });
    return code;
  } finally {
    await endRecord(recorder, { id: runId, code, ...execution }, services);
  }
}

/** Throws a `UserError` for a run of another program, and for what is malformed. */
function readOwnRun(start: Parameters<typeof readKeptRequest>[0]): KeptRequest {
  const kept = readKeptRequest(start, systemPrompt);
  if (kept.program === programs.commandLine) {
    return { ...kept, request: { ...kept.request, title: terminalLine(kept.request.title) } };
  }
  throw new UserError(
    'This run was not started on the command line. Resume it where it was started.',
  );
}

/** The limits that are given now come before those that the run was started with. */
function withLimits(request: RunRequest, limit: LimitOptions['limit']): RunRequest {
  const { settings } = request;
  return { ...request, settings: { ...settings, limits: { ...settings.limits, ...limit } } };
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
  { title }: Pick<RunRequest, 'title'>,
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
