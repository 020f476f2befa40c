import type { Preview } from '../../../media/text/preview.ts';
import { previewOf } from '../../../media/text/preview.ts';
import type { AgentLimits } from '../../../src/core/agent/agentSpec.ts';
import type { Clock } from '../../../src/core/base/clock.ts';
import { RunLog } from '../../../src/core/export/runLog.ts';
import type { JournalReading } from '../../../src/core/journal/read/readJournal.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import type { JournalRecorder } from '../../../src/core/journal/write/journalRecorder.ts';
import { planRun } from '../../../src/core/runner/planRun.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import type { RunPlan } from '../../../src/core/runner/runPlan.ts';
import { createArithmeticTools } from '../../../src/core/tools/arithmetic/arithmeticTools.ts';
import type { Tool } from '../../../src/core/tools/tool.ts';
import type { RunEvent } from '../../../src/shared/conversationEvents.ts';
import type { ConversationResult, RunResult } from '../../../src/shared/runResult.ts';
import type { RunState } from '../../../src/shared/runState.ts';
import { conversationDescription } from '../../../src/views/conversationWords.ts';
import { MemoryFs } from '../journal/memoryFs.ts';
import { contextOf, limitsFor, requestFor } from '../requests.ts';
import { JumpingClock } from './jumpingClock.ts';
import { promptClock } from './promptClock.ts';
import type { Answers, SentRequest, Served, Side } from './side.ts';

/** How a run is played that a journal in memory keeps. */
export interface SavedPlayOptions {
  readonly prompts?: readonly string[];
  readonly tools?: readonly Tool[];
  readonly limits?: Partial<AgentLimits>;
  /** Max attempts of a request; the default when absent. */
  readonly attempts?: number;
  readonly toolExecution?: 'serial' | 'parallel';
  readonly whenBlocked?: 'pause' | 'fail';
  readonly concurrency?: 'auto' | 'unlimited' | number;
  /** The runner's clock; without one, every wait ends at once. */
  readonly clock?: Clock;
  /** The journal's disk. */
  readonly fs?: MemoryFs;
  /** Max wait of the journal that ends at once, in ms. */
  readonly patienceMs?: number;
  /** Called before the run starts. */
  onRun?(run: Run, served: Served): void;
  /** The runner, whose limiters other runs may share; a new one by default. */
  readonly runner?: Runner;
  /** Waits for this instead of the run's end. */
  until?(run: Run, served: Served): Promise<unknown>;
}

/** A run that has ended, what the views showed, and its journal. */
export interface SavedPlay {
  readonly run: Run;
  readonly result: RunResult;
  readonly conversation: ConversationResult;
  readonly events: readonly RunEvent[];
  readonly requests: readonly SentRequest[];
  /** The lines of the log. */
  readonly log: readonly string[];
  /** What the tree showed beside the first conversation, in order. */
  readonly tree: readonly string[];
  /** What the panel showed in the first conversation's row. */
  readonly rows: readonly Preview[];
  /** The content of its journal. */
  readonly kept: JournalReading;
  readonly disk: MemoryFs;
}

const root = '/journals';
const runId = '01KAF1XYZ0ABCDEFGHJKMNPQRS';
const journalPath = `${root}/${runId}/journal.jsonl`;

/** Plays a run to its end with a scripted model and a real journal on an in-memory disk. */
export async function playSaved(
  side: Side,
  answers: Answers,
  options: SavedPlayOptions = {},
): Promise<SavedPlay> {
  const served = await side.serve(answers);
  try {
    const disk = options.fs ?? new MemoryFs();
    const recorder = await archiveOn(disk, options.patienceMs).record(runId, null);
    if (recorder === undefined) throw new Error('No journal.');
    const plan = await planFor(served, options);
    const run = runnerOf(options).createRun(plan, { id: runId, recorder });
    return await playToEnd(run, { served, disk, recorder, options, start: () => run.start() });
  } finally {
    await served.close();
  }
}

/**
 * Resumes, with a scripted model, a run whose process died when the first `lines` lines of the
 * journal were on disk.
 */
