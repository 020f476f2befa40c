import { agentLimits } from '../core/agent/agent.ts';
import type { RetryPolicy } from '../core/agent/retryPolicy.ts';
import { retryLimits } from '../core/agent/retryPolicy.ts';
import type { Clock } from '../core/base/clock.ts';
import { UserError } from '../core/base/errors.ts';
import type { LimitValues } from '../core/base/limits.ts';
import { limitFlag } from '../core/base/limitValues.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { RunArchive } from '../core/journal/runArchive.ts';
import { endpointOrigin, needsKey } from '../core/providers/baseUrl.ts';
import { httpLimits } from '../core/providers/httpLimits.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import type {
  AgentDefaults,
  NewRunPlan,
  PlannedPrompt,
  RunOptions,
} from '../core/runner/planRun.ts';
import { planRun } from '../core/runner/planRun.ts';
import type { Run } from '../core/runner/run.ts';
import { Runner } from '../core/runner/runner.ts';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import { interruptionText } from '../shared/interruption.ts';
import { plural } from '../shared/quantities.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { Environment } from './cliProviders.ts';
import { CliProviders, chooseProvider } from './cliProviders.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { KeptCommand } from './keptRuns.ts';
import { readKeptCommand } from './keptRuns.ts';
import type { LimitOptions } from './limitOptions.ts';
import { limitValues } from './limitOptions.ts';
import type { OutputTargets } from './outputs.ts';
import { writeOutputs } from './outputs.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { Terminal } from './terminal.ts';
import { terminalText } from './terminalText.ts';

/** What the command works with besides its arguments. */
export interface RunCommandServices {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** Knows the keys that must not show anywhere. */
  readonly redactor: Redactor;
  /** Makes the tools; whoever asks for them disposes of them. */
  createToolset(limits: ToolLimits): Toolset;
  /** How failed requests are repeated; as everywhere when absent. */
  readonly retry?: RetryPolicy;
  /** How time passes; the system's when absent. */
  readonly clock?: Clock;
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
    if (recorder?.hasLost) services.terminal.err(notAllSaved);
    await archive?.prune();
    return code;
  });
}

/** Goes on with a run of an earlier process: completed turns are not sent again. */
export async function resumeRun(
  runId: string,
  { limit, baseUrl, ...outputs }: OutputTargets & ResumedOptions,
  services: RunCommandServices & { readonly archive: RunArchive },
): Promise<ExitCode> {
  const reopened = await services.archive.reopen(runId);
  const { state, definition, recorder, damaged, ...reached } = reopened;
  try {
    const kept = readKeptCommand(definition);
    confirmServer(kept, baseUrl);
    const limits = { limit: { ...kept.options.limit, ...limit } };
    const command = { ...kept, options: { ...kept.options, ...outputs, ...limits } };
    if (!state.conversations.some(({ reason }) => reason === 'interrupted')) {
      services.terminal.err('Nothing of this run was interrupted.\n');
      return exitCodes.nothingToRun;
    }
    const { terminal } = services;
    const title = terminalText(state.started.title);
    terminal.err(`${title} was interrupted: ${interruptionText(state)}.\n`);
    if (damaged > 0) terminal.err(`${plural(damaged, 'damaged record')} skipped.\n`);
    return await withPlan(command, services, (plan) => {
      const runner = createRunner(services);
      const run = runner.restoreRun({ ...plan, recorder }, { ...reached, state });
      return finish(run, command, services, () => run.resumeInterrupted());
    });
  } finally {
    await recorder.dispose();
    if (recorder.hasLost) services.terminal.err(notAllSaved);
  }
}

const notAllSaved =
  'The end of this run could not be saved. Keep what is printed here: interleave resume would send the last turns again.\n';

/** What a person may say anew of a run that goes on. */
type ResumedOptions = Pick<LimitOptions, 'limit'> & Pick<RunCommandOptions, 'baseUrl'>;

