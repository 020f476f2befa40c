import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../../src/core/runner/run.ts';
import { keepMs, RunRelease } from '../../../src/host/runRelease.ts';
import type { HostRun, RunListing } from '../../../src/host/runService.ts';
import { RunService } from '../../../src/host/runService.ts';
import type { RunEvent } from '../../../src/shared/conversationEvents.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

vi.mock('vscode', async () => await import('../../support/vscode/fakeVscode.ts'));

class LiveRun extends SteppedRun {
  isSaved = true;
  readonly #listeners: ((event: RunEvent) => void)[] = [];
  readonly onEvent = (listener: (event: RunEvent) => void) => this.#listeners.push(listener);

  tell(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  end(): void {
    this.step(0, steps.done);
    this.tell(this.finish('finished'));
  }
}

function windowOf(shown: ReadonlySet<string> = new Set()) {
  const runs = new RunService();
  const run = new LiveRun(['a']);
  const listings: RunListing[] = [];
  const history = {
    refresh: async () => {
      runs.relist([...listings]);
      return false;
    },
  };
  const release = new RunRelease({ runs, history, isShown: (id) => shown.has(id) });
  runs.adopt(run as unknown as Run);
  const { id } = run.state.started;
  const save = (state: RunListing['state'] = 'finished'): void => {
    listings.push({ id, state, open: async () => undefined } as unknown as RunListing);
  };
  return { runs, run: run as LiveRun & HostRun, release, id, save };
}

describe('a run that has ended', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is kept for a while, then its listing takes its place', async () => {
    const { runs, run, id, save } = windowOf();
    save();
    run.end();
    await vi.advanceTimersByTimeAsync(keepMs - 1);
    expect(runs.find(id)).toBe(run);
    await vi.advanceTimersByTimeAsync(2);
    expect(runs.find(id)).toBeUndefined();
    expect(runs.findListed(id)).toMatchObject({ id, state: 'finished' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is kept as long as a view shows it', async () => {
    const shown = new Set<string>();
    const { runs, run, id, save } = windowOf(shown);
    shown.add(id);
    save();
    run.end();
    await vi.advanceTimersByTimeAsync(keepMs * 5);
    expect(runs.find(id)).toBe(run);
    shown.clear();
    await vi.advanceTimersByTimeAsync(keepMs);
    expect(runs.find(id)).toBeUndefined();
  });

  it.each<[string, (window: ReturnType<typeof windowOf>) => void]>([
    [
      'was not saved completely',
      ({ run, save }) => {
        run.isSaved = false;
        save();
      },
    ],
    ['has no listing', () => undefined],
    ['cannot be read again', ({ save }) => save('unreadable')],
    ['is held by its journal still', ({ save }) => save('running')],
  ])('is kept when it %s', async (_, prepare) => {
    const window = windowOf();
    prepare(window);
    window.run.end();
    await vi.advanceTimersByTimeAsync(keepMs * 5);
    expect(window.runs.find(window.id)).toBe(window.run);
    window.release.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('comes back when somebody who still had it goes on with it', async () => {
    const { runs, run, id, save } = windowOf();
    save();
    run.end();
    await vi.advanceTimersByTimeAsync(keepMs + 1);
    const heard: string[] = [];
    runs.onDidEmit(({ event }) => heard.push(event.type));
    run.tell(run.own({ type: 'run.reopened' }));
    expect(runs.find(id)).toBe(run);
    expect(heard).toEqual(['run.reopened']);
  });
});

describe('a run in progress', () => {
  it('is kept', async () => {
    vi.useFakeTimers();
    const { runs, run, id, save } = windowOf();
    save();
    run.tell(run.step(0, steps.started));
    await vi.advanceTimersByTimeAsync(keepMs * 5);
    expect(runs.find(id)).toBe(run);
    vi.useRealTimers();
  });
});
