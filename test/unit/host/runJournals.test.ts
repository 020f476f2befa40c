import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import { Redactor } from '../../../src/core/base/redact.ts';
import { planRun } from '../../../src/core/runner/planRun.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { RunJournals } from '../../../src/host/runJournals.ts';
import { contextOf, requestFor } from '../../support/requests.ts';
import { echoProvider } from '../../support/scriptedProvider.ts';

function journals(): { readonly kept: RunJournals; readonly root: string } {
  const storagePath = mkdtempSync(path.join(tmpdir(), 'interleave-journals-'));
  onTestFinished(() => rmSync(storagePath, { recursive: true, force: true }));
  const configuration = { limits: () => defaultLimitValues, maxSavedRuns: () => 50 };
  const kept = new RunJournals({ storagePath, configuration, redactor: new Redactor() });
  onTestFinished(() => kept.dispose());
  return { kept, root: path.join(storagePath, 'runs') };
}

const runner = new Runner();

/** A run with a journal, not started yet. */
async function newRun(kept: RunJournals): Promise<Run> {
  const request = requestFor(['a']);
  const plan = await planRun(request, contextOf(echoProvider()));
  const { id } = runner.createRun(plan);
  const recorder = await (await kept.archive()).record(id, request);
  const run = runner.createRun(plan, { id, recorder });
  kept.follow(run, recorder?.saving);
  return run;
}

/** Whether the journal is locked. */
function isHeld(root: string, { id }: Run): boolean {
  return readdirSync(path.join(root, id)).some((name) => name.includes('lock'));
}

describe('The journals of a window', () => {
  it('are released when their runs have ended', async () => {
    const { kept, root } = journals();
    for (let count = 0; count < 5; count++) {
      const run = await newRun(kept);
      run.start();
      await run.ended();
      await vi.waitFor(() => expect(isHeld(root, run)).toBe(false));
    }
    expect(kept.size).toBe(1);
  });

  it('are closed with the window, also for a run that was reopened', async () => {
    const { kept, root } = journals();
    const first = await newRun(kept);
    first.start();
    await first.ended();
    await vi.waitFor(() => expect(isHeld(root, first)).toBe(false));
    const other = await newRun(kept);
    expect(kept.size).toBe(1);
    first.rerun([0]);
    expect(kept.size).toBe(2);
    await first.ended();
    await kept.dispose();
    expect([isHeld(root, first), isHeld(root, other), kept.size]).toEqual([false, false, 0]);
  });

  it('are deleted with their runs', async () => {
    const { kept, root } = journals();
    const run = await newRun(kept);
    run.start();
    await run.ended();
    await (await kept.setAside(run.id))?.remove();
    expect([readdirSync(root), kept.size]).toEqual([[], 0]);
  });
});
