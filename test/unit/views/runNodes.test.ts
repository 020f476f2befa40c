import { describe, expect, it, vi } from 'vitest';
import { noUsage } from '../../../src/shared/usage.ts';
import { runGlyph } from '../../../src/views/phaseIcons.ts';
import { conversationItem, runItem, runNode } from '../../../src/views/runNodes.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

vi.mock('vscode', () => ({
  ThemeColor: class {},
  ThemeIcon: class {},
  Uri: { parse: (text: string) => ({ path: new URL(text).pathname }) },
  TreeItem: class {
    readonly collapsibleState: string;
    constructor(_label: string, collapsibleState: string) {
      this.collapsibleState = collapsibleState;
    }
  },
  TreeItemCollapsibleState: { None: 'none', Collapsed: 'closed', Expanded: 'open' },
}));

/** A run for the view. Has only the parts that the view uses. */
function hostRun({ id, state }: SteppedRun): Parameters<typeof runNode>[0] {
  return { id, state, nowMs: () => state.atMs } as Parameters<typeof runNode>[0];
}

function ended(): SteppedRun {
  const run = new SteppedRun(['a', 'b']);
  run.step(0, steps.started, 0);
  run.step(0, steps.done, 1000);
  run.step(1, steps.cancelled, 1000);
  return run;
}

describe('C77: a conversation in the Runs view', () => {
  it('is read as its name, file, state and time', () => {
    const run = ended();
    const [done, cancelled] = runNode(hostRun(run)).conversations.map(
      (node) => conversationItem(node).accessibilityInformation?.label,
    );
    expect(done).toMatch(/^a, math\.prompts\.md, done, 1\.0 s/);
    expect(cancelled).toMatch(/^b, math\.prompts\.md, cancelled/);
  });

  it.each([
    ['max_run_turns', 'turn limit of the run reached', 'conversation.stopped.raisable'],
    ['max_tool_calls', 'tool call limit reached', 'conversation.stopped.raisable'],
    ['max_wait', 'would wait too long', 'conversation.stopped.continuable'],
    ['refused', 'refused by the model', 'conversation.stopped'],
  ] as const)(
    'names the limit %s, and offers to raise it where that helps',
    (reason, words, context) => {
      const run = new SteppedRun(['a']);
      run.step(0, steps.started, 0);
      run.step(0, { type: 'turn.finished', turn: 1, text: '', toolCalls: [], usage: noUsage }, 10);
      run.step(0, { type: 'conversation.finished', status: 'stopped', reason, answer: '' }, 20);
      const [item] = runNode(hostRun(run)).conversations.map(conversationItem);
      expect(item?.description).toContain(words);
      expect(item?.contextValue).toBe(context);
    },
  );
});

it('A conversation that proposes changes offers to review and apply them', () => {
  const run = new SteppedRun(['a', 'b']);
  for (const [index, more] of [{}, { proposed }].entries()) {
    run.step(index, steps.started);
    run.step(index, steps.toolStarted);
    run.step(index, { ...steps.toolFinished, ...more });
  }
  const contexts = (): unknown[] =>
    runNode(hostRun(run)).conversations.map((node) => conversationItem(node).contextValue);
  expect(contexts()).toEqual(['conversation.running', 'conversation.running.changes']);
  run.step(1, steps.failed);
  expect(contexts()[1]).toMatch(/^conversation\.failed.*\.changes$/);
});

const proposed = [{ path: 'a.ts', kind: 'create', added: 1, removed: 0 }] as const;

describe('A run in the Runs view', () => {
  it('is expanded if it is new, and collapsed if it is a saved run', () => {
    const run = ended();
    const node = runNode(hostRun(run));
    run.finish('finished', 1000);
    expect(runItem(node).collapsibleState).toBe('open');
    expect(runItem(runNode(hostRun(run))).collapsibleState).toBe('closed');
  });

  it('is not shown as done while conversations are cancelled', () => {
    const run = ended();
    run.finish('cancelled', 1000);
    expect(runGlyph(run.state)).toBe('$(circle-slash)');
    // One cancelled conversation was run again, and the run has finished since.
    run.finish('finished', 2000);
    expect(runGlyph(run.state)).toBe('$(circle-slash)');
  });

  it('has no spinning icon while all conversations wait for the rate limit', () => {
    const run = new SteppedRun(['a']);
    run.step(0, steps.turn, 0);
    expect(runGlyph(run.state)).toBe('$(sync~spin)');
    run.step(0, { type: 'conversation.waiting', reason: 'rate_limit' });
    expect(runGlyph(run.state)).toBe('$(watch)');
  });
});
