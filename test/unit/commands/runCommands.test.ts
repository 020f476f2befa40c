import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cancelAllRuns, cancelRun } from '../../../src/commands/cancel.ts';
import type { CommandServices } from '../../../src/commands/commandServices.ts';
import { deleteRun } from '../../../src/commands/deleteRun.ts';
import { openResults } from '../../../src/commands/openResults.ts';
import { resumeRun, retryConversation } from '../../../src/commands/rerun.ts';
import { UserError } from '../../../src/core/base/errors.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import type { Log } from '../../../src/host/log.ts';
import type { ResultsRequests } from '../../../src/host/resultsRequests.ts';
import { RunHistory } from '../../../src/host/runHistory.ts';
import type { RunListing } from '../../../src/host/runService.ts';
import { RunService } from '../../../src/host/runService.ts';
import { SavedRun } from '../../../src/host/savedRun.ts';
import { listing } from '../../support/listings.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

beforeEach(() => person.reset());

/** A run that a test advances, and that records commands. */
class RecordedRun extends SteppedRun {
  readonly calls: (readonly [string, unknown?])[] = [];
  readonly onEvent = (): void => undefined;
  cancel(): void {
    this.calls.push(['cancel']);
  }
  rerun(indices: readonly number[]): void {
    this.calls.push(['rerun', indices]);
  }
  ended(): Promise<unknown> {
    return Promise.resolve('result');
  }
}

interface Wanted {
  readonly deletes?: (id: string) => Promise<unknown>;
}

function windowWith(
  runs: readonly RecordedRun[],
  { deletes = async () => undefined }: Wanted = {},
) {
  const service = new RunService();
  for (const run of runs) service.adopt(run as unknown as Run);
  const history = new RunHistory({
    engine: {
      get: async () => ({
        setRunAside: deletes,
        canResume: () => true,
        archive: async () => ({ read: async () => ({ state: {}, isForeign: false }) }),
      }),
    },
    runs: service,
    scope: { isOwn: ({ id }: { readonly id: string }) => !id.endsWith('other') },
    storagePath: '/nowhere',
  } as unknown as ConstructorParameters<typeof RunHistory>[0]);
  const log = { error: (error: unknown) => Promise.reject(error) } as unknown as Log;
  const results: { inFront?: string } = {};
  return { runs: service, history, log, results: results as ResultsRequests };
}

function doneRun(id = 'run-1'): RecordedRun {
  const run = new RecordedRun(['One', 'Two'], id);
  run.step(0, steps.started);
  run.step(0, steps.done);
  run.step(1, steps.failed);
  run.finish('finished');
  return run;
}

const target = { runId: 'run-1', conversation: 0 };
const byUser = { ...target, interactive: true };

describe('Retry', () => {
  it.each([
    ['the user declines', byUser, '', []],
    ['the user confirms', byUser, 'Run Again', [['rerun', [0]]]],
  ])(
    'of a conversation with a final answer asks first: %s',
    async (_, argument, chooses, calls) => {
      const run = doneRun();
      person.chooses = chooses;
      await retryConversation(windowWith([run]))(argument);
      expect(run.calls).toEqual(calls);
      expect(person.messages).toMatchObject([{ modal: true, buttons: ['Run Again'] }]);
    },
  );

  it.each([
    ['a program asks for it', target, [0]],
    ['there is no answer to replace', { ...byUser, conversation: 1 }, [1]],
  ])('does not ask when %s', async (_, argument, indices) => {
    const run = doneRun();
    expect(await retryConversation(windowWith([run]))(argument)).toBe('result');
    expect(run.calls).toEqual([['rerun', indices]]);
    expect(person.messages).toEqual([]);
  });
});

describe('Delete Run', () => {
  it('asks the user, and keeps the run when the user declines', async () => {
    const run = doneRun();
    const window = windowWith([run]);
    await deleteRun(window)({ runId: run.id, interactive: true });
    expect(person.messages).toMatchObject([{ modal: true, buttons: ['Delete'] }]);
    expect(window.runs.find(run.id)).toBe(run);
    person.chooses = 'Delete';
    await deleteRun(window)({ runId: run.id, interactive: true });
    expect(window.runs.find(run.id)).toBeUndefined();
  });

  it.each([
    ['Undo', ['restored']],
    ['', ['removed']],
  ])('offers to undo it, and removes the run when nobody does: %j', async (choice, done) => {
    const seen: string[] = [];
    const window = windowWith([doneRun()], {
      deletes: async () => {
        person.chooses = choice;
        return {
          restore: async () => void seen.push('restored'),
          remove: async () => void seen.push('removed'),
        };
      },
    });
    vi.spyOn(window.history, 'refresh').mockResolvedValue(false);
    person.chooses = 'Delete';
    await deleteRun(window)({ runId: 'run-1', interactive: true });
    await vi.waitFor(() => expect(seen).toEqual(done));
    expect(person.messages.at(-1)).toMatchObject({
      text: 'Deleted the run math.prompts.md.',
      buttons: ['Undo'],
    });
    expect(window.history.refresh).toHaveBeenCalledTimes(choice === 'Undo' ? 1 : 0);
  });

  it('does not ask a program', async () => {
    const window = windowWith([doneRun()]);
    await deleteRun(window)({ runId: 'run-1' });
    expect(person.messages).toEqual([]);
    expect(window.runs.runs).toEqual([]);
  });

  it('keeps a run listed that cannot be deleted, and says why', async () => {
    const run = doneRun();
    const window = windowWith([run], {
      deletes: () => Promise.reject(new UserError('This run is open in another window.')),
    });
    const deleting = deleteRun(window)({ runId: run.id });
    await expect(deleting).rejects.toThrow('This run is open in another window.');
    // It continues like a saved run, because its journal was closed.
    expect(window.runs.runs).toHaveLength(1);
    expect(window.runs.find(run.id)).toBeInstanceOf(SavedRun);
    expect(window.runs.find(run.id)?.state).toBe(run.state);
  });
});

