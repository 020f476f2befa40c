import { RunArchive } from '../../src/core/journal/runs/runArchive.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import type { RunPlan } from '../../src/core/runner/runPlan.ts';
import type { RunResult } from '../../src/shared/runResult.ts';
import { promptClock } from './faults/promptClock.ts';
import { MemoryFs } from './journal/memoryFs.ts';
import { impatient } from './runs.ts';

const root = '/journals';
const runId = '01KAF1XYZ0ABCDEFGHJKMNPQRS';
const journalPath = `${root}/${runId}/journal.jsonl`;

function archiveOn(fs: MemoryFs): RunArchive {
  const clock = promptClock(1_000);
  return new RunArchive({
    root,
    environment: {
      ...{ fs, clock, wallTime: () => Date.UTC(2026, 10, 20, 12) + clock.now() },
      identity: { pid: 100, hostName: 'machine', boot: 'boot-1', pidSpace: 'pid:[1]' },
      isAlive: () => true,
    },
    redact: (text) => text,
    maxRuns: 10,
    onFailure: () => undefined,
  });
}

/** Runs a plan to its end with a journal on this disk; `lines` is how many the journal has. */
export async function killedAt(
  disk: MemoryFs,
  plan: RunPlan,
): Promise<{ readonly result: RunResult; readonly lines: number }> {
  const recorder = await archiveOn(disk).record(runId, null);
  const run = new Runner({ retry: impatient }).createRun(plan, { id: runId, recorder });
  run.start();
  const result = await run.ended();
  await recorder?.saving.dispose();
  return { result, lines: linesOf(disk).length };
}

/** A run that has gone on to its end. */
export interface Resumed {
  readonly result: RunResult;
  /** Complete turns that were there. */
  readonly keptTurns: number;
  /** Paths of the files that it would change. */
  readonly proposals: readonly string[];
}

/** The journal as it was when the process ended after so many lines. */
export function journalOn(disk: MemoryFs, lines: number) {
  return {
    /** Goes on with the run to its end; `keptTurns` are the complete turns that were there. */
    async resume(plan: RunPlan): Promise<Resumed> {
      const copy = new MemoryFs();
      for (const [path, { content }] of disk.files) {
        if (path.includes('/blobs/')) copy.put(path, content);
      }
      copy.put(journalPath, `${linesOf(disk).slice(0, lines).join('\n')}\n`);
      const { recorder, ...restored } = await archiveOn(copy).reopen(runId);
      const keptTurns = restored.state.conversations[0]?.turns.length ?? 0;
      const run = new Runner({ retry: impatient }).restoreRun(plan, restored, recorder);
      run.resumeInterrupted();
      const result = await run.ended();
      await recorder.saving.dispose();
      const proposals = run.proposals().flatMap(({ files }) => files.map(({ path }) => path));
      return { result, keptTurns, proposals };
    },
  };
}

function linesOf(disk: MemoryFs): readonly string[] {
  return disk.text(journalPath).split('\n').filter(Boolean);
}
