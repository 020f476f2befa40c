import { UserError } from '../core/base/errors.ts';
import type { ArchivedRun, RunArchive } from '../core/journal/runArchive.ts';
import { endpointOrigin, needsKey } from '../core/providers/baseUrl.ts';
import type { Run } from '../core/runner/run.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import { interruptionText } from '../shared/interruption.ts';
import { plural } from '../shared/quantities.ts';
import { toRunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { RunCommandServices } from './executeRun.ts';
import { createRunner, endRecord, finish, withPlan } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { KeptCommand } from './keptRuns.ts';
import { readKeptCommand } from './keptRuns.ts';
import type { LimitOptions } from './limitOptions.ts';
import { checkOutputs, writeOutputs } from './outputs.ts';
import type { RunCommandOptions } from './runOptions.ts';
import { terminalText } from './terminalText.ts';

/** What a person may say anew of a run that goes on. */
export type ResumeOptions = Pick<LimitOptions, 'limit'> &
  Pick<RunCommandOptions, 'baseUrl' | 'json'>;

/**
 * Goes on with a run of an earlier process: completed turns are not sent again. Where nothing is left
 * to go on with, what the run has is written all the same.
 */
export async function resumeRun(
  runId: string,
  options: ResumeOptions,
  services: RunCommandServices & { readonly archive: RunArchive },
): Promise<ExitCode> {
  const { terminal } = services;
  const { recorder, definition, ...archived } = await services.archive.reopen(runId);
  let code: ExitCode = exitCodes.usage;
  try {
    const kept = readKeptCommand(definition);
    confirmFolder(kept, services.folder);
    const command = { ...kept, options: mergeOptions(kept.options, options) };
    await checkOutputs(command.options);
    const rest = restOf(archived.state);
    if (rest.length === 0) {
      terminal.err('Nothing of this run is left to go on with. This is what it has.\n\n');
      const result = toRunResult(archived.state);
      const isWritten = await writeOutputs(result, kept.title, command.options, terminal);
      code = isWritten ? exitCodes.nothingToRun : exitCodes.someFailed;
      return code;
    }
    confirmServer(kept, options.baseUrl);
    sayHowFar(archived, kept, terminal.err);
    code = await withPlan(command, services, (plan) => {
      const run = createRunner(services).restoreRun({ ...plan, recorder }, archived);
      return finish(run, command, services, () => goOn(run, rest));
    });
    return code;
  } finally {
    await endRecord(recorder, { id: runId, code }, terminal);
  }
}

function mergeOptions(kept: RunCommandOptions, { limit, json }: ResumeOptions): RunCommandOptions {
  const limits = { limit: { ...kept.limit, ...limit } };
  if (json === undefined) return { ...kept, ...limits };
  const { jsonl, junit, markdown, ...others } = kept;
  // Standard output takes one result: the one that was asked for now.
  const stays = (target: string | undefined) => target !== undefined && target !== json;
  return {
    ...others,
    ...limits,
    json,
    ...(stays(jsonl) ? { jsonl } : {}),
    ...(stays(junit) ? { junit } : {}),
    ...(stays(markdown) ? { markdown } : {}),
  };
}

/** Tools look at the folder in which the command is given: another one has other files. */
function confirmFolder({ folder }: KeptCommand, here: string): void {
  if (folder === undefined || folder === here) return;
  throw new UserError(
    `This run was started in ${folder}, where its tools look at files. Go there and resume it.`,
  );
}

/** A file does not choose where a key goes: a server that needs one is named by a person once more. */
function confirmServer({ options }: KeptCommand, baseUrl: string | undefined): void {
  const { baseUrl: kept, provider } = options;
  if (kept === undefined || (provider !== 'anthropic' && provider !== 'openai')) return;
  if (baseUrl === kept || !needsKey(endpointOrigin(provider, kept))) return;
  throw new UserError(
    `This run was sent to ${kept}. To send your key there again, repeat the command with --base-url ${kept}`,
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
  write(`${terminalText(title)} was ${how}: ${interruptionText(state)}.\n`);
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
