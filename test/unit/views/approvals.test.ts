import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { revealHidden } from '../../../src/shared/visibleText.ts';
import { ApprovalDocuments } from '../../../src/views/approvalDocuments.ts';
import type { ApprovalNode } from '../../../src/views/approvalNodes.ts';
import { ApprovalNotice } from '../../../src/views/approvalNotice.ts';
import { ApprovalsStatusBar } from '../../../src/views/approvalsStatusBar.ts';
import { ApprovalsTree } from '../../../src/views/approvalsTree.ts';
import { command, question } from '../../support/approvals/askingRuns.ts';
import type { WaitingRun } from '../../support/approvals/waiting.ts';
import { waitingRun } from '../../support/approvals/waiting.ts';
import { hostileWindowTexts } from '../../support/hostileWindowText.ts';
import { settled } from '../../support/settled.ts';
import { EventEmitter, person } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  view: {} as { badge?: { value: number }; revealed: unknown[] },
  item: {} as { text?: string; tooltip?: string; command?: string; shown: boolean },
  executed: [] as string[],
}));
vi.mock('vscode', async () => {
  const vscode = await import('../../support/vscode/fakeVscode.ts');
  const nothing = () => ({ dispose: () => undefined });
  return {
    ...vscode,
    commands: { executeCommand: async (id: string) => void fake.executed.push(id) },
    window: {
      ...vscode.window,
      createTreeView: () => fake.view,
      createStatusBarItem: () => fake.item,
    },
    workspace: {
      textDocuments: [],
      onDidCloseTextDocument: nothing,
      registerTextDocumentContentProvider: nothing,
    },
  };
});

beforeEach(() => {
  person.reset();
  fake.executed.length = 0;
  const none = new EventEmitter<never>().event;
  fake.view = {
    visible: true,
    revealed: [],
    reveal: async (node: unknown) => void fake.view.revealed.push(node),
    onDidChangeVisibility: none,
    onDidChangeSelection: none,
    dispose: () => undefined,
  } as never;
  fake.item = {
    shown: false,
    show: () => (fake.item.shown = true),
    hide: () => (fake.item.shown = false),
    dispose: () => undefined,
  } as never;
});

/** Two conversations ask for the same, one for something else. */
const asks = (prompt: string, turn: number) =>
  turn === 1 ? [command(prompt === 'c' ? 'npm ci && curl x | sh' : 'npm test')] : [];

const three = () => waitingRun(asks, ['a', 'b', 'c']);

function openTree({ approvals, runs }: WaitingRun) {
  const tree = new ApprovalsTree({ approvals, runs } as never);
  onTestFinished(() => tree.dispose());
  const rows = (node?: ApprovalNode) =>
    tree.getChildren(node).map((child) => ({
      node: child,
      item: tree.resolveTreeItem(tree.getTreeItem(child), child),
    }));
  return { tree, rows };
}

/** Lets the throttles run. */
async function later(act: () => unknown): Promise<void> {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  await act();
  await vi.advanceTimersByTimeAsync(60_000);
}

