import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Run } from '../../../src/core/runner/run.ts';
import { Notices } from '../../../src/host/notices.ts';
import { RunScope } from '../../../src/host/runScope.ts';
import type { HostRun, RunListing } from '../../../src/host/runService.ts';
import { RunService } from '../../../src/host/runService.ts';
import { SavedRun } from '../../../src/host/savedRun.ts';
import { noCounts } from '../../../src/shared/runState.ts';
import { ContextKeys } from '../../../src/views/contextKeys.ts';
import type { RunsNode } from '../../../src/views/runNodes.ts';
import { RunsTree } from '../../../src/views/runsTree.ts';
import { listing } from '../../support/listings.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { FakeMemory } from '../../support/vscode/fakeStorage.ts';
import { EventEmitter } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  folders: [] as { readonly uri: object }[],
  changeFolders: (): void => undefined,
  context: new Map<string, unknown>(),
  view: {} as { description?: string },
  show: (_visible: boolean): void => undefined,
  expand: (_node: unknown, _isExpanded: boolean): void => undefined,
}));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  commands: {
    executeCommand: async (_: string, key: string, value: unknown) => fake.context.set(key, value),
  },
  window: {
    showInformationMessage: async () => undefined,
    createTreeView: () => fake.view,
  },
  workspace: {
    get workspaceFolders() {
      return fake.folders;
    },
    onDidChangeWorkspaceFolders: (listener: () => void) => {
      fake.changeFolders = listener;
      return { dispose: () => undefined };
    },
  },
  Uri: { parse: (text: string) => ({ path: new URL(text).pathname }) },
  ThemeColor: class {},
  ThemeIcon: class {
    readonly icon: string;
    constructor(icon: string) {
      this.icon = icon;
    }
  },
  TreeItem: class {
    readonly label: string;
    readonly collapsibleState: string;
    constructor(label: string, collapsibleState: string) {
      this.label = label;
      this.collapsibleState = collapsibleState;
    }
  },
  TreeItemCollapsibleState: { None: 'none', Collapsed: 'closed', Expanded: 'open' },
}));

const website = { name: 'website', path: '/work/website' };
const api = { name: 'api', path: '/work/api' };

let runs: RunService;
let scope: RunScope;
let notices: Notices;

beforeEach(() => {
  fake.folders = [{ uri: { scheme: 'file', fsPath: website.path } }];
  fake.context.clear();
  const visibility = new EventEmitter<{ visible: boolean }>();
  fake.show = (visible) => visibility.fire({ visible });
  const expanded = new EventEmitter<{ element: unknown }>();
  const collapsed = new EventEmitter<{ element: unknown }>();
  fake.expand = (element, isExpanded) => (isExpanded ? expanded : collapsed).fire({ element });
  fake.view = {
    visible: true,
    onDidChangeVisibility: visibility.event,
    onDidExpandElement: expanded.event,
    onDidCollapseElement: collapsed.event,
    dispose: () => undefined,
  } as never;
  runs = new RunService();
  notices = new Notices();
  scope = new RunScope(new FakeMemory().memento);
});