describe('A command on a saved run', () => {
  /** A window that lists these saved runs. Commands must open them. */
  function windowKeeping(...kept: readonly RunListing[]) {
    const window = windowWith([]);
    window.runs.relist(kept);
    const results = { show: vi.fn() };
    const scope = { isOwn: ({ id }: { readonly id: string }) => !id.endsWith('other') };
    return { ...window, results, scope } as never as CommandServices & typeof window;
  }

  function savedRun(what: Partial<RunListing> = {}): RunListing {
    const { state } = doneRun(what.id);
    const open = vi.fn(async () => ({ state, isForeign: false }) as never);
    return listing(what.id ?? 'run-1', { open, ...what });
  }

  it('opens it, once', async () => {
    const kept = savedRun();
    const window = windowKeeping(kept);
    await openResults(window)({ runId: 'run-1' });
    await openResults(window)(target);
    expect(kept.open).toHaveBeenCalledTimes(1);
    expect(window.results.show).toHaveBeenNthCalledWith(1, { runId: 'run-1' });
    expect(window.results.show).toHaveBeenNthCalledWith(2, target);
  });

  it('without an argument opens the newest run of the window that can be opened', async () => {
    const window = windowKeeping(
      savedRun({ id: 'run-3', state: 'running' }),
      savedRun({ id: 'run-2', state: 'unreadable' }),
      savedRun({ id: 'run-5-other' }),
      savedRun({ id: 'run-1' }),
    );
    await openResults(window)();
    expect(window.results.show).toHaveBeenCalledWith({ runId: 'run-1' });
  });

  it.each([
    ['running', 'running in another window'],
    ['unreadable', 'cannot be read'],
  ] as const)('says why it does nothing when the run is %s', async (state, why) => {
    const window = windowKeeping(savedRun({ state }));
    await expect(openResults(window)({ runId: 'run-1' })).rejects.toThrow(why);
    expect(window.results.show).not.toHaveBeenCalled();
  });

  it('resumes the newest interrupted run of the window', async () => {
    const first = savedRun({ id: 'run-1', state: 'interrupted' });
    const window = windowKeeping(
      savedRun({ id: 'run-3' }),
      savedRun({ id: 'run-2-other', state: 'interrupted' }),
      first,
    );
    // Its journal shows that it had ended, so the command stops here.
    await expect(resumeRun(window)()).rejects.toThrow('There is no run to resume.');
    expect(first.open).toHaveBeenCalledTimes(1);
    expect(window.runs.runs.map(({ id }) => id)).toEqual(['run-1']);
  });

  it('deletes an unreadable run without opening it', async () => {
    const kept = savedRun({ state: 'unreadable', title: '' });
    const window = windowKeeping(kept);
    person.chooses = 'Delete';
    await deleteRun(window)({ runId: 'run-1', interactive: true });
    expect(person.messages).toMatchObject([{ text: 'Delete the unreadable run?' }]);
    expect(window.runs.listed).toEqual([]);
    expect(kept.open).not.toHaveBeenCalled();
  });
});

describe('Cancel Run', () => {
  const running = (id: string): RecordedRun => new RecordedRun(['One'], id);
  const cancelled = (runs: readonly RecordedRun[]) => runs.map(({ calls }) => calls.length);

  it('cancels only the run that its argument names', async () => {
    const runs = [running('run-1'), running('run-2')];
    await cancelRun(windowWith(runs))({ runId: 'run-1' });
    expect(cancelled(runs)).toEqual([1, 0]);
    expect(person.lists).toEqual([]);
  });

  it('cancels the active run when called without one', async () => {
    const runs = [doneRun('run-1'), running('run-2')];
    await cancelRun(windowWith(runs))();
    expect(cancelled(runs)).toEqual([0, 1]);
    expect(person.lists).toEqual([]);
  });

  it('lets the user pick one of several active runs', async () => {
    const runs = [running('run-1'), running('run-2'), doneRun('run-3')];
    const window = windowWith(runs);
    await cancelRun(window)();
    expect(person.lists[0]).toHaveLength(2);
    expect(cancelled(runs)).toEqual([0, 0, 0]);
    person.chooses = 'math.prompts.md';
    await cancelRun(window)();
    expect(cancelled(runs).toSorted()).toEqual([0, 0, 1]);
  });

  it('cancels the one of several whose results are in front', async () => {
    const runs = [running('run-1'), running('run-2')];
    const window = windowWith(runs);
    window.results.inFront = 'run-2';
    await cancelRun(window)();
    expect(cancelled(runs)).toEqual([0, 1]);
    expect(person.lists).toEqual([]);
  });

  it('has a separate command for all runs', () => {
    const runs = [running('run-1'), running('run-2'), doneRun('run-3')];
    cancelAllRuns(windowWith(runs))();
    expect(cancelled(runs)).toEqual([1, 1, 0]);
  });
});