export async function resumeSaved(
  side: Side,
  answers: Answers,
  { kept, disk: before }: Pick<SavedPlay, 'kept' | 'disk'>,
  lines = kept.records.length,
): Promise<SavedPlay> {
  const served = await side.serve(answers);
  try {
    const disk = new MemoryFs();
    for (const [path, { content }] of before.files) {
      if (path.includes('/blobs/')) disk.put(path, content);
    }
    const text = before.text(journalPath).split('\n').filter(Boolean).slice(0, lines);
    disk.put(journalPath, `${text.join('\n')}\n`);
    const { recorder, ...restored } = await archiveOn(disk).reopen(runId);
    const prompts = restored.state.conversations.map(({ prompt }) => prompt);
    const plan = await planFor(served, { prompts });
    const run = runnerOf({}).restoreRun(plan, restored, recorder);
    const start = (): void => run.resumeInterrupted();
    return await playToEnd(run, { served, disk, recorder, options: {}, start });
  } finally {
    await served.close();
  }
}

/** Number of journal lines after which the run's n-th record of this kind is on disk. */
export function lineAfter(
  { kept }: Pick<SavedPlay, 'kept'>,
  holds: (record: JournalReading['records'][number]['record']) => boolean,
): number {
  const at = kept.records.findIndex(({ record }) => holds(record));
  if (at < 0) throw new Error('No such record.');
  return at + 1;
}

interface Playing {
  readonly served: Served;
  readonly disk: MemoryFs;
  readonly recorder: Pick<JournalRecorder, 'saving'>;
  readonly options: SavedPlayOptions;
  start(): void;
}

async function playToEnd(run: Run, playing: Playing): Promise<SavedPlay> {
  const { served, disk, recorder, options } = playing;
  const seen = watch(run);
  options.onRun?.(run, served);
  playing.start();
  await (options.until?.(run, served) ?? run.ended());
  const result = run.result();
  await recorder.saving.dispose();
  const kept = await readJournal(root, runId, disk);
  if (kept.kind !== 'read') throw new Error(`Could not read the journal: ${kept.kind}`);
  const { requests } = served;
  return { run, result, conversation: result.conversations[0]!, requests, kept, disk, ...seen };
}

/** Records what the views would show after every event. */
function watch(run: Run) {
  const events: RunEvent[] = [];
  const log: string[] = [];
  const tree: string[] = [];
  const rows: Preview[] = [];
  const runLog = new RunLog(run.state, 'interleaved');
  run.onEvent((event) => {
    events.push(event);
    log.push(...runLog.lines(event));
    const [first] = run.state.conversations;
    if (first === undefined) return;
    const words = conversationDescription(first, run.nowMs());
    if (tree.at(-1) !== words) tree.push(words);
    const row = previewOf(first, run.nowMs());
    if (rows.at(-1)?.text !== row.text) rows.push(row);
  });
  return { events, log, tree, rows };
}

function runnerOf({ clock = new JumpingClock(), runner }: SavedPlayOptions): Runner {
  return runner ?? new Runner({ clock });
}

/** The plan as the product makes it, with limits that no test reaches by accident. */
export async function planFor(served: Served, options: SavedPlayOptions): Promise<RunPlan> {
  const request = requestFor(options.prompts ?? ['Go.'], {
    model: served.model,
    toolExecution: options.toolExecution ?? 'serial',
    concurrency: options.concurrency ?? 'auto',
    warmUpCache: true,
    limits: {
      timeoutSeconds: 1e6,
      ...limitsFor(options.limits ?? {}),
      ...(options.attempts === undefined ? {} : { attempts: options.attempts }),
    },
  });
  const context = contextOf(served.provider, {
    provider: served.provider.id,
    tools: options.tools ?? createArithmeticTools(),
  });
  const asked = { ...request, interactive: options.whenBlocked === 'pause' };
  const plan = await planRun(asked, context);
  // Each play has a server of its own, which stands for the same one.
  const agents = plan.origin.agents.map(({ endpoint: _, ...agent }) => agent);
  return { ...plan, origin: { ...plan.origin, agents } };
}

function archiveOn(fs: MemoryFs, patienceMs = 1_000): RunArchive {
  const clock = promptClock(patienceMs);
  const startMs = Date.UTC(2026, 10, 20, 12);
  return new RunArchive({
    root,
    environment: {
      fs,
      clock,
      wallTime: () => startMs + clock.now(),
      identity: { pid: 100, hostName: 'machine', boot: 'boot-1', pidSpace: 'pid:[1]' },
      isAlive: () => true,
    },
    redact: (text) => text,
    maxRuns: 10,
    onFailure: () => undefined,
  });
}

/** The run's in-memory state, in the form read back from a journal. */
export function asKept(state: RunState): unknown {
  return JSON.parse(JSON.stringify(state));
}
