import { beforeEach, describe, expect, it, vi } from 'vitest';
import { rerunLast } from '../../../src/commands/rerun.ts';
import type { OpenValue } from '../../../src/core/prompts/bindPrompt.ts';
import { plainTemplate } from '../../../src/core/prompts/template.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import type { RunRequest } from '../../../src/core/runner/runRequest.ts';
import { createApi } from '../../../src/host/api.ts';
import type { Engine } from '../../../src/host/engine.ts';
import type { FilePrompt } from '../../../src/host/filePrompt.ts';
import { LastRun } from '../../../src/host/lastRun.ts';
import { Lazy } from '../../../src/host/lazy.ts';
import { Notices } from '../../../src/host/notices.ts';
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

/** A run that runs until it is cancelled. */
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
/** The model in the settings. */
let model: string;
/** The requests to the engines of all windows. */
let asked: RunRequest[];
/** The values that the prompts need. */
let needed: readonly OpenValue[];
/** What the user enters for them; undefined closes the form. */
let entered: ReadonlyMap<string, string> | undefined;

beforeEach(() => {
  needed = [];
  entered = undefined;
  memory = new FakeMemory();
  asked = [];
  model = 'now';
});

/** A window with an engine whose runs run until they are cancelled. */
function openWindow(duringPlan: () => void = () => undefined) {
  const shown: ResultsRequest[] = [];
  const runs = new RunService();
  const engine = new Lazy(
    async () =>
      ({
        checkRunOptions,
        expandPrompts: async ([first]: readonly FilePrompt[]) => ({
          needed: () => needed,
          bind: async ({ given }: { readonly given: ReadonlyMap<string, string> }) => {
            const text = [...given.values()].join() || 'Go.';
            return { prompts: first ? [{ ...first, text }] : [], remarks: [] };
          },
        }),
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
        requestOf: async (runId: string) => asked[Number(runId.slice('run-'.length)) - 1],
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
    notices: new Notices(),
    configuration: configuration as never,
    log: { follow: () => undefined } as never,
    memory: memory.memento,
  });
  const library = {} as PromptLibrary;
  const requests = new RunRequests({
    ...{ configuration: configuration as never, engine, library },
    log: { note: () => undefined },
    form: { ask: async () => entered },
    usualValues: () => new Map(),
  });
  const api = createApi(
    new Lazy(async () => ({
      runs,
      launch: async (argument) => launcher.launch(await requests.from(argument), argument.token),
    })),
  );
  return { api, last, launcher, requests, runs, shown };
}

const prompts: readonly FilePrompt[] = [
  {
    ...{
      id: 'a',
      name: 'A',
      text: 'Go.',
      template: plainTemplate('Go.'),
      options: {},
      skip: false,
    },
    range: { line: 0, column: 0, endLine: 0, endColumn: 3 },
    source: { uri: 'file:///a.prompts.md', line: 0 },
  },
];
const request = { prompts: [{ text: 'Go.' }] };

describe('A run requested by another extension', () => {
  it('opens no panel, while a run of the user opens one without taking the focus', async () => {
    const { api, launcher, requests, shown } = openWindow();
    await api.start(request);
    expect(shown).toEqual([]);
    await launcher.launch((await requests.of(prompts)) as RunRequest);
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

  it('is cancelled by its token, and stops listening to it after its end', async () => {
    const { api } = openWindow();
    const source = new CancellationTokenSource();
    const running = api.run({ ...request, token: source.token as never });
    await vi.waitFor(() => expect(CancellationTokenSource.listeners).toBe(1));
    source.cancel();
    expect(await running).toMatchObject({ state: 'cancelled' });
    await vi.waitFor(() => expect(CancellationTokenSource.listeners).toBe(0));
    source.dispose();
  });

  it('does not start when its token is already cancelled', async () => {
    const source = new CancellationTokenSource();
    const { api } = openWindow(() => source.cancel());
    expect(await api.run({ ...request, token: source.token as never })).toBeUndefined();
    expect(asked).toEqual([]);
    source.dispose();
  });

  it('is refused with unknown or invalid options, and nothing starts', async () => {
    const { api } = openWindow();
    for (const options of [{ speed: 1 }, { maxTurns: 0 }, 7]) {
      await expect(api.run({ ...request, options } as never)).rejects.toThrow(
        /^Unknown run option speed|^options(\.maxTurns)? must be /,
      );
    }
    expect(asked).toEqual([]);
  });

  it('is refused with an invalid token', async () => {
    const { api } = openWindow();
    const wrong = api.run({ ...request, token: true as never });
    await expect(wrong).rejects.toThrow('token must be a CancellationToken');
  });
});

describe('Values that prompts need', () => {
  beforeEach(() => {
    needed = [{ name: 'who', source: '{who}', prompts: ['A'] }];
  });

  it('are entered before the start, and the request has them', async () => {
    entered = new Map([['who', 'Ada']]);
    const { launcher, requests } = openWindow();
    await launcher.launch((await requests.of(prompts)) as RunRequest);
    expect(asked.map((request) => request.prompts.map(({ text }) => text))).toEqual([['Ada']]);
  });

  it('start nothing when the form is closed', async () => {
    const { launcher, requests } = openWindow();
    expect(await launcher.run(await requests.of(prompts))).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe('Rerun Last Run', () => {
  it('starts the same prompts again, also after a reload', async () => {
    const before = openWindow();
    const first = await before.requests.of(prompts, 'a.prompts.md');
    await before.launcher.launch(first as RunRequest);
    const after = openWindow();
    expect(after.last.exists).toBe(true);
    void rerunLast({ ...after, lastRun: after.last })();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]).toEqual(asked[0]);
    // Prompts may be large: they are in the journal only, not in the workspace state.
    expect(JSON.stringify([...memory.values])).not.toContain('Go.');
  });

  it("keeps the run's own options and uses the current settings for the rest", async () => {
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
    ['nothing has run', () => undefined],
    ['the run was deleted', () => memory.values.set('interleave.lastRun', { runId: 'run-7' })],
    ['the stored value is malformed', () => memory.values.set('interleave.lastRun', 7)],
  ])('reports when there is none: %s', async (_, prepare) => {
    prepare();
    const { last, launcher, requests } = openWindow();
    const again = rerunLast({ launcher, requests, lastRun: last })();
    await expect(again).rejects.toThrow('There is no last run.');
  });
});
