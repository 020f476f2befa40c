import { describe, expect, it, vi } from 'vitest';
import type { Prompt } from '../../../src/host/promptLibrary.ts';
import { type FileNode, fileItem, folderItem, promptItem } from '../../../src/views/promptNodes.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

vi.mock('vscode', () => ({
  Position: class {},
  Range: class {},
  ThemeColor: class {},
  ThemeIcon: Object.assign(class {}, { Folder: {}, File: {} }),
  TreeItem: class {},
  TreeItemCheckboxState: { Unchecked: 0, Checked: 1 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  workspace: { asRelativePath: ({ path }: { path: string }) => path.slice('/w/'.length) },
}));

const uri = { path: '/w/a/math.prompts.md', toString: () => 'file:///w/a/math.prompts.md' };
const file = { kind: 'file', uri } as unknown as FileNode;
const prompt: Prompt = {
  ...{ id: 'math#one', name: 'One', text: 'Text.', template: [], options: {} },
  skip: false,
  range: { line: 0, column: 0, endLine: 1, endColumn: 0 },
};

function spoken(item: { accessibilityInformation?: { label: string } }): string | undefined {
  return item.accessibilityInformation?.label;
}

describe('C77: a screen reader in the Prompts view reads', () => {
  const state = { checked: false, collapsed: false };

  it('the kind and contents of a folder', () => {
    const folder = { kind: 'folder', uri, label: 'a', children: [file], files: [file] } as const;
    expect(spoken(folderItem(folder as never, false))).toBe('a, folder, 1 prompt file');
  });

  it('the path, prompts and errors of a file', () => {
    const summary = { ids: ['one', 'two'], runnable: ['one'], errors: 0 };
    expect(spoken(fileItem(file, undefined, state))).toBe('a/math.prompts.md, prompt file');
    expect(spoken(fileItem(file, summary, state))).toBe('a/math.prompts.md, 2 prompts');
    expect(spoken(fileItem(file, { ...summary, errors: 1 }, state))).toBe(
      'a/math.prompts.md, 2 prompts, 1 error: fix them to run the file',
    );
  });

  it('the file, outcome and time of a prompt', () => {
    const node = { kind: 'prompt', uri, promptId: prompt.id, prompt, file } as never;
    expect(spoken(promptItem(node, false, undefined))).toBe('One, math.prompts.md');
    const run = new SteppedRun(['One']);
    run.step(0, steps.started, 0);
    run.step(0, steps.done, 2000);
    const [conversation] = run.state.conversations;
    const whole = { run: { nowMs: () => 2000 }, conversation };
    const outcome = { runId: 'run-1', index: 0, phase: 'done', whole } as never;
    expect(spoken(promptItem(node, false, outcome))).toMatch(
      /^One, math\.prompts\.md, done, 2\.0 s/,
    );
    // For a run that is not open, only the phase is known.
    const known = { runId: 'run-1', index: 0, phase: 'failed' } as const;
    expect(spoken(promptItem(node, false, known))).toBe('One, math.prompts.md, failed');
  });
});
