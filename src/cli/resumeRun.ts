import { UserError } from '../core/base/errors.ts';
import type { LimitValues } from '../core/base/limits.ts';
import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { SavedRequest } from '../core/runner/savedRequest.ts';
import { readSavedRequest } from '../core/runner/savedRequest.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import { interruptionText } from '../shared/interruption.ts';
import { plural } from '../shared/quantities.ts';
import { programs } from '../shared/runOrigin.ts';
import { toRunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { RuleOptions } from './addRuleOptions.ts';
import { systemPrompt } from './commandRequest.ts';
import type { CommandRules } from './commandRules.ts';
import { readCommandRules } from './commandRules.ts';
import { deniedLines, isAllowedNow } from './deniedCalls.ts';
import type { EndedRun } from './executeRun.ts';
import { createRunner, endRecord, reportDenied } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { RunOutput } from './finishRun.ts';
import { finishRun } from './finishRun.ts';
import type { LimitOptions } from './givenLimits.ts';
import { givenLimits } from './givenLimits.ts';
import { checkOutputs, writeOutputs } from './outputs.ts';
import { settleProposals } from './proposals.ts';
import { raisedNow } from './raisedNow.ts';
import { commandToResume, raiseNote } from './resumeCommand.ts';
import { confirmServers } from './resumeEndpoint.ts';
import { checkFolder } from './resumeFolder.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalLine } from './terminalText.ts';
import { withPlan } from './withPlan.ts';

/** The options of `interleave resume`. The run keeps all its other settings. */
export interface ResumeOptions extends LimitOptions, RuleOptions, RunOutput {
  readonly baseUrl?: string;
}

/**
 * `interleave resume`: resumes a saved run without sending complete turns again. When nothing is left to
 * run, it still prints the answers. Only the options of this command decide what is written where, and
 * which server gets a key.
 */
export async function resumeRun(
  runId: string,
  options: ResumeOptions,
  services: RunCommandServices & { readonly archive: RunArchive },
): Promise<ExitCode> {
  const { baseUrl, ...output } = options;
  const given = givenLimits(options);
  await checkOutputs(output);
  const { terminal, environment, ask } = services;
  const rules = await readCommandRules(options, services);
  const { recorder, definition, ...archived } = await services.archive.reopen(runId);
  let code: ExitCode = exitCodes.usage;
  let execution: Omit<EndedRun, 'id' | 'code'> | undefined;
  try {
    const saved = readOwnRun({ started: archived.state.started, definition });
    await checkFolder(saved, services.folder);
    const { request } = saved;
    const unfinished = unfinishedIn(archived.state, rules);
    const stopped = archived.state.conversations.flatMap((conversation) => {
      const raised = raisedNow(conversation, request, given);
      return Object.keys(raised).length === 0 ? [] : [{ index: conversation.index, raised }];
    });
    if (unfinished.length + stopped.length === 0) {
      const note = raiseNote(archived.state, request, commandToResume(runId, baseUrl));
      terminal.err(`Nothing of this run is left to resume. These are its answers.\n${note}\n`);
      const denied = deniedLines(archived.state, rules, { baseUrl, canResume: true });
      const result = toRunResult(archived.state);
      const isWritten = await writeOutputs(result, request.title, output, terminal);
      if (denied.length > 0) terminal.err(`${denied.join('\n')}\n`);
      const ended = { result, proposals: archived.proposals() };
      const isSettled = await settleProposals(ended, output, services);
      code = isWritten && isSettled ? exitCodes.nothingToRun : exitCodes.someFailed;
      return code;
    }
    const servers = await confirmServers(saved, { runId, baseUrl, environment, terminal, ask });
    reportProgress(archived, request, terminal.err);
    execution = { baseUrls: servers.baseUrls, rules, output, request, state: archived.state };
    const terms = { ...servers, rules };
    code = await withPlan(withLimits(request, given), terms, services, async (plan) => {
      const runner = createRunner(services);
      const run = runner.restoreRun(plan, archived, recorder);
      const target = { ...output, title: request.title };
      const ended = await finishRun({ run, inbox: runner.inbox }, target, services, () => {
        continueRun(run, unfinished);
        for (const { index, raised } of stopped) run.continue([index], raised);
      });
      reportDenied(run, { baseUrls: servers.baseUrls, rules }, services);
      return ended;
    });
    return code;
  } finally {
    await endRecord(recorder, { id: runId, code, ...execution }, services);
  }
}

/** Throws a `UserError` for a run of another program and for a malformed one. */
function readOwnRun(start: Parameters<typeof readSavedRequest>[0]): SavedRequest {
  const saved = readSavedRequest(start, systemPrompt);
  if (saved.program === programs.commandLine) {
    return { ...saved, request: { ...saved.request, title: terminalLine(saved.request.title) } };
  }
  throw new UserError('This run was started in VS Code. Resume it there.');
}

/** The request with the limits of this command in place of its own. */
function withLimits(request: RunRequest, given: Partial<LimitValues>): RunRequest {
  const { settings } = request;
  return { ...request, settings: { ...settings, limits: { ...settings.limits, ...given } } };
}

/**
 * The conversations to resume: those that ended with the process, reached the maximum wait, were cancelled with
 * the whole run by the user, or were denied a call that the rules allow now.
 */
function unfinishedIn(
  { state, conversations, started }: RunState,
  rules: CommandRules,
): readonly ConversationState[] {
  return conversations.filter((conversation) => {
    const { reason } = conversation;
    if (reason === 'interrupted' || reason === 'max_wait') return true;
    if (reason === 'needs_approval') return isAllowedNow(conversation, started.agent.name, rules);
    return state !== 'finished' && reason === 'cancelled';
  });
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
