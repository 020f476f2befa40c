import { describe, expect, it } from 'vitest';
import type { HostRun } from '../../../src/host/runService.ts';
import { PromptOutcomes } from '../../../src/views/promptOutcomes.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

const file = 'file:///w/math.prompts.md';

function outcomesOf(runs: SteppedRun[]): PromptOutcomes {
  return new PromptOutcomes({ runs: runs as unknown as HostRun[] });
}

describe('PromptOutcomes', () => {
  it('knows nothing of a prompt that never ran, or of another file with the same id', () => {
    const outcomes = outcomesOf([new SteppedRun(['a'])]);
    expect(outcomes.latest(file, 'math.prompts.md#b')).toBeUndefined();
    expect(outcomes.latest('file:///other/math.prompts.md', 'math.prompts.md#a')).toBeUndefined();
  });

  it('finds a prompt whose file name in ids has changed since a folder was added', () => {
    const outcomes = outcomesOf([new SteppedRun(['a'], 'older')]);
    expect(outcomes.latest(file, 'w/math.prompts.md#a')?.run.id).toBe('older');
  });

  it('returns the live conversation of the newest run with the prompt', () => {
    const older = new SteppedRun(['a', 'b'], 'older');
    const newer = new SteppedRun(['b'], 'newer');
    const outcomes = outcomesOf([newer, older]);
    expect(outcomes.latest(file, 'math.prompts.md#b')?.run.id).toBe('newer');
    expect(outcomes.latest(file, 'math.prompts.md#a')?.run.id).toBe('older');
    newer.step(0, steps.started);
    newer.step(0, steps.failed);
    expect(outcomes.latest(file, 'math.prompts.md#b')?.conversation.phase).toBe('failed');
  });

  it('falls back to the previous run when a run is deleted', () => {
    const runs = [new SteppedRun(['a'], 'newer'), new SteppedRun(['a'], 'older')];
    const outcomes = outcomesOf(runs);
    expect(outcomes.latest(file, 'math.prompts.md#a')?.run.id).toBe('newer');
    runs.shift();
    expect(outcomes.latest(file, 'math.prompts.md#a')?.run.id).toBe('older');
  });
});
