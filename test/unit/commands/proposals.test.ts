import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandServices } from '../../../src/commands/commandServices.ts';
import { applyChanges, reviewChanges } from '../../../src/commands/proposals.ts';
import type { AppliedChanges } from '../../../src/host/proposals/proposals.ts';
import { SteppedRun } from '../../support/viewRuns.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  trusted: true,
  executed: [] as unknown[],
}));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  commands: { executeCommand: async (...args: readonly unknown[]) => fake.executed.push(args) },
  workspace: {
    get isTrusted() {
      return fake.trusted;
    },
  },
}));

const run = new SteppedRun(['One', 'Two']);
let applied: AppliedChanges;
let asked: unknown[];
let log: string[];

beforeEach(() => {
  person.reset();
  Object.assign(fake, { trusted: true, executed: [] });
  applied = { files: 2, conflicts: [], leftOut: 0 };
  asked = [];
  log = [];
});

function services(reviewed: readonly unknown[] = [['a']]): CommandServices {
  const proposals = {
    apply: async (_: unknown, selection: object) => {
      asked.push(selection);
      return applied;
    },
    review: async (_: unknown, selection: object) => {
      asked.push(selection);
      return reviewed;
    },
  };
  const parts = {
    engine: { get: async () => ({ proposals }) },
    history: { open: async () => run },
    log: { note: (text: string) => log.push(text), show: () => log.push('shown') },
  };
  return parts as unknown as CommandServices;
}

const fromPanel = { runId: 'run-1', interactive: true, answers: true };

describe('Apply Changes', () => {
  it('is refused in Restricted Mode before anything else', async () => {
    fake.trusted = false;
    await expect(applyChanges(services())(fromPanel)).rejects.toThrow('Restricted Mode');
    await expect(applyChanges(services())()).rejects.toThrow('Restricted Mode');
    expect(asked).toEqual([]);
  });

  it('applies what it is called for, and answers with what was changed', async () => {
    const target = { ...fromPanel, conversation: 1, path: 'a.ts' };
    expect(await applyChanges(services())(target)).toEqual({
      ok: true,
      message: 'Changed 2 files. Undo takes all of it back.',
    });
    await applyChanges(services())(fromPanel);
    await applyChanges(services())();
    expect(asked).toEqual([target, fromPanel, {}]);
    expect(person.messages).toMatchObject([
      { text: 'Changed 2 files. Undo takes all of it back.' },
    ]);
  });

  it('names conflicts, all of them in the log', async () => {
    const conflicts = Array.from({ length: 7 }, (_, at) => `f${at}.ts, proposed by "One": gone.`);
    applied = { files: 1, conflicts, leftOut: 3 };
    const answer = await applyChanges(services())(fromPanel);
    expect(answer).toMatchObject({ ok: false });
    const { message } = answer as { readonly message: string };
    expect(message).toContain('Changed 1 file.');
    expect(message).toContain('Left out: 3 conversations not done.');
    expect(message).toContain('7 conflicts not applied: f0.ts, proposed by "One": gone.');
    expect(message).toContain('And 2 more, in the log.');
    expect(message).not.toContain('f5.ts');
    expect(log).toEqual(conflicts.map((conflict) => `Conflict in ${conflict}`));
  });

  it('offers the log to a person who asked elsewhere', async () => {
    applied = { files: 0, conflicts: ['a.ts, proposed by "One": gone.'], leftOut: 0 };
    person.chooses = 'Show Log';
    expect(await applyChanges(services())({ runId: 'run-1' })).toEqual(applied);
    await vi.waitFor(() => expect(log).toContain('shown'));
    expect(person.messages).toMatchObject([{ modal: false, buttons: ['Show Log'] }]);
    expect(person.messages[0]?.text).toContain('No file was changed. 1 conflict');
  });

  it('says when the files have the changes already', async () => {
    applied = { files: 0, conflicts: [], leftOut: 0 };
    expect(await applyChanges(services())(fromPanel)).toEqual({
      ok: true,
      message: 'The files have these changes already.',
    });
  });
});

describe('Review Changes', () => {
  it('opens all files in one editor, also in Restricted Mode', async () => {
    fake.trusted = false;
    const files = [['label', 'original', 'modified']];
    const target = { ...fromPanel, conversation: 1 };
    expect(await reviewChanges(services(files))(target)).toEqual({ ok: true });
    expect(await reviewChanges(services(files))()).toBeUndefined();
    expect(fake.executed).toEqual([
      ['vscode.changes', 'Changes: Two', files],
      ['vscode.changes', 'Changes: math.prompts.md', files],
    ]);
  });

  it('says when there is nothing to see', async () => {
    await expect(reviewChanges(services([]))(fromPanel)).rejects.toThrow('nothing to review');
    expect(fake.executed).toEqual([]);
  });
});
