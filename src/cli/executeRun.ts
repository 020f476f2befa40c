import { agentLimits } from '../core/agent/agentSpec.ts';
import type { RetryPolicy } from '../core/agent/retryPolicy.ts';
import { retryLimits } from '../core/agent/retryPolicy.ts';
import type { Clock } from '../core/base/clock.ts';
import type { LimitValues } from '../core/base/limits.ts';
import { limitFlag } from '../core/base/limitValues.ts';
import type { Redactor } from '../core/base/redact.ts';
import { createUlid } from '../core/base/ulid.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { RunJournal } from '../core/journal/runs/runJournal.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { responseLimits } from '../core/providers/transport/responseLimits.ts';
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
import { CliProviders, chooseProvider, withoutKey } from './cliProviders.ts';
import type { Environment } from './environment.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { KeptCommand } from './keptCommand.ts';
import { optionsToKeep } from './keptCommand.ts';
import { limitValues } from './limitOptions.ts';
import { namesFiles, writeOutputs } from './outputs.ts';
import { commandToResume, serverToName } from './resumeCommand.ts';
import type { RunCommandOptions } from './runOptions.ts';
import { streamLines } from './streamLines.ts';
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
  /** Gives what standard input holds, at most so many bytes and one more. */
  readonly readInput: (maxBytes: number) => Promise<Buffer>;
  /** Calls back for every Ctrl+C, and signal to end, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Asks the person a yes-or-no question; absent where nobody is there to answer it. */
  ask?(question: string): Promise<boolean>;
}

/** What is to be run on the command line, and how. */
export interface RunCommand {
  readonly title: string;
  readonly prompts: readonly PlannedPrompt[];
  readonly options: RunCommandOptions;
}

/** A command whose provider is decided. */
interface DecidedCommand extends RunCommand {
  readonly options: RunCommandOptions & { readonly provider: ProviderId };
  /** False where the provider's key must not be sent to the server that the options name. */
  readonly sendsKey: boolean;
}

/** Runs prompts, writes their log and results, and resolves to the exit code. */
export async function executeRun(
  { title, prompts, options }: RunCommand,
  services: RunCommandServices,
): Promise<ExitCode> {
  const { archive, environment, folder } = services;
  const provider = options.provider === 'auto' ? chooseFor(prompts, environment) : options.provider;
  const command = { title, prompts, options: { ...options, provider }, sendsKey: true };
  return withPlan(command, services, async (plan) => {
    const id = createUlid();
    const recorder = await archive?.record(id, definitionOf(command, folder));
    const kept = recorder === undefined ? plan : { ...plan, recorder };
    let code: ExitCode = exitCodes.someFailed;
    try {
      const run = createRunner(services).createRun(kept, id);
      code = await finish(run, command, services, () => run.start());
    } finally {
      // A record that is held keeps the process alive, even after a failure of this program.
      if (recorder !== undefined) await endRecord(recorder, { id, code, command }, services);
    }
    await archive?.prune();
    // A run that was not saved to its end is no success, whatever its answers are.
    return recorder?.hasLost === true && code === exitCodes.allDone ? exitCodes.someFailed : code;
  });
}

function definitionOf({ title, prompts, options }: DecidedCommand, folder: string): KeptCommand {
  return {
    command: 'run',
    title,
    prompts: prompts.map(({ id, name, text, options: own, source }) => ({
      ...{ id, name, text, options: own },
      ...(source === undefined ? {} : { source }),
    })),
    options: optionsToKeep(options, options.provider),
    folder,
  };
}

/** Lets go of what is kept of a run, and says what a person has to know of it. */
export async function endRecord(
  recorder: RunJournal,
  ended: { readonly id: string; readonly code: ExitCode; readonly command?: RunCommand },
  { terminal, environment }: Pick<RunCommandServices, 'terminal' | 'environment'>,
): Promise<void> {
  const { id, code, command } = ended;
  await recorder.dispose();
  if (recorder.hasLost) terminal.err(notAllSaved);
  else if (code === exitCodes.cancelled) {
    const server = command && serverToName(command.options, environment);
    terminal.err(`To go on with the rest, use: ${commandToResume(id, server)}\n`);
    if (command !== undefined && namesFiles(command.options)) terminal.err(nameFilesAgain);
  }
}

const nameFilesAgain = 'Name the files for its results again, too.\n';

const notAllSaved =
  'The end of this run could not be saved. Keep what is printed here: interleave resume would send the last turns again.\n';

/** Makes the plan, and closes the providers' connections when `act` is done with it. */
export async function withPlan(
  { title, prompts, options, sendsKey }: DecidedCommand,
  { environment, createToolset, clock, terminal }: RunCommandServices,
  act: (plan: NewRunPlan) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { provider } = options;
  const baseUrls = options.baseUrl === undefined ? {} : { [provider]: options.baseUrl };
  const limits = limitValues(options);
  const isKeyless = !sendsKey && (provider === 'anthropic' || provider === 'openai');
  const keys = isKeyless ? withoutKey(environment, provider) : environment;
  const providers = new CliProviders(keys, baseUrls, {
    ...responseLimits(limits),
    ...(clock === undefined ? {} : { clock }),
    onRemark: (line) => terminal.err(`${line}\n`),
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
  { title, options }: RunCommand,
  services: RunCommandServices,
  begin: () => void,
): Promise<ExitCode> {
  const { terminal } = services;
  if (options.log !== 'none') writeLog(run, options.log, terminal);
  else tellPauses(run, terminal);
  const isKept = (): boolean => run.isSaved || namesFile(options);
  const writeRest = options.jsonl === '-' ? streamLines(run, terminal) : undefined;
  const { result, isUnread } = await waitForEnd(run, services, { begin, isKept });
  writeRest?.();
  // Where both go to one terminal, the answers stand apart from the log.
  if (options.log !== 'none') terminal.err('\n');
  const targets = { ...options, areLinesWritten: writeRest !== undefined };
  const isWritten = await writeOutputs(result, title, targets, terminal);
  if (!isWritten && services.archive !== undefined) {
    terminal.err(`It is kept: interleave resume ${result.id} --json FILE writes it as JSON.\n`);
  }
  return isUnread ? exitCodes.someFailed : exitCodeOf(result, isWritten);
}

/** Whether results go to a file. */
function namesFile({ json, jsonl, junit, markdown }: RunCommandOptions): boolean {
  return [json, jsonl, junit, markdown].some((target) => target !== undefined && target !== '-');
}

/** How often it is looked whether someone still reads the results, in ms. */
const readerCheckMs = 1_000;

/** Ctrl+C cancels what has not finished; what has is printed all the same. */
async function waitForEnd(
  run: Run,
  { terminal, onInterrupt }: RunCommandServices,
  { begin, isKept }: { readonly begin: () => void; readonly isKept: () => boolean },
): Promise<{ readonly result: RunResult; readonly isUnread: boolean }> {
  let isUnread = false;
  const stopListening = onInterrupt(() => {
    terminal.err('Cancelling. What has finished is kept. Press Ctrl+C again to quit at once.\n');
    run.cancel();
  });
  const readerCheck = setInterval(() => {
    if (isUnread || isKept() || terminal.isReaderGone?.() !== true) return;
    isUnread = true;
    terminal.err(
      'Nobody reads standard output any more, and nothing else keeps the results: the run stops.\n',
    );
    run.cancel();
  }, readerCheckMs);
  try {
    begin();
    return { result: await run.ended(), isUnread };
  } finally {
    clearInterval(readerCheck);
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
