import { agentLimits } from '../core/agent/agent.ts';
import type { RetryPolicy } from '../core/agent/retryPolicy.ts';
import { retryLimits } from '../core/agent/retryPolicy.ts';
import type { Clock } from '../core/base/clock.ts';
import type { LimitValues } from '../core/base/limits.ts';
import { limitFlag } from '../core/base/limitValues.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { RunArchive } from '../core/journal/runArchive.ts';
import type { RunJournal } from '../core/journal/runJournal.ts';
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
import type { RunResult } from '../shared/runResult.ts';
import type { Environment } from './cliProviders.ts';
import { CliProviders, chooseProvider } from './cliProviders.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { KeptCommand } from './keptRuns.ts';
import { limitValues } from './limitOptions.ts';
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
  /** The folder the command was given in, which its tools look at. */
  readonly folder: string;
  /** Calls back for every Ctrl+C, and signal to end, until the returned function is called. */
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
    let code: ExitCode = exitCodes.someFailed;
    try {
      const run = createRunner(services).createRun(kept, id);
      code = await finish(run, command, services, () => run.start());
    } finally {
      // A record that is held keeps the process alive, even after a failure of this program.
      if (recorder !== undefined) await endRecord(recorder, { id, code }, services.terminal);
    }
    await archive?.prune();
    return code;
  });
}

/** Lets go of what is kept of a run, and says what a person has to know of it. */
export async function endRecord(
  recorder: RunJournal,
  { id, code }: { readonly id: string; readonly code: ExitCode },
  terminal: Terminal,
): Promise<void> {
  await recorder.dispose();
  if (recorder.hasLost) terminal.err(notAllSaved);
  else if (code === exitCodes.cancelled) {
    terminal.err(`To go on with the rest, use: interleave resume ${id}\n`);
  }
}

const notAllSaved =
  'The end of this run could not be saved. Keep what is printed here: interleave resume would send the last turns again.\n';

/** Makes the plan, and closes the providers' connections when `act` is done with it. */
export async function withPlan(
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
  const { maxCostUsd, maxConversationCostUsd, maxRunTokens, maxWaitSeconds } = limits;
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
    ...(maxWaitSeconds > 0 ? { maxWaitMs: maxWaitSeconds * 1000 } : {}),
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

/** The runner of this command's runs. */
export function createRunner({ terminal, retry, clock, redactor }: RunCommandServices): Runner {
  return new Runner({
    redactor,
    ...(clock === undefined ? {} : { clock }),
    ...(retry === undefined ? {} : { retry }),
    onListenerError: (error) =>
      terminal.err(`Interleave failed while reporting: ${terminalText(String(error))}\n`),
  });
}

/** Logs the run, begins it, waits for its end and writes its results. */
export async function finish(
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
  if (!isWritten && services.archive !== undefined) {
    terminal.err(`It is kept: interleave resume ${result.id} --json FILE writes it as JSON.\n`);
  }
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

function exitCodeOf({ state, counts, unsaved }: RunResult, isWritten: boolean): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled;
  // A run that was to be kept and is not is no success.
  const isKept = unsaved === undefined;
  return isWritten && isKept && counts.done === counts.total
    ? exitCodes.allDone
    : exitCodes.someFailed;
}