describe('The Approvals view', () => {
  it('groups equal calls, with their conversations below', async () => {
    const { rows } = openTree(await three());
    const [tests, install] = rows();
    expect(tests?.item).toMatchObject({
      label: 'run_command: npm test',
      description: expect.stringMatching(/^2 conversations · /),
      contextValue: 'approval.several',
    });
    expect(install?.item).toMatchObject({
      description: expect.stringMatching(/^1 conversation · /),
      contextValue: 'approval.one',
    });
    expect(rows(tests?.node).map(({ item }) => [item.label, item.contextValue])).toEqual([
      ['P0', 'approval.call.equal'],
      ['P1', 'approval.call.equal'],
    ]);
  });

  it('says of each command of a line what the rules say', async () => {
    const { rows } = openTree(await three());
    const below = rows(rows()[1]?.node);
    expect(below.map(({ item }) => item.label)).toEqual(['npm ci', 'curl x', 'sh', 'P2']);
    expect(below[1]?.item.description).toMatch(/^needs a decision: /);
  });

  it('shows exact arguments and the reason in a plain tooltip', async () => {
    const waiting = await waitingRun([command('echo [a](command:x) \u202e$(gear)\nrm x')], ['a']);
    const { rows } = openTree(waiting);
    const { label, tooltip } = rows()[0]?.item ?? {};
    expect(label).toBe('run_command: "echo [a] (command:x) \\u202e$ (gear)\\nrm x"');
    expect(tooltip).toContain('"command": "echo [a] (command:x) \\u202e$ (gear)\\nrm x"');
    expect(tooltip).toMatch(/^Why: .+/m);
    expect(tooltip).not.toMatch(/\]\(|\$\(|\u202e/);
  });

  it('counts what waits, and keeps rows that still do', async () => {
    const waiting = await three();
    const { tree, rows } = openTree(waiting);
    expect(fake.view.badge).toMatchObject({ value: 3 });
    await settled();
    const [before] = rows();
    const changed: unknown[] = [];
    tree.onDidChangeTreeData((nodes) => changed.push(nodes));
    await later(() =>
      waiting.approvals.decide({ kind: 'allow', requests: [waiting.ids()[0] ?? ''] }),
    );
    expect(fake.view.badge).toMatchObject({ value: 2 });
    expect(rows()[0]?.node).toBe(before?.node);
    expect(rows()[0]?.item.id).toBe(before?.item.id);
    expect(changed).toEqual([[before?.node]]);
    await later(() => waiting.approvals.decide({ kind: 'deny', requests: waiting.ids() }));
    expect(rows()).toEqual([]);
    expect(fake.view.badge).toBeUndefined();
  });

  it('opens at the conversation that a person wants to see', async () => {
    const waiting = await three();
    openTree(waiting);
    waiting.approvals.show({ runId: waiting.run.id, conversation: 1 });
    await Promise.resolve();
    await Promise.resolve();
    expect(fake.executed).toEqual(['interleave.approvals.focus']);
    expect(fake.view.revealed).toMatchObject([{ conversation: 1, kind: 'approvalCall' }]);
  });
});

describe('A question in the Approvals view', () => {
  const colour = { question: 'Which *colour*?\n\u202e', choices: ['red', 'green'] };
  const asksIt = (prompt: string, turn: number) =>
    turn === 1 ? [prompt === 'c' ? command('npm test') : question(colour)] : [];

  it('is a row of its own kind, whose command answers it', async () => {
    const { rows } = openTree(await waitingRun(asksIt, ['a', 'b', 'c']));
    const [asked, call] = rows();
    expect(asked?.item).toMatchObject({
      label: '"Which *colour*?\\n\\u202e"',
      contextValue: 'question.several',
      iconPath: { id: 'comment-discussion' },
      command: { command: 'interleave.answerQuestion', arguments: [{ requests: [{}, {}] }] },
    });
    expect(asked?.item.accessibilityInformation?.label).toContain('waiting for an answer');
    expect(asked?.item.tooltip).toContain('  - red\n  - green');
    expect(rows(asked?.node).map(({ item }) => [item.label, item.contextValue])).toEqual([
      ['P0', 'question.call.equal'],
      ['P1', 'question.call.equal'],
    ]);
    expect(call?.item.contextValue).toBe('approval.one');
    expect(fake.view.badge).toMatchObject({
      value: 3,
      tooltip: '1 tool call waits for a decision, 2 questions wait for an answer',
    });
  });

  it('is counted apart in the status bar, and named by the notice', async () => {
    const waiting = await waitingRun(asksIt, ['a', 'b', 'c']);
    const bar = new ApprovalsStatusBar(waiting.approvals);
    const notice = new ApprovalNotice({ ...waiting, isSeen: () => false } as never);
    onTestFinished(() => bar.dispose());
    onTestFinished(() => notice.dispose());
    const [first = ''] = waiting.ids();
    await later(() => waiting.approvals.decide({ kind: 'deny', requests: [first] }));
    expect(fake.item.text).toBe('$(shield) 1 approval, 1 question');
    expect(person.messages[0]?.text).toContain('waits for an answer: "Which *colour*?');
    await later(() => waiting.approvals.decide({ kind: 'allow', requests: waiting.ids() }));
    expect(fake.item.text).toBe('$(comment-discussion) 1 question');
  });
});

describe('Text of a call', () => {
  const targets = 'http://127.0.0.1:9';

  it.each([
    ['a command', (text: string) => command(text)],
    [
      'a question',
      (text: string) => question({ question: `${text}?`, choices: [text, `${text}.`] }),
    ],
  ])('is plain wherever the window shows it: %s', async (_, callOf) => {
    const texts = hostileWindowTexts(targets);
    expect(texts.length).toBeGreaterThan(100);
    const asks = (prompt: string, turn: number) =>
      turn === 1 ? [callOf(texts[Number(prompt)] ?? '')] : [];
    const waiting = await waitingRun(
      asks,
      texts.map((_, index) => `${index}`),
    );
    const { rows } = openTree(waiting);
    const shown = rows().flatMap(({ node, item }) => [
      item,
      ...rows(node).map((below) => below.item),
    ]);
    const bar = new ApprovalsStatusBar(waiting.approvals);
    const notice = new ApprovalNotice({ ...waiting, isSeen: () => false } as never);
    onTestFinished(() => bar.dispose());
    onTestFinished(() => notice.dispose());
    await later(() =>
      waiting.approvals.decide({ kind: 'deny', requests: [waiting.ids()[0] ?? ''] }),
    );
    const all = [...shown, fake.item.tooltip ?? '', ...person.messages];
    const strings: string[] = [];
    JSON.stringify(all, (key, value: unknown) => {
      // What is passed on to commands is not shown.
      if (key === 'arguments' || key === 'id') return undefined;
      if (typeof value === 'string') strings.push(value);
      return value;
    });
    expect(strings.length).toBeGreaterThan(texts.length * 4);
    for (const text of strings) {
      expect(text.includes('](') || text.includes('$('), text).toBe(false);
      expect(revealHidden(text)).toBe(text);
    }
  });
});

describe('The status bar item', () => {
  it('counts what waits, leads to the view, and hides when nothing waits', async () => {
    const waiting = await three();
    const bar = new ApprovalsStatusBar(waiting.approvals);
    onTestFinished(() => bar.dispose());
    await later(() =>
      waiting.approvals.decide({ kind: 'allow', requests: [waiting.ids()[0] ?? ''] }),
    );
    expect(fake.item).toMatchObject({
      text: '$(shield) 2 approvals',
      command: 'interleave.reviewApprovals',
      shown: true,
    });
    expect(fake.item.tooltip).toContain('run_command: npm test (1 conversation)');
    await later(() => waiting.approvals.decide({ kind: 'deny', requests: waiting.ids() }));
    expect(fake.item.shown).toBe(false);
  });
});

describe('The document of a call', () => {
  const address = (id: string | undefined, equal = false) =>
    ({ query: JSON.stringify({ id, equal }), toString: () => `${id}` }) as never;

  it('shows its arguments whole, why it waits, and who asks', async () => {
    const long = `echo ${'x'.repeat(5_000)}`;
    const waiting = await waitingRun((_, turn) => (turn === 1 ? [command(long)] : []), ['a', 'b']);
    const documents = new ApprovalDocuments(waiting.approvals, waiting.runs as never);
    const text = documents.provideTextDocumentContent(address(waiting.ids()[1], true));
    expect(text).toContain(`"command": "${long}"`);
    expect(text).toMatch(/^Why: .+/m);
    expect(text).toContain('Asked for by 2 conversations:\n  P0, turn 1\n  P1, turn 1');
  });

  it('says when it does not wait any more', async () => {
    const waiting = await three();
    const documents = new ApprovalDocuments(waiting.approvals, waiting.runs as never);
    const [first = ''] = waiting.ids();
    documents.provideTextDocumentContent(address(first));
    await waiting.approvals.decide({ kind: 'allow', requests: [first] });
    const text = documents.provideTextDocumentContent(address(first));
    expect(text).toContain('P0, turn 1 (does not wait any more)');
    expect(text).toContain('npm test');
    expect(documents.provideTextDocumentContent(address('gone'))).toContain('any more');
  });
});

describe('The notice', () => {
  it.each([
    ['once for a run that nobody sees', false, 1],
    ['not where the person sees it already', true, 0],
  ])('is shown %s', async (_, isSeen, count) => {
    const waiting = await three();
    const notice = new ApprovalNotice({ ...waiting, isSeen: () => isSeen } as never);
    onTestFinished(() => notice.dispose());
    const wishes: unknown[] = [];
    waiting.approvals.onDidWish((wish) => wishes.push(wish));
    person.chooses = 'Review Approvals';
    const [first = '', second = ''] = waiting.ids();
    await later(() => waiting.approvals.decide({ kind: 'allow', requests: [first] }));
    await later(() => waiting.approvals.decide({ kind: 'allow', requests: [second] }));
    expect(person.messages).toHaveLength(count);
    expect(wishes).toEqual(Array.from({ length: count }, () => ({ runId: waiting.run.id })));
    expect(person.messages.every(({ modal }) => !modal)).toBe(true);
  });
});
