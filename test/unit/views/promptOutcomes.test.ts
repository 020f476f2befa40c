import { describe, expect, it, vi } from 'vitest';
import type { HostRun } from '../../../src/host/runService.ts';
import { RunService } from '../../../src/host/runService.ts';
import { noCounts } from '../../../src/shared/runState.ts';
import { PromptOutcomes } from '../../../src/views/promptOutcomes.ts';
import { listing } from '../../support/listings.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const file = 'file:///w/math.prompts.md';

function outcomesOf(runs: SteppedRun[]): PromptOutcomes {
  const never = () => ({ dispose: () => undefined });
  const listed = runs as unknown as HostRun[];
  return new PromptOutcomes({ listed, onDidChangeRuns: never, onDidChangeListings: never });
}

describe('PromptOutcomes', () => {
  it('knows nothing of a prompt that never ran, or of another file with the same id', () => {
    const outcomes = outcomesOf([new SteppedRun(['a'])]);
    expect(outcomes.latest(file, 'math.prompts.md#b')).toBeUndefined();
    expect(outcomes.latest('file:///other/math.prompts.md', 'math.prompts.md#a')).toBeUndefined();
  });

  it('finds a prompt whose file name in ids has changed since a folder was added', () => {
    const outcomes = outcomesOf([new SteppedRun(['a'], 'older')]);
    expect(outcomes.latest(file, 'w/math.prompts.md#a')?.runId).toBe('older');
  });

  it('returns the live conversation of the newest run with the prompt', () => {
    const older = new SteppedRun(['a', 'b'], 'older');
    const newer = new SteppedRun(['b'], 'newer');
    const outcomes = outcomesOf([newer, older]);
    expect(outcomes.latest(file, 'math.prompts.md#b')?.runId).toBe('newer');
    expect(outcomes.latest(file, 'math.prompts.md#a')?.runId).toBe('older');
    newer.step(0, steps.started);
    newer.step(0, steps.failed);
    expect(outcomes.latest(file, 'math.prompts.md#b')?.phase).toBe('failed');
  });

  it('counts the conversations of rows and returns the one that needs most attention', () => {
    const run = new SteppedRun(['a[r1]', 'a[r2]', 'a[r3]', 'b'], 'rows');
    const outcomes = outcomesOf([run]);
    for (const index of [0, 1, 2]) run.step(index, steps.started);
    const latest = () => outcomes.latest(file, 'math.prompts.md#a');
    run.step(0, steps.done);
    run.step(1, steps.failed);
    expect([latest()?.phase, latest()?.index]).toEqual(['running', 2]);
    run.step(2, steps.done);
    expect([latest()?.phase, latest()?.index]).toEqual(['failed', 1]);
    expect([...(latest()?.phases ?? [])]).toEqual([
      ['done', 2],
      ['failed', 1],
    ]);
    expect(outcomes.latest(file, 'math.prompts.md#b')?.phases).toBeUndefined();
  });

  it('falls back to the previous run when a run is deleted', () => {
    const runs = [new SteppedRun(['a'], 'newer'), new SteppedRun(['a'], 'older')];
    const outcomes = outcomesOf(runs);
    expect(outcomes.latest(file, 'math.prompts.md#a')?.runId).toBe('newer');
    runs.shift();
    expect(outcomes.latest(file, 'math.prompts.md#a')?.runId).toBe('older');
  });
});

describe('PromptOutcomes of saved runs', () => {
  const prompts = [{ uri: file, id: 'math.prompts.md#a', index: 3, phase: 'failed' as const }];

  it('come from their listings, until the runs are opened', () => {
    const runs = new RunService();
    const kept = listing('run-1', { prompts });
    runs.relist([kept]);
    const outcomes = new PromptOutcomes(runs);
    expect(outcomes.latest(file, 'math.prompts.md#a')).toEqual({
      runId: 'run-1',
      index: 3,
      phase: 'failed',
    });
    expect(outcomes.latest(file, 'math.prompts.md#b')).toBeUndefined();
    const run = new SteppedRun(['a'], 'run-1');
    runs.addSaved(Object.assign(run, { listing: kept }) as unknown as HostRun);
    expect(outcomes.latest(file, 'math.prompts.md#a')).toMatchObject({
      index: 0,
      whole: { conversation: { name: 'a' } },
    });
  });

  it('fire changes when runs are added or removed, not while a run of another window progresses', () => {
    const runs = new RunService();
    const changes = vi.fn();
    new PromptOutcomes(runs).onDidChange(changes);
    runs.relist([listing('run-1', { state: 'running' })]);
    runs.relist([listing('run-1', { state: 'running', counts: { ...noCounts, done: 1 } })]);
    expect(changes).not.toHaveBeenCalled();
    runs.relist([listing('run-1', { prompts })]);
    expect(changes).toHaveBeenCalledTimes(1);
    runs.relist([]);
    expect(changes).toHaveBeenCalledTimes(2);
  });
});
