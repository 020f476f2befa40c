import type { Inbox } from '../../../src/core/approvals/inbox/inbox.ts';
import type { RunRules } from '../../../src/core/approvals/runRules.ts';
import type { JournalLimits } from '../../../src/core/journal/journalLimits.ts';
import type { ReopenedRun } from '../../../src/core/journal/runs/runArchive.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import type { JournalRecorder } from '../../../src/core/journal/write/journalRecorder.ts';
import type { Provider } from '../../../src/core/providers/provider.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import type { RunPlan } from '../../../src/core/runner/runPlan.ts';
import type { Tool } from '../../../src/core/tools/tool.ts';
import { impatient, originOf, planned, testAgent } from '../runs.ts';
import type { TestMachine } from './testEnvironment.ts';
import { root, runId, settle } from './testEnvironment.ts';

/** What is run, and how the machine in memory keeps it. */
export interface ArchivedRunOptions {
  readonly provider: Provider;
  readonly prompts?: readonly string[];
  readonly tools?: readonly Tool[];
  readonly toolExecution?: 'serial' | 'parallel';
  readonly concurrency?: number | 'unlimited';
  readonly whenBlocked?: 'pause' | 'fail';
  readonly rules?: RunRules;
  readonly limits?: JournalLimits;
  /** Hears that a new run cannot be kept, which goes on without; where absent it waits. */
  readonly onFailure?: (failure: { readonly message: string }) => void;
}

/** A run that is kept on the disk of a machine in memory. */
export interface ArchivedRunPlay {
  readonly run: Run;
  readonly recorder: JournalRecorder | undefined;
  /** Its tool calls that wait for a person. */
  readonly inbox: Inbox;
}

export function archiveOf(
  machine: TestMachine,
  { limits, onFailure }: Pick<ArchivedRunOptions, 'limits' | 'onFailure'> = {},
): RunArchive {
  return new RunArchive({
    root,
    environment: machine,
    redact: (text) => text,
    maxRuns: 10,
    ...(limits === undefined ? {} : { limits: () => limits }),
    ...(onFailure === undefined ? {} : { onFailure }),
  });
}

/** A new run, not started yet. */
export async function newRun(
  machine: TestMachine,
  options: ArchivedRunOptions,
): Promise<ArchivedRunPlay> {
  const archive = archiveOf(machine, options);
  const recorder = await settle(machine, archive.record(runId, { prompts: options.prompts }));
  const runner = runnerOf(machine);
  const run = runner.createRun(archivedPlan(options), { id: runId, recorder });
  return { run, recorder, inbox: runner.inbox };
}

/** The run as another process finds it, to go on with `resumeInterrupted`. */
export async function reopenedRun(
  machine: TestMachine,
  options: ArchivedRunOptions,
): Promise<ArchivedRunPlay & { readonly reopened: ReopenedRun }> {
  const reopened = await settle(machine, archiveOf(machine, options).reopen(runId));
  const { recorder, ...restored } = reopened;
  const runner = runnerOf(machine);
  const run = runner.restoreRun(archivedPlan(options), restored, recorder);
  return { run, recorder, reopened, inbox: runner.inbox };
}

function runnerOf({ clock }: TestMachine): Runner {
  return new Runner({ clock, retry: impatient });
}

/** The plan of such a run. */
export function archivedPlan(options: ArchivedRunOptions): RunPlan {
  const { provider, prompts = ['a', 'b', 'c'], tools, toolExecution = 'serial' } = options;
  const agent = testAgent(provider, { toolExecution, ...(tools === undefined ? {} : { tools }) });
  return {
    title: 'test',
    simulated: false,
    failure: 'keepPartial',
    whenBlocked: options.whenBlocked ?? 'pause',
    warmUpCache: false,
    caps: {},
    maxCostUsd: Number.POSITIVE_INFINITY,
    maxConversationCostUsd: Number.POSITIVE_INFINITY,
    agent: {
      name: 'test',
      provider: provider.id,
      model: agent.spec.model,
      tools: agent.spec.tools,
      mode: 'concurrent',
      toolExecution,
      concurrency: options.concurrency ?? 'unlimited',
    },
    origin: originOf(agent),
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    items: prompts.map((prompt, index) => ({ planned: planned(prompt, index), agent })),
  };
}