/** A file does not choose where a key goes: a server that needs one is named by a person once more. */
function confirmServer({ options }: KeptCommand, baseUrl: string | undefined): void {
  const { baseUrl: kept, provider } = options;
  if (kept === undefined || (provider !== 'anthropic' && provider !== 'openai')) return;
  if (baseUrl === kept || !needsKey(endpointOrigin(provider, kept))) return;
  throw new UserError(
    `This run was sent to ${kept}. To send your key there again, repeat the command with --base-url ${kept}`,
  );
}

/** Makes the plan, and closes the providers' connections when `act` is done with it. */
async function withPlan(
  { title, prompts, options }: KeptCommand,
  { environment, createToolset, clock }: RunCommandServices,
  act: (plan: NewRunPlan) => Promise<ExitCode>,
): Promise<ExitCode> {
  const provider = options.provider === 'auto' ? chooseFor(prompts, environment) : options.provider;
  const baseUrls = options.baseUrl === undefined ? {} : { [provider]: options.baseUrl };
  const limits = limitValues(options);
  const providers = new CliProviders(environment, baseUrls, {
    ...httpLimits(limits),
    ...(clock === undefined ? {} : { clock }),
  });
  const toolset = createToolset(toolLimits(limits));
  try {
    const plan = await planRun(
      prompts,
      agentDefaults(provider, options, { toolset, limits }),
      {
        title,
        mode: options.mode,
        failure: options.failure,
        concurrency: options.concurrency,
        // Nobody is there to mend it while the command runs.
        whenBlocked: 'fail',
        warmUpCache: options.warmUp,
        ...limitedRun(limits, options),
      },
      (id) => providers.resolve(id),
    );
    return await act(plan);
  } finally {
    await providers.dispose();
    toolset.dispose();
  }
}

/** What the limits say about the run as a whole. */
function limitedRun(limits: LimitValues, { limit = {} }: RunCommandOptions): Partial<RunOptions> {
  const { maxCostUsd, maxConversationCostUsd, maxRunTokens } = limits;
  const { requestsPerMinute, tokensPerMinute } = limits;
  const ownRetries = limit.attempts !== undefined || limit.retrySeconds !== undefined;
  return {
    limits,
    limitKey: (name) => `the limit with ${limitFlag(name)}`,
    caps: {
      requestsPerMinute: requestsPerMinute || undefined,
      tokensPerMinute: tokensPerMinute || undefined,
    },
    ...(ownRetries ? { retry: retryLimits(limits) } : {}),
    ...(maxCostUsd > 0 ? { maxCostUsd } : {}),
    ...(maxConversationCostUsd > 0 ? { maxConversationCostUsd } : {}),
    ...(maxRunTokens > 0 ? { maxRunTokens } : {}),
  };
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
  { toolset, limits }: { readonly toolset: Toolset; readonly limits: LimitValues },
): AgentDefaults {
  return {
    provider,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.effort === undefined ? {} : { effort: options.effort }),
    systemPrompt: options.system ?? systemPrompt,
    tools: toolset.tools,
    toolExecution: options.toolExecution,
    limits: agentLimits(limits),
  };
}

function writeLog(run: Run, order: 'interleaved' | 'grouped', terminal: Terminal): void {
  const log = new RunLog(run.state, order);
  run.onEvent((event) => {
    const lines = log.lines(event);
    if (lines.length > 0) terminal.err(`${lines.join('\n')}\n`);
  });
}

/** Whoever wants no log still hears why nothing happens. */
function tellPauses(run: Run, terminal: Terminal): void {
  run.onEvent((event) => {
    if (event.type === 'run.paused') terminal.err(`${terminalText(event.error.message)}\n`);
    if (event.type === 'run.resumed') terminal.err('The run goes on.\n');
  });
}

function createRunner({ terminal, retry, clock, redactor }: RunCommandServices): Runner {
  return new Runner({
    redactor,
    ...(clock === undefined ? {} : { clock }),
    ...(retry === undefined ? {} : { retry }),
    onListenerError: (error) =>
      terminal.err(`Interleave failed while reporting: ${terminalText(String(error))}\n`),
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
  else tellPauses(run, terminal);
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
