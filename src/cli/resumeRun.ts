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
import { confirmServers } from './resumeEndpoint.ts';
import { checkFolder } from './resumeFolder.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalLine } from './terminalText.ts';
import { withPlan } from './withPlan.ts';

/** The options of `interleave resume`. The run keeps all its other settings. */
export interface ResumeOptions extends Pick<LimitOptions, 'limit'>, RunOutput {
  readonly baseUrl?: string;
}

/**
 * `interleave resume`: resumes a saved run without sending complete turns again. When nothing is left to
 * run, it still prints the answers. Only the options of this command decide what is written where, and
 * which server gets a key.
 */
export async function resumeRun(
  runId: string,
  { limit, baseUrl, ...output }: ResumeOptions,
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
    const unfinished = unfinishedIn(archived.state);
    if (unfinished.length === 0) {
      terminal.err('Nothing of this run is left to resume. These are its answers.\n\n');
      const result = toRunResult(archived.state);
      const isWritten = await writeOutputs(result, request.title, output, terminal);
      code = isWritten ? exitCodes.nothingToRun : exitCodes.someFailed;
      return code;
    }
    const servers = await confirmServers(kept, { runId, baseUrl, environment, terminal, ask });
    reportProgress(archived, request, terminal.err);
    execution = { baseUrls: servers.baseUrls, output };
    code = await withPlan(withLimits(request, limit), servers, services, (plan) => {
      const run = createRunner(services).restoreRun(plan, archived, recorder);
      const begin = (): void => continueRun(run, unfinished);
      return finishRun(run, { ...output, title: request.title }, services, begin);
    });
    return code;
  } finally {
    await endRecord(recorder, { id: runId, code, ...execution }, services);
  }
}

/** Throws a `UserError` for a run of another program and for a malformed one. */
function readOwnRun(start: Parameters<typeof readKeptRequest>[0]): KeptRequest {
  const kept = readKeptRequest(start, systemPrompt);
  if (kept.program === programs.commandLine) {
    return { ...kept, request: { ...kept.request, title: terminalLine(kept.request.title) } };
  }
  throw new UserError('This run was started in VS Code. Resume it there.');
}

/** The request with the limits of this command in place of its own. */
function withLimits(request: RunRequest, limit: LimitOptions['limit']): RunRequest {
  const { settings } = request;
  return { ...request, settings: { ...settings, limits: { ...settings.limits, ...limit } } };
}

/**
 * The conversations to resume: those that ended with the process, reached the maximum wait, or were
 * cancelled with the whole run by the user.
 */
function unfinishedIn({ state, conversations }: RunState): readonly ConversationState[] {
  return conversations.filter(
    ({ reason }) =>
      reason === 'interrupted' ||
      reason === 'max_wait' ||
      (state !== 'finished' && reason === 'cancelled'),
  );
}

function reportProgress(
  { state, damaged }: Pick<ArchivedRun, 'state' | 'damaged'>,
  { title }: Pick<RunRequest, 'title'>,
  write: (text: string) => void,
): void {
  const how =
    { cancelled: 'cancelled', finished: 'stopped' }[state.state as string] ?? 'interrupted';
  write(`${title} was ${how}: ${interruptionText(state)}.\n`);
  if (damaged > 0) write(`${plural(damaged, 'damaged record')} skipped.\n`);
}

/** Continues the conversations that have complete turns, and starts the others again. */
function continueRun(run: Run, unfinished: readonly ConversationState[]): void {
  const stopped = unfinished.filter(({ reason }) => reason !== 'interrupted');
  const continued = stopped.filter(canContinue).map(({ index }) => index);
  const restarted = stopped.map(({ index }) => index).filter((at) => !continued.includes(at));
  run.resumeInterrupted();
  run.continue(continued);
  run.rerun(restarted);
}