function openTree(open: (runId: string) => Promise<HostRun> = () => Promise.reject(new Error())) {
  const errors: unknown[] = [];
  const visible: boolean[] = [];
  const tree = new RunsTree({
    ...{ runs, scope, open, notices },
    onVisible: (isVisible) => visible.push(isVisible),
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => tree.dispose());
  const rows = async () => (await tree.getChildren()).map((node) => tree.getTreeItem(node));
  return { errors, rows, tree, visible };
}

function followKeys(): void {
  const keys = new ContextKeys({
    ...{ runs, scope },
    checked: { onDidChange: new EventEmitter().event, size: 0 } as never,
    lastRun: { onDidChange: new EventEmitter().event, isThere: false } as never,
    approvals: {
      ...{ onDidChange: new EventEmitter().event, size: 0 },
      counts: { calls: 0, questions: 0 },
    } as never,
    argumentEdits: { onDidChange: new EventEmitter().event, current: () => undefined } as never,
  });
  onTestFinished(() => keys.dispose());
}

/** The nodes that the tree reports as changed, after its throttle has flushed. */
async function changesIn(tree: RunsTree, act: () => void): Promise<(RunsNode[] | undefined)[]> {
  if (!vi.isFakeTimers()) vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  await vi.advanceTimersByTimeAsync(10_000);
  const changes: (RunsNode[] | undefined)[] = [];
  const { dispose } = tree.onDidChangeTreeData((nodes) => changes.push(nodes));
  act();
  await vi.advanceTimersByTimeAsync(10_000);
  dispose();
  return changes;
}

function opened(from: RunListing): SavedRun {
  const run = new SteppedRun(['One', 'Two'], from.id);
  run.step(0, steps.done);
  run.step(1, steps.done);
  run.finish('finished');
  const archived = { state: run.state, isForeign: false } as ConstructorParameters<
    typeof SavedRun
  >[0];
  return new SavedRun(archived, true, from);
}

describe('A saved run in the Runs view', () => {
  const comparison = { wallMs: 1000, conversationMs: 2000, savedPercent: 50 };
  const interrupted = { ...noCounts, done: 1, running: 1 };
  const failed = { ...noCounts, done: 1, failed: 1 };

  it.each<[string, Partial<RunListing>, object]>([
    [
      'has finished',
      { comparison },
      {
        label: 'math.prompts.md',
        description: expect.stringMatching(
          /14:02 · 2\/2 · about 2\.0 s of conversation in 1\.0 s, 50 % less$/,
        ),
        command: { command: 'interleave.openResults', arguments: [{ runId: 'run-1' }] },
        contextValue: 'run.ended',
        collapsibleState: 'closed',
        accessibilityInformation: {
          label: expect.stringMatching(
            /^math\.prompts\.md, Run 3, .*14:02, 2 of 2 conversations ended$/,
          ),
        },
        iconPath: { icon: 'pass' },
      },
    ],
    [
      'has failed conversations',
      { counts: failed },
      {
        description: expect.stringMatching(/14:02 · 2\/2 · 1 failed$/),
        contextValue: 'run.ended.failed',
        iconPath: { icon: 'error' },
      },
    ],
    [
      'was interrupted',
      { state: 'interrupted', counts: interrupted },
      {
        label: 'math.prompts.md',
        description: expect.stringMatching(/^interrupted · .*14:02 · 1\/2$/),
        contextValue: 'run.ended.interrupted',
        collapsibleState: 'closed',
        iconPath: { icon: 'debug-pause' },
      },
    ],
    [
      'running in another window',
      // It finished before.
      { state: 'running', counts: interrupted, comparison },
      {
        label: 'math.prompts.md',
        description: expect.stringMatching(/^running in another window · .*14:02 · 1\/2$/),
        collapsibleState: 'none',
        iconPath: { icon: 'sync~spin' },
      },
    ],
    [
      'cannot be read',
      { state: 'unreadable', title: '', total: 0, counts: noCounts },
      {
        label: expect.stringMatching(/^Run of .*14:02$/),
        description: 'cannot be read',
        contextValue: 'unreadable',
        collapsibleState: 'none',
      },
    ],
  ])('shows that it %s', async (_, what, row) => {
    runs.relist([listing('run-1', what)]);
    const [item] = await openTree().rows();
    expect(item).toMatchObject(row);
    if (what.state === 'running') expect(item).not.toHaveProperty('contextValue');
  });

  it('is opened when its row is expanded, with the same texts', async () => {
    const kept = listing('run-1');
    runs.relist([kept]);
    const open = vi.fn(async () => {
      runs.addSaved(opened(kept));
      return runs.runs[0]!;
    });
    const { rows, tree } = openTree(open);
    const [before] = await rows();
    expect(open).not.toHaveBeenCalled();
    const [node] = await tree.getChildren();
    const children = await tree.getChildren(node);
    expect(children.map((child) => tree.getTreeItem(child).label)).toEqual(['One', 'Two']);
    const [after] = await rows();
    for (const key of ['id', 'label', 'collapsibleState', 'contextValue'] as const) {
      expect(after?.[key]).toBe(before?.[key]);
    }
    expect(tree.getParent(children[0]!)).toMatchObject({ kind: 'run', runId: 'run-1' });
  });

  it('has no conversations when it cannot be opened, and reports why', async () => {
    runs.relist([listing('run-1')]);
    const { errors, tree } = openTree(() => Promise.reject(new Error('It is damaged.')));
    const [node] = await tree.getChildren();
    expect(await tree.getChildren(node)).toEqual([]);
    expect(errors).toEqual([new Error('It is damaged.')]);
  });

  it('is the only row redrawn when another window resumes it', async () => {
    const first = listing('run-1', { state: 'running', counts: { ...noCounts, running: 2 } });
    const others = [listing('run-2'), listing('run-3')];
    runs.relist([first, ...others]);
    const { tree, rows } = openTree();
    await rows();
    const later = { ...first, counts: { ...noCounts, done: 1, running: 1 } };
    const changes = await changesIn(tree, () => runs.relist([later, ...others]));
    expect(changes).toMatchObject([[{ runId: 'run-1' }]]);
    expect((await rows()).at(-1)?.description).toMatch(/14:02 · 1\/2$/);
    const all = await changesIn(tree, () => runs.relist(others));
    expect(all).toEqual([undefined]);
    expect(await rows()).toHaveLength(2);
  });

  it('does not update other views while it only progresses in another window', () => {
    const changes = vi.fn();
    const listingChanges = vi.fn();
    const first = listing('run-1', { state: 'running' });
    runs.relist([first]);
    runs.onDidChangeRuns(changes);
    runs.onDidChangeListings(listingChanges);
    runs.relist([first]);
    expect(listingChanges).not.toHaveBeenCalled();
    runs.relist([{ ...first }]);
    expect(listingChanges).toHaveBeenCalledTimes(1);
    expect(changes).not.toHaveBeenCalled();
  });

  it('is updated only while the view is visible', () => {
    const { visible } = openTree();
    fake.show(false);
    fake.show(true);
    expect(visible).toEqual([true, false, true]);
  });
});

describe('The Runs view', () => {
  const ids = async (rows: () => Promise<readonly { id?: string }[]>) =>
    (await rows()).map(({ id }) => id);

  it('shows the runs of its folders and the number of hidden runs, and all runs on request', async () => {
    runs.relist([
      listing('run-1', { folders: [website] }),
      listing('run-2', { folders: [api] }),
      listing('run-3', { folders: [] }),
      listing('run-4'),
    ]);
    const { rows } = openTree();
    followKeys();
    expect(await ids(rows)).toEqual(['run-4', 'run-1']);
    expect(fake.view.description).toBe('2 runs of other folders hidden');
    expect(fake.context.get('interleave.hasOtherRuns')).toBe(true);
    expect(fake.context.get('interleave.showsAllRuns')).toBe(false);
    await scope.show('all');
    expect(await ids(rows)).toEqual(['run-4', 'run-3', 'run-2', 'run-1']);
    expect(fake.context.get('interleave.showsAllRuns')).toBe(true);
    const [, none, other, own] = await rows();
    expect(own?.description).toMatch(/^[^·]*14:02 · 2\/2$/);
    expect(other?.description).toMatch(/^in api · .*14:02 · 2\/2$/);
    expect(other?.tooltip).toContain(`Folder: ${api.path}`);
    expect(none?.description).toMatch(/^no folder · .*14:02 · 2\/2$/);
  });

  it('leads with the questions that wait for the user', async () => {
    runs.relist([listing('run-1')]);
    const { rows } = openTree();
    const asked = { id: 'no key', severity: 'information', text: 'No key.' } as const;
    const answer = notices.ask({ ...asked, choices: ['Use Demo'] });
    expect(await rows()).toMatchObject([
      {
        label: 'No key.',
        contextValue: 'notice',
        command: { command: 'interleave.answerNotice', arguments: [{ notice: 'no key' }] },
      },
      { id: 'run-1' },
    ]);
    notices.answer('no key', 'Use Demo');
    expect(await answer).toBe('Use Demo');
    expect(await ids(rows)).toEqual(['run-1']);
  });

  it('folds all but the newest runs, except those that go on or can', async () => {
    const id = (at: number) => `run-${String(at).padStart(2, '0')}`;
    const all = Array.from({ length: 14 }, (_, at) => listing(id(at)));
    runs.relist([...all.slice(1), listing(id(0), { state: 'interrupted' })]);
    const { rows, tree } = openTree();
    const top = Array.from({ length: 10 }, (_, at) => id(13 - at));
    expect(await ids(rows)).toEqual([...top, id(0), 'older']);
    const older = (await tree.getChildren()).at(-1)!;
    const folded = await tree.getChildren(older);
    expect(folded.map((node) => tree.getTreeItem(node).id)).toEqual([id(3), id(2), id(1)]);
    expect(tree.getParent(folded[0]!)).toBe(older);
    expect(tree.getTreeItem(older)).toMatchObject({ label: 'Older Runs', description: '3' });
  });

  it('is empty when all runs are of other folders, and offers to show them', async () => {
    runs.relist([listing('run-1', { folders: [api] })]);
    const { rows } = openTree();
    followKeys();
    expect(await rows()).toEqual([]);
    expect(fake.context.get('interleave.hasRuns')).toBe(false);
    expect(fake.context.get('interleave.hasOtherRuns')).toBe(true);
    fake.folders = [{ uri: { scheme: 'file', fsPath: api.path } }];
    fake.changeFolders();
    expect(await ids(rows)).toEqual(['run-1']);
    expect(fake.context.get('interleave.hasOtherRuns')).toBe(false);
  });

  it('shows runs started in this window even after its folders were closed', async () => {
    const run = new SteppedRun(['One'], 'run-9');
    const { started } = run.state;
    Object.assign(started, { origin: { folders: [api], agents: [] } });
    runs.adopt(Object.assign(run, { onEvent: () => undefined }) as unknown as Run);
    expect(await ids(openTree().rows)).toEqual(['run-9']);
  });
});

describe('The row of a run', () => {
  const rowOf = async (tree: RunsTree) => {
    const [node] = await tree.getChildren();
    return { node, item: tree.getTreeItem(node!) };
  };

  it('is collapsed at first when the run has many conversations', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
    for (const [count, state] of [
      [200, 'open'],
      [201, 'closed'],
    ] as const) {
      runs = new RunService();
      const { tree } = openTree();
      const run = new SteppedRun(names(count));
      runs.addSaved(run as unknown as HostRun);
      expect((await rowOf(tree)).item.collapsibleState).toBe(state);
    }
  });

  it('shows its conversations only while it is expanded and the view is visible', async () => {
    const { tree } = openTree();
    const run = new SteppedRun(['a']);
    runs.addSaved(run as unknown as HostRun);
    const { node } = await rowOf(tree);
    expect(tree.isShowing(run.id)).toBe(false);
    await tree.getChildren(node);
    expect(tree.isShowing(run.id)).toBe(true);
    fake.expand(node, false);
    expect(tree.isShowing(run.id)).toBe(false);
    fake.expand(node, true);
    expect(tree.isShowing(run.id)).toBe(true);
    Object.assign(fake.view, { visible: false });
    expect(tree.isShowing(run.id)).toBe(false);
  });
});
