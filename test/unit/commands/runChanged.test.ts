import { beforeEach, expect, it, vi } from 'vitest';
import type { CommandServices } from '../../../src/commands/commandServices.ts';
import { runChanged } from '../../../src/commands/runChanged.ts';
import { listing } from '../../support/listings.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

beforeEach(() => person.reset());

const uri = 'file:///w/math.prompts.md';

/** A run of rows, of which those with `done` have an answer. Their prompts are their names. */
function rowsRun(id: string, rows: { readonly [row: string]: boolean }): SteppedRun {
  const names = Object.keys(rows);
  const run = new SteppedRun(names, id);
  for (const [index, name] of names.entries()) {
    run.step(index, steps.started);
    run.step(index, rows[name] ? steps.done : steps.failed);
  }
  return run;
}

/** Runs what is new and changed of these rows, by id and text, and returns the ids of what ran. */
async function ranOf(
  prompts: readonly (readonly [row: string, text: string])[],
  listed: readonly unknown[],
  opened: readonly SteppedRun[] = [],
) {
  const ran: string[][] = [];
  const request = {
    prompts: prompts.map(([row, text]) => ({
      ...{ id: `w/math.prompts.md#${row}`, name: row, text, options: {} },
      source: { uri, line: 0 },
    })),
  };
  const services = {
    history: { find: async (id: string) => opened.find((run) => run.id === id) },
    launcher: { run: async (one: typeof request) => ran.push(one.prompts.map(({ name }) => name)) },
    library: {
      parse: async () => ({ prompts: [{ id: 'x#a', range: { line: 0 } }], diagnostics: [] }),
    },
    log: { note: () => undefined },
    requests: { of: async () => request },
    runs: { listed },
  } as unknown as CommandServices;
  await runChanged(services)({
    uri: { scheme: 'file', path: '/w/math.prompts.md' },
    promptId: 'x#a',
  });
  return ran;
}

const text = (name: string) => new SteppedRun([name]).state.conversations[0]!.prompt;

it('runs rows that are new, changed or failed, and none that is done with the same text', async () => {
  const run = rowsRun('run-2', { 'a[1]': true, 'a[2]': false, 'a[3]': true });
  const rows = [
    ['a[1]', text('a[1]')],
    ['a[2]', text('a[2]')],
    ['a[3]', 'changed'],
    ['a[4]', 'new'],
  ] as const;
  expect(await ranOf(rows, [run])).toEqual([['a[2]', 'a[3]', 'a[4]']]);
});

it('finds answers in several runs, also in saved ones', async () => {
  const newer = rowsRun('run-2', { 'a[1]': true });
  const older = rowsRun('run-1', { 'a[1]': false, 'a[2]': true });
  const prompts = [{ uri, id: 'math.prompts.md#a[2]', index: 1, phase: 'done' as const }];
  const rows = ['a[1]', 'a[2]', 'a[3]'].map((row) => [row, text(row)] as const);
  const listed = [newer, listing('run-1', { prompts })];
  expect(await ranOf(rows, listed, [older])).toEqual([['a[3]']]);
});

it('says when there is nothing to run', async () => {
  const run = rowsRun('run-1', { 'a[1]': true });
  expect(await ranOf([['a[1]', text('a[1]')]], [run])).toEqual([]);
  expect(person.messages.map((message) => message.text)).toEqual([
    'Nothing is new or changed: 1 prompt done with the same text.',
  ]);
});
