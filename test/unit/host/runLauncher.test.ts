import { beforeEach, describe, expect, it, vi } from 'vitest';
import { rerunLast } from '../../../src/commands/rerun.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import type { RunRequest } from '../../../src/core/runner/runRequest.ts';
import { createApi } from '../../../src/host/api.ts';
import type { Engine } from '../../../src/host/engine.ts';
import { LastRun } from '../../../src/host/lastRun.ts';
import { Lazy } from '../../../src/host/lazy.ts';
import type { PromptLibrary } from '../../../src/host/promptLibrary.ts';
import type { ResultsRequest } from '../../../src/host/resultsRequests.ts';
import { ResultsRequests } from '../../../src/host/resultsRequests.ts';
import { RunLauncher } from '../../../src/host/runLauncher.ts';
import { checkRunOptions } from '../../../src/host/runOptions.ts';
import { RunRequests } from '../../../src/host/runRequests.ts';
import { RunService } from '../../../src/host/runService.ts';
import { SteppedRun } from '../../support/viewRuns.ts';
import { FakeMemory } from '../../support/vscode/fakeStorage.ts';
import { CancellationTokenSource } from '../../support/vscode/fakeVscode.ts';

vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  workspace: { isTrusted: true },
}));

/** A run that goes on until it is cancelled. */
class OpenRun extends SteppedRun {
  readonly #ended = Promise.withResolvers<unknown>();
  readonly onEvent = (): void => undefined;
  start(): void {}
  ended(): Promise<unknown> {
    return this.#ended.promise;
  }
  cancel(): void {
    if (this.state.state !== 'running') return;
    this.finish('cancelled');
    this.#ended.resolve({ id: this.id, state: 'cancelled' });
  }
}

let memory: FakeMemory;
/** The model that is set. */
let model: string;
/** What engines were asked to run, by all windows. */
let asked: RunRequest[];

beforeEach(() => {
  memory = new FakeMemory();
  asked = [];
  model = 'now';
});

/** A window with an engine whose runs are open until they are cancelled. */
function openWindow(duringPlan: () => void = () => undefined) {
  const shown: ResultsRequest[] = [];
  const runs = new RunService();
  const engine = new Lazy(
    async () =>
      ({
        checkRunOptions,
        withAgents: async (request: RunRequest) => ({ request, remarks: [] }),
        readiness: async () => ({ kind: 'ready' }),
        planRun: async () => {
          duringPlan();
          return { items: [] };
        },
        estimate: () => ({}),
        createRun: async (_: unknown, request: RunRequest) => {
          asked.push(request);
          return new OpenRun(['One'], `run-${asked.length}`) as unknown as Run;
        },
        createRunLog: () => ({ lines: () => [] }),
        // The journals of all windows.
        askedFor: async (runId: string) => asked[Number(runId.slice('run-'.length)) - 1],
      }) as unknown as Engine,
  );
  const results = new ResultsRequests();
  results.onDidRequest((request) => shown.push(request));
  const last = new LastRun(engine, memory.memento);
  const configuration = {
    runSettings: () => ({ provider: 'demo', model, limits: { maxTurns: 50 } }),
    confirmAbove: () => 20,
    logOrder: () => 'interleaved',
  };
  const launcher = new RunLauncher({
    ...{ engine, runs, results, last },
    configuration: configuration as never,
    log: { follow: () => undefined } as never,
    memory: memory.memento,
  });
  const library = {} as PromptLibrary;
  const requests = new RunRequests({ configuration: configuration as never, engine, library });
  const api = createApi(runs, launcher, requests);
  return { api, last, launcher, requests, runs, shown };
}

const prompts = [{ id: 'a', name: 'A', text: 'Go.', options: {} }];
const request = { prompts: [{ text: 'Go.' }] };

describe('A run that another extension asks for', () => {
  it('opens no panel, and one that a person asks for opens one that leaves the focus', async () => {
    const { api, launcher, requests, shown } = openWindow();
    await api.start(request);
    expect(shown).toEqual([]);
    await launcher.launch(requests.of(prompts));
    expect(shown).toEqual([{ runId: 'run-2', keepsFocus: true }]);
  });

  it('has its id before it ends, and can be cancelled', async () => {
    const { api } = openWindow();
    const started = await api.start(request);
    expect(started?.id).toBe('run-1');
    expect(await Promise.race([started?.result, 'still open'])).toBe('still open');
    started?.cancel();
    expect(await started?.result).toMatchObject({ id: 'run-1', state: 'cancelled' });
  });

  it('is cancelled by its token, which is left alone when it has ended', async () => {
    const { api } = openWindow();
    const source = new CancellationTokenSource();
    const running = api.run({ ...request, token: source.token as never });
    await vi.waitFor(() => expect(CancellationTokenSource.listeners).toBe(1));
    source.cancel();
    expect(await running).toMatchObject({ state: 'cancelled' });
    await vi.waitFor(() => expect(CancellationTokenSource.listeners).toBe(0));
    source.dispose();
  });

  it('is not begun when its token is cancelled before', async () => {
    const source = new CancellationTokenSource();
    const { api } = openWindow(() => source.cancel());
    expect(await api.run({ ...request, token: source.token as never })).toBeUndefined();
    expect(asked).toEqual([]);
    source.dispose();
  });

  it('is refused with options that no run has, and none of it is begun', async () => {
    const { api } = openWindow();
    for (const options of [{ speed: 1 }, { maxTurns: 0 }, 7]) {
      await expect(api.run({ ...request, options } as never)).rejects.toThrow(
        /^There is no run option speed|^options(\.maxTurns)? must be /,
      );
    }
    expect(asked).toEqual([]);
  });

  it('is refused with a token that is none', async () => {
    const { api } = openWindow();
    const wrong = api.run({ ...request, token: true as never });
    await expect(wrong).rejects.toThrow('token must be a CancellationToken');
  });
});

describe('Rerun Last Run', () => {
  it('starts the same prompts once more, after a reload, too', async () => {
    const before = openWindow();
    await before.launcher.launch(before.requests.of(prompts, 'a.prompts.md'));
    const after = openWindow();
    expect(after.last.isThere).toBe(true);
    void rerunLast({ ...after, lastRun: after.last })();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]).toEqual(asked[0]);
    // Prompts may be large: they are in the journal, and not in the window's memory as well.
    expect(JSON.stringify([...memory.values])).not.toContain('Go.');
  });

  it('keeps the options of the run, and takes the settings of now for the others', async () => {
    const before = openWindow();
    await before.api.start({ ...request, options: { maxTurns: 3 } });
    model = 'chosen since';
    const after = openWindow();
    void rerunLast({ ...after, lastRun: after.last })();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked.map(({ settings }) => [settings.model, settings.limits.maxTurns])).toEqual([
      ['now', 3],
      ['chosen since', 3],
    ]);
    expect(asked.map(({ interactive }) => interactive)).toEqual([false, true]);
  });

  it.each([
    ['nothing was run', () => undefined],
    ['the run is gone', () => memory.values.set('interleave.lastRun', { runId: 'run-7' })],
    ['the memory is no run', () => memory.values.set('interleave.lastRun', 7)],
  ])('says so when there is none: %s', async (_, prepare) => {
    prepare();
    const { last, launcher, requests } = openWindow();
    const again = rerunLast({ launcher, requests, lastRun: last })();
    await expect(again).rejects.toThrow('There is no last run.');
  });
});
