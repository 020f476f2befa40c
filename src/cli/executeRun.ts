import { defaultLimits } from '../core/agent/agent.ts';
import type { RetryPolicy } from '../core/agent/retryPolicy.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { RunArchive } from '../core/journal/runArchive.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import type { AgentDefaults, NewRunPlan, PlannedPrompt } from '../core/runner/planRun.ts';
import { planRun } from '../core/runner/planRun.ts';
import type { Run } from '../core/runner/run.ts';
import { Runner } from '../core/runner/runner.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { Environment } from './cliProviders.ts';
import { CliProviders, chooseProvider } from './cliProviders.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { KeptCommand } from './keptRuns.ts';
import { readKeptCommand } from './keptRuns.ts';
import type { OutputTargets } from './outputs.ts';
import { writeOutputs } from './outputs.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { Terminal } from './terminal.ts';

/** What the command works with besides its arguments. */
export interface RunCommandServices {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** Knows the keys that must not show anywhere. */
  readonly redactor: Redactor;
  readonly toolset: Toolset;
  /** How failed requests are repeated; as everywhere when absent. */
  readonly retry?: RetryPolicy;
  /** Where runs are kept; they are not when absent. */
  readonly archive?: RunArchive;
  /** Calls back for every Ctrl+C until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

/** Runs prompts, writes their log and results, and resolves to the exit code. */
export async function executeRun(
  command: KeptCommand,
  services: RunCommandServices,
): Promise<ExitCode> {
  const { archive } = services;
  return withPlan(command, services, async (plan) => {
    const id = createUlid();
    const recorder = await archive?.record(id, command);
    const kept = recorder === undefined ? plan : { ...plan, recorder };
    const run = createRunner(services).createRun(kept, id);
    const code = await finish(run, command, services, () => run.start());
    await recorder?.dispose();
    await archive?.prune();
    return code;
  });
}

/** Goes on with a run of an earlier process: completed turns are not sent again. */
export async function resumeRun(
  runId: string,
  outputs: OutputTargets,
  services: RunCommandServices & { readonly archive: RunArchive },
): Promise<ExitCode> {
  const reopened = await services.archive.reopen(runId);
  const { state, messages, recorder } = reopened;
  try {
    const kept = readKeptCommand(reopened.definition);
    const command = { ...kept, options: { ...kept.options, ...outputs } };
    if (!state.conversations.some(({ reason }) => reason === 'interrupted')) {
      services.terminal.err('Nothing of this run was interrupted.\n');
      return exitCodes.nothingToRun;
    }
    return await withPlan(command, services, (plan) => {
      const runner = createRunner(services);
      const run = runner.restoreRun({ ...plan, recorder }, { state, messages });
      return finish(run, command, services, () => run.resumeInterrupted());
    });
  } finally {
    await recorder.dispose();
  }
}

/** Makes the plan, and closes the providers' connections when `act` is done with it. */
async function withPlan(
  { title, prompts, options }: KeptCommand,
  { environment, toolset }: RunCommandServices,
  act: (plan: NewRunPlan) => Promise<ExitCode>,
): Promise<ExitCode> {
  const provider = options.provider === 'auto' ? chooseFor(prompts, environment) : options.provider;
  const baseUrls = options.baseUrl === undefined ? {} : { [provider]: options.baseUrl };
  const providers = new CliProviders(environment, baseUrls);
  try {
    const plan = await planRun(
      prompts,
      agentDefaults(provider, options, toolset),
      {
        title,
        mode: options.mode,
        failure: options.failure,
        concurrency: options.concurrency,
        // Nobody is there to mend it while the command runs.
        whenBlocked: 'fail',
        warmUpCache: options.warmUp,
        ...(options.maxCost === undefined ? {} : { maxCostUsd: options.maxCost }),
      },
      (id) => providers.resolve(id),
    );
    return await act(plan);
  } finally {
    await providers.dispose();
  }
}

/** When every prompt names its provider, none has to be chosen. */
function chooseFor(prompts: readonly PlannedPrompt[], environment: Environment): ProviderId {
  const named = prompts.map(({ options }) => options.provider);
  const [first] = named;
  return first !== undefined && !named.includes(undefined) ? first : chooseProvider(environment);
}

const systemPrompt =
  'You answer one prompt, on your own and without questions back. Use the tools for arithmetic and ' +
  'for looking at files instead of guessing.';

function agentDefaults(
  provider: ProviderId,
  options: RunCommandOptions,
  toolset: Toolset,
): AgentDefaults {
  return {
    provider,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.effort === undefined ? {} : { effort: options.effort }),
    systemPrompt: options.system ?? systemPrompt,
    tools: toolset.tools,
    toolExecution: options.toolExecution,
    limits: {
      ...defaultLimits,
      maxTurns: options.maxTurns ?? defaultLimits.maxTurns,
      maxOutputTokens: options.maxTokens ?? defaultLimits.maxOutputTokens,
      timeoutMs: options.timeout === undefined ? defaultLimits.timeoutMs : options.timeout * 1000,
    },
  };
}

function writeLog(run: Run, order: 'interleaved' | 'grouped', terminal: Terminal): void {
  const log = new RunLog(run.state, order);
  run.onEvent((event) => {
    const lines = log.lines(event);
    if (lines.length > 0) terminal.err(`${lines.join('\n')}\n`);
  });
}

function createRunner({ terminal, retry, redactor }: RunCommandServices): Runner {
  return new Runner({
    redactor,
    ...(retry === undefined ? {} : { retry }),
    onListenerError: (error) =>
      terminal.err(`Interleave failed while reporting: ${String(error)}\n`),
  });
}

async function finish(
  run: Run,
  { title, options }: KeptCommand,
  services: RunCommandServices,
  begin: () => void,
): Promise<ExitCode> {
  const { terminal } = services;
  if (options.log !== 'none') writeLog(run, options.log, terminal);
  const result = await waitForEnd(run, services, begin);
  // Where both go to one terminal, the answers stand apart from the log.
  if (options.log !== 'none') terminal.err('\n');
  const isWritten = await writeOutputs(result, title, options, terminal);
  return exitCodeOf(result, isWritten);
}

/** Ctrl+C cancels what has not finished; what has is printed all the same. */
async function waitForEnd(
  run: Run,
  { terminal, onInterrupt }: RunCommandServices,
  begin: () => void,
): Promise<RunResult> {
  const stopListening = onInterrupt(() => {
    terminal.err('Cancelling. What has finished is kept. Press Ctrl+C again to quit at once.\n');
    run.cancel();
  });
  try {
    begin();
    return await run.ended();
  } finally {
    stopListening();
  }
}

function exitCodeOf({ state, counts }: RunResult, isWritten: boolean): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled;
  return isWritten && counts.done === counts.total ? exitCodes.allDone : exitCodes.someFailed;
}
