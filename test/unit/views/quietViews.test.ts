import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostRunEvent, RunService } from '../../../src/host/runService.ts';
import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import { RunsTree } from '../../../src/views/runsTree.ts';
import { TranscriptDocuments } from '../../../src/views/transcriptDocuments.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { EventEmitter } from '../../support/vscode/fakeWindow.ts';

const uri = vi.hoisted(() => ({
  scheme: 'interleave-transcript',
  query: '{"runId":"run-1","conversation":0}',
  toString: () => 'transcript',
}));
const closing = vi.hoisted(() => ({ close: (_document: object): void => undefined }));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  window: {
    createTreeView: () => ({
      visible: true,
      onDidChangeVisibility: () => ({ dispose: () => undefined }),
      onDidExpandElement: () => ({ dispose: () => undefined }),
      onDidCollapseElement: () => ({ dispose: () => undefined }),
      dispose: () => undefined,
    }),
  },
  workspace: {
    onDidCloseTextDocument: (listener: (document: object) => void) => {
      closing.close = listener;
      return { dispose: () => undefined };
    },
    registerTextDocumentContentProvider: () => ({ dispose: () => undefined }),
  },
}));

const noise: readonly ConversationStep[] = [
  steps.delta,
  { type: 'turn.thinking', turn: 1, text: 'Hm.' },
];

let emitted: EventEmitter<HostRunEvent>;
let run: SteppedRun;
let runs: RunService;

beforeEach(() => {
  vi.useFakeTimers();
  emitted = new EventEmitter();
  run = new SteppedRun(['One']);
  const changed = new EventEmitter<void>();
  runs = {
    onDidEmit: emitted.event,
    onDidChangeRuns: changed.event,
    onDidChangeListings: changed.event,
    runs: [run],
    listed: [run],
    find: () => run,
  } as unknown as RunService;
});

afterEach(() => vi.useRealTimers());

/** The number of change events during these steps, one step every 5 ms. */
async function changesIn(
  says: (listener: () => void) => unknown,
  steps: readonly ConversationStep[],
): Promise<number> {
  let changes = 0;
  says(() => changes++);
  for (const step of steps) {
    emitted.fire({ run, event: run.step(0, step) } as unknown as HostRunEvent);
    await vi.advanceTimersByTimeAsync(5);
  }
  await vi.advanceTimersByTimeAsync(10_000);
  return changes;
}

const many = Array.from({ length: 200 }, (_, index) => noise[index % 2] ?? steps.delta);

describe('While a model streams text and thinking', () => {
  it('the Runs view is not redrawn', async () => {
    const tree = new RunsTree({
      runs,
      scope: { onDidChange: new EventEmitter<void>().event, shows: () => true } as never,
      notices: { all: [], onDidChange: new EventEmitter<void>().event },
      open: async () => run as never,
      onVisible: () => undefined,
      onError: () => undefined,
    });
    await tree.getChildren();
    expect(await changesIn(tree.onDidChangeTreeData, many)).toBe(0);
    expect(await changesIn(tree.onDidChangeTreeData, [steps.started])).toBeGreaterThan(0);
    tree.dispose();
  });

  it('an open transcript is not updated', async () => {
    const documents = new TranscriptDocuments(
      runs,
      async () => undefined,
      async () => '',
    );
    expect(await changesIn(documents.onDidChange, [steps.turnFinished])).toBe(0);
    await documents.provideTextDocumentContent(uri as never);
    expect(await changesIn(documents.onDidChange, many)).toBe(0);
    expect(await changesIn(documents.onDidChange, [steps.turnFinished])).toBe(1);
    closing.close({ uri });
    expect(await changesIn(documents.onDidChange, [steps.turnFinished])).toBe(0);
    documents.dispose();
  });
});

describe('A transcript', () => {
  it('is restored after a reload from the saved run', async () => {
    const documents = new TranscriptDocuments(
      runs,
      async (runId) => (runId === 'run-1' ? (run as never) : undefined),
      async (_, conversation) => `Conversation ${conversation}`,
    );
    const text = await documents.provideTextDocumentContent(uri as never);
    expect(text).toContain('Conversation 0');
    const gone = { ...uri, query: '{"runId":"run-7","conversation":0}' };
    expect(await documents.provideTextDocumentContent(gone as never)).toMatch(
      /conversation no longer exists/,
    );
  });
});
