import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../../src/core/runner/run.ts';
import { Notices } from '../../../src/host/notices.ts';
import { ResultsRequests } from '../../../src/host/resultsRequests.ts';
import type { HostRun, RunListing } from '../../../src/host/runService.ts';
import { RunService } from '../../../src/host/runService.ts';
import { SavedRun } from '../../../src/host/savedRun.ts';
import { ResultsPanels } from '../../../src/views/resultsPanels.ts';
import { listing } from '../../support/listings.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { FakePanel, FakePanels } from '../../support/vscode/fakePanels.ts';
import { window as fakeWindow, person } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  window: {} as object,
  execute: (): Promise<unknown> => Promise.resolve(),
  executed: [] as readonly unknown[],
}));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  get window() {
    return fake.window;
  },
  commands: {
    executeCommand: (...args: readonly unknown[]) => {
      fake.executed = args;
      return fake.execute();
    },
  },
  ThemeIcon: class {},
  TabInputWebview: class {
    readonly viewType: string;
    constructor(viewType: string) {
      this.viewType = viewType;
    }
  },
  Uri: { joinPath: (...parts: readonly string[]) => parts.join('/') },
  ViewColumn: { Beside: -2 },
}));

let panels: FakePanels;
let runs: RunService;
let requests: ResultsRequests;

beforeEach(() => {
  panels = new FakePanels();
  fake.window = { ...fakeWindow, ...panels.window };
  person.reset();
  runs = new RunService();
  requests = new ResultsRequests();
  notices = new Notices();
});

let notices: Notices;

function follow(run: SteppedRun): void {
  runs.adopt(Object.assign(run, { onEvent: () => undefined }) as unknown as Run);
}

function openWindow(findRun: (runId: string) => Promise<HostRun | undefined>, hasCrashed = false) {
  return new ResultsPanels({
    ...{ runs, requests, hasCrashed, findRun },
    extensionUri: '/extension' as never,
    notices,
  });
}

const kept = async (runId: string): Promise<HostRun | undefined> =>
  runId === 'run-1' ? (endedRun() as unknown as HostRun) : undefined;

function endedRun(): SteppedRun {
  const run = new SteppedRun(['One']);
  run.step(0, steps.started);
  run.step(0, steps.done);
  run.finish('finished');
  return run;
}

describe('C74: a results panel after a reload', () => {
  it('is restored with its run, even if the run had ended', async () => {
    openWindow(kept);
    const panel = new FakePanel();
    await panels.serializer?.deserializeWebviewPanel(panel, { runId: 'run-1', query: 'x' });
    expect(panel.webview.html).toContain('<interleave-results>');
    expect(panel.webview.options.enableScripts).toBe(true);
    panel.says({ type: 'ready' });
    expect(panel.posted).toMatchObject([
      { type: 'snapshot', run: { conversations: [{ phase: 'done', answer: 'x' }] } },
    ]);
    expect(panel.reveals).toBe(0);
  });

  it.each([
    ['its run was deleted', { runId: 'run-7' }],
    ['its page has no state', undefined],
    ['its page has an invalid state', { runId: 7 }],
    ['its page has a text as state', 'run-1'],
  ])('is closed when %s', async (_, state) => {
    openWindow(kept);
    const panel = new FakePanel();
    await panels.serializer?.deserializeWebviewPanel(panel, state);
    expect(panel.isDisposed).toBe(true);
  });

  it('is closed when its run already has a panel', async () => {
    const run = endedRun();
    follow(run);
    openWindow(async () => run as unknown as HostRun);
    requests.show({ runId: run.id });
    const panel = new FakePanel();
    await panels.serializer?.deserializeWebviewPanel(panel, { runId: run.id });
    expect(panel.isDisposed).toBe(true);
    expect(panels.made[0]?.isDisposed).toBe(false);
  });

  it.each([true, false])('is closed immediately only after a crash: %s', (hasCrashed) => {
    const { TabInputWebview } = vscodeFake;
    const dead = { input: new TabInputWebview('mainThreadWebview-interleave.results') };
    const foreign = { input: new TabInputWebview('other.results') };
    panels.tabs.push(dead, foreign);
    openWindow(kept, hasCrashed);
    expect(panels.closedTabs).toEqual(hasCrashed ? [dead] : []);
  });
});

describe('A results panel', () => {
  /** A panel of a run. Its commands resolve with `result`. */
  function shown(result: Promise<unknown>): FakePanel {
    fake.execute = () => result;
    openWindow(kept);
    const run = new SteppedRun(['One']);
    follow(run);
    requests.show({ runId: run.id });
    const [panel = expect.fail()] = panels.made;
    panel.says({ type: 'ready' });
    return panel;
  }

  it('answers its page with the result of a command', async () => {
    const panel = shown(Promise.resolve({ ok: true, message: 'Cancelling the run' }));
    panel.says({ type: 'cancelRun', id: 5 });
    await vi.waitFor(() => expect(panel.posted).toHaveLength(2));
    const answer = { type: 'answer', id: 5, ok: true, message: 'Cancelling the run' };
    expect(panel.posted[1]).toEqual(answer);
    expect(fake.executed).toEqual([
      'interleave.cancelRun',
      { runId: 'run-1', interactive: true, answers: true },
    ]);
    expect(person.messages).toEqual([]);
  });

  it('shows a failure as a notification when its page has been unloaded', async () => {
    const panel = shown(Promise.resolve({ ok: false, message: 'This run is not running.' }));
    panel.says({ type: 'cancelRun', id: 5 });
    panel.hides();
    await vi.waitFor(() =>
      expect(person.messages).toMatchObject([{ text: 'This run is not running.' }]),
    );
    expect(panel.posted).toHaveLength(1);
  });

  it('opens once and on request, not when a run starts', () => {
    openWindow(kept);
    const run = new SteppedRun(['One']);
    follow(run);
    expect(panels.made).toHaveLength(0);
    requests.show({ runId: run.id, keepsFocus: true });
    expect(panels.made[0]?.reveals).toBe(0);
    requests.show({ runId: run.id });
    expect(panels.made).toHaveLength(1);
    expect(panels.made[0]?.reveals).toBe(1);
  });
});

describe('A results panel of a run that another window resumed', () => {
  it('stays open meanwhile, and shows the new state when the run is opened again', () => {
    openWindow(kept);
    const first = listing('run-1');
    runs.relist([first]);
    runs.addSaved(opened(endedRun(), first));
    requests.show({ runId: 'run-1' });
    const [panel] = panels.made;
    panel?.says({ type: 'ready' });
    runs.relist([listing('run-1', { state: 'running' })]);
    expect(runs.runs).toEqual([]);
    expect(panel?.isDisposed).toBe(false);
    const last = listing('run-1');
    runs.relist([last]);
    const later = endedRun();
    later.step(0, { ...steps.done, answer: 'later' });
    runs.addSaved(opened(later, last));
    requests.show({ runId: 'run-1' });
    expect(panels.made).toHaveLength(1);
    expect(panel?.posted.filter(({ type }) => type === 'snapshot')).toMatchObject([
      { run: { conversations: [{ answer: 'x' }] } },
      { run: { conversations: [{ answer: 'later' }] } },
    ]);
    runs.relist([]);
    expect(panel?.isDisposed).toBe(true);
  });

  function opened({ state }: SteppedRun, from: RunListing): SavedRun {
    const archived = { state, isForeign: false } as ConstructorParameters<typeof SavedRun>[0];
    return new SavedRun(archived, true, from);
  }
});

const vscodeFake = (await import('vscode')) as unknown as {
  readonly TabInputWebview: new (viewType: string) => object;
};
