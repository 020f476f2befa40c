import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Inbox } from '../../../src/core/approvals/inbox/inbox.ts';
import { Approvals } from '../../../src/host/approvals.ts';
import { ArgumentEdits } from '../../../src/host/argumentEdits.ts';
import { ContextKeys } from '../../../src/views/contextKeys.ts';
import { command, question } from '../../support/approvals/askingRuns.ts';
import { waitingRun } from '../../support/approvals/waiting.ts';
import { EventEmitter } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  context: new Map<string, unknown>(),
  editor: undefined as unknown,
  showEditor: (_document: unknown): void => undefined,
}));
vi.mock('vscode', async () => {
  const vscode = await import('../../support/vscode/fakeVscode.ts');
  const shown = new vscode.EventEmitter<void>();
  fake.showEditor = (document) => {
    fake.editor = document === undefined ? undefined : { document };
    shown.fire();
  };
  const edited = { uri: { toString: () => 'untitled:1' }, getText: () => '{}' };
  return {
    ...vscode,
    commands: {
      executeCommand: async (_: string, key: string, value: unknown) =>
        void fake.context.set(key, value),
    },
    TabInputWebview: class {},
    ViewColumn: { Active: -1 },
    window: {
      tabGroups: { all: [], activeTabGroup: { tabs: [] } },
      get activeTextEditor() {
        return fake.editor;
      },
      onDidChangeActiveTextEditor: shown.event,
      showTextDocument: async (document: unknown) => fake.showEditor(document),
    },
    workspace: {
      openTextDocument: async () => edited,
      onDidCloseTextDocument: () => ({ dispose: () => undefined }),
    },
  };
});

beforeEach(() => fake.context.clear());

function follow(approvals: Approvals, argumentEdits = new ArgumentEdits()): void {
  const none = new EventEmitter<never>().event;
  const keys = new ContextKeys({
    ...{ approvals, argumentEdits },
    runs: { runs: [], listed: [], onDidChangeRuns: none, onDidChangeListings: none } as never,
    scope: { onDidChange: none, showsAll: false } as never,
    checked: { onDidChange: none, size: 0 } as never,
    lastRun: { onDidChange: none, isThere: false } as never,
  });
  onTestFinished(() => keys.dispose());
}

it('commands for decisions are offered while a call waits', async () => {
  const waiting = await waitingRun([command('npm test')], ['a']);
  follow(waiting.approvals);
  expect(fake.context.get('interleave.hasApprovals')).toBe(true);
  await waiting.approvals.decide({ kind: 'allow', requests: waiting.ids() });
  expect(fake.context.get('interleave.hasApprovals')).toBe(false);
});

it('Answer is offered while a question waits', async () => {
  const waiting = await waitingRun(
    (prompt, turn) =>
      turn === 1 ? [prompt === 'a' ? command('npm test') : question({ question: 'Why?' })] : [],
    ['a', 'b'],
  );
  follow(waiting.approvals);
  expect(fake.context.get('interleave.hasQuestions')).toBe(true);
  const requests = waiting.ids().slice(1);
  await waiting.approvals.decide({ kind: 'answer', requests, answers: ['So.'] });
  expect(fake.context.get('interleave.hasQuestions')).toBe(false);
  expect(fake.context.get('interleave.hasApprovals')).toBe(true);
});

it('nothing waits before the engine is there', () => {
  const approvals = new Approvals();
  follow(approvals);
  expect(fake.context.get('interleave.hasApprovals')).toBe(false);
  approvals.connect(new Inbox());
  expect(fake.context.get('interleave.hasApprovals')).toBe(false);
});

it('Allow with These Arguments is offered in the document in which they are edited, and only there', async () => {
  const waiting = await waitingRun([command('npm test')], ['a']);
  const edits = new ArgumentEdits();
  follow(waiting.approvals, edits);
  const [request] = waiting.approvals.requests();
  if (request === undefined) throw new Error('Nothing waits.');
  await edits.open(request);
  expect(fake.context.get('interleave.editsArguments')).toBe(true);
  fake.showEditor({ uri: { toString: () => 'file:///a.ts' }, getText: () => '' });
  expect(fake.context.get('interleave.editsArguments')).toBe(false);
});
