import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FileSystem } from '../../../src/core/base/fileSystem.ts';
import { nodeFs } from '../../../src/core/base/fileSystem.ts';
import { createUlid } from '../../../src/core/base/ulid.ts';
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import type { ArchivedRun } from '../../../src/core/journal/runs/archivedRun.ts';
import { createJournal, openJournal } from '../../../src/core/journal/runs/openJournal.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import type { JournalWriter } from '../../../src/core/journal/write/journalWriter.ts';
import { offerInterrupted } from '../../../src/host/interruptedOffer.ts';
import { Notices } from '../../../src/host/notices.ts';
import { RunHistory } from '../../../src/host/runHistory.ts';
import { RunScope } from '../../../src/host/runScope.ts';
import { isListing, RunService } from '../../../src/host/runService.ts';
import { SavedRun } from '../../../src/host/savedRun.ts';
import { followRecords } from '../../support/journal/followRecords.ts';
import { runStarted, wholeRun } from '../../support/journal/journalRecords.ts';
import { writerOf } from '../../support/journal/testEnvironment.ts';
import { FakeMemory } from '../../support/vscode/fakeStorage.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

const workspace = vi.hoisted(() => ({
  isTrusted: true,
  workspaceFolders: undefined as readonly { readonly uri: object }[] | undefined,
  onDidChangeWorkspaceFolders: () => ({ dispose: () => undefined }),
}));
const executed = vi.hoisted(() => [] as unknown[]);
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  commands: { executeCommand: async (...call: unknown[]) => executed.push(call) },
  workspace,
}));

const website = { name: 'website', path: path.resolve('/work/website') };
const api = { name: 'api', path: path.resolve('/work/api') };

let storagePath: string;
beforeEach(() => {
  storagePath = mkdtempSync(path.join(tmpdir(), 'interleave-history-'));
  onTestFinished(() => rmSync(storagePath, { recursive: true, force: true }));
  workspace.isTrusted = true;
  person.reset();
  executed.length = 0;
});

function openFolders(...folders: readonly { readonly path: string }[]): void {
  workspace.workspaceFolders = folders.map(({ path: fsPath }) => ({
    uri: { scheme: 'file', fsPath },
  }));
}

/** The records of a run with these folders; undefined for a run without an origin. */
function runIn(id: string, folders: readonly object[] | undefined): readonly JournalRecord[] {
  const [start, ...rest] = wholeRun(2, 1);
  const program = { name: 'interleave', version: '1.0.0' };
  const origin = folders === undefined ? {} : { origin: { program, folders, agents: [] } };
  const started = { ...runStarted(2, id), ...origin } as ReturnType<typeof runStarted>;
  // Longer than the part that is read of a journal's end.
  const note = { kind: 'note', text: 'x'.repeat(10_000) } as const;
  return [{ ...start, started } as JournalRecord, note, ...rest];
}

/** Writes a journal like another window, which holds it until `close`. */
async function written(id: string, records: readonly JournalRecord[]): Promise<JournalWriter> {
  const environment = await nodeEnvironment();
  const root = path.join(storagePath, 'runs');
  const writer = writerOf(environment, await createJournal(root, id, environment));
  followRecords(writer, id);
  for (const record of records) writer.append(record);
  await writer.commit();
  return writer;
}

async function savedRun(folders?: readonly object[], time = Date.now()): Promise<string> {
  const id = createUlid(time);
  await (await written(id, runIn(id, folders))).dispose();
  return id;
}

/** A window that shows the runs. */
async function openWindow(fs: FileSystem = nodeFs) {
  const environment = { ...(await nodeEnvironment()), fs };
  const root = path.join(storagePath, 'runs');
  const archive = new RunArchive({ root, environment, redact: (text) => text, maxRuns: 100 });
  const reads = vi.spyOn(archive, 'read');
  const runs = new RunService();
  const scope = new RunScope(new FakeMemory().memento);
  const errors: string[] = [];
  const cannotResume = new Set<string>();
  /** Ids of the runs whose journals this window writes. */
  const writing = new Set<string>();
  const engine = {
    archive: async () => archive,
    isWriting: (id: string) => writing.has(id),
    canResume: ({ state }: ArchivedRun) => !cannotResume.has(state.started.id),
    setRunAside: (id: string) => archive.setAside(id),
  };
  const history = new RunHistory({
    engine: { get: async () => engine },
    ...{ runs, scope, storagePath },
    log: { error: (error: unknown) => errors.push(String(error)) },
  } as unknown as ConstructorParameters<typeof RunHistory>[0]);
  onTestFinished(() => history.dispose());
  const notices = new Notices();
  const rows = () => runs.listed.map((run) => (isListing(run) ? run.state : run.state.state));
  const offer = () => offerInterrupted({ history, notices, runs, scope, storagePath });
  const window = { archive, cannotResume, errors, history, notices, offer, reads, rows, runs };
  return { ...window, scope, writing };
}

/** A file system that records which files are read, and from which offset. */
function notingFs(): { readonly fs: FileSystem; readonly reads: { file: string; from: number }[] } {
  const reads: { file: string; from: number }[] = [];
  const fs: FileSystem = {
    ...nodeFs,
    readFile: (file, maxBytes) => {
      reads.push({ file: path.basename(file), from: 0 });
      return nodeFs.readFile(file, maxBytes);
    },
    open: async (file, mode) => {
      const opened = await nodeFs.open(file, mode);
      const read: typeof opened.read = (into, from) => {
        reads.push({ file: path.basename(file), from });
        return opened.read(into, from);
      };
      return { ...opened, read };
    },
  };
  return { fs, reads };
}

describe('Saved runs', () => {
  it('are listed from their summaries without reading journals, however many there are', async () => {
    const now = Date.now();
    for (let at = 0; at < 50; at++) await savedRun([website], now + at);
    openFolders(website);
    const { fs, reads } = notingFs();
    const window = await openWindow(fs);
    await window.history.refresh();
    expect(window.rows()).toEqual(Array.from({ length: 50 }, () => 'finished'));
    expect(window.reads).not.toHaveBeenCalled();
    expect(reads.filter(({ file }) => file === 'summary.json')).toHaveLength(50);
    // Only the end of a journal is read, to check that the summary matches it.
    const journals = reads.filter(({ file }) => file === 'journal.jsonl');
    expect(journals.filter(({ from }) => from === 0)).toEqual([]);
  });

  it('are not looked at while this window writes them: their state is in memory', async () => {
    const id = await savedRun([website]);
    openFolders(website);
    const { fs, reads } = notingFs();
    const { history, rows, writing } = await openWindow(fs);
    writing.add(id);
    await history.refresh();
    expect(rows()).toEqual([]);
    expect(reads).toEqual([]);
    writing.clear();
    await history.refresh();
    expect(rows()).toEqual(['finished']);
  });

  it('are read once, when they are opened', async () => {
    const id = await savedRun();
    const { history, reads, runs } = await openWindow();
    await history.refresh();
    expect(runs.find(id)).toBeUndefined();
    const [first, second] = await Promise.all([history.open(id), history.open(id)]);
    expect(first).toBeInstanceOf(SavedRun);
    expect(second).toBe(first);
    expect(await history.open(id)).toBe(first);
    await history.refresh();
    expect(await history.open()).toBe(first);
    expect(first.state.conversations.map(({ answer }) => answer)).toEqual(['answer 0', 'answer 1']);
    expect(reads).toHaveBeenCalledTimes(1);
    expect(runs.listed).toEqual([first]);
  });

  it('that are unreadable are listed, logged once, and can be deleted', async () => {
    const id = createUlid();
    await (await written(id, [{ kind: 'note', text: 'no beginning' }])).dispose();
    const { errors, history, rows, runs } = await openWindow();
    await history.refresh();
    await history.refresh();
    expect(rows()).toEqual(['unreadable']);
    expect(errors).toEqual([`The run ${id} cannot be read.`]);
    await expect(history.open(id)).rejects.toThrow('This run cannot be read');
    await expect(history.open()).rejects.toThrow('There is no such run in this window.');
    await history.delete(runs.listed[0]!);
    expect(rows()).toEqual([]);
    await history.refresh();
    expect(rows()).toEqual([]);
  });
});

describe('A run of another window', () => {
  it('appears while the view is visible, changes, and can be opened after it has ended', async () => {
    mkdirSync(path.join(storagePath, 'runs'));
    const { history, rows, runs } = await openWindow();
    history.setWatched(true);
    const id = createUlid();
    const records = runIn(id, undefined);
    const writer = await written(id, records.slice(0, 5));
    await vi.waitFor(() => expect(rows()).toEqual(['running']), 20_000);
    await expect(history.open(id)).rejects.toThrow('This run is running in another window.');
    for (const record of records.slice(5, -1)) writer.append(record);
    await writer.commit();
    const done = () => runs.listed.map((run) => isListing(run) && run.counts.done);
    await vi.waitFor(() => expect(done()).toEqual([2]), 20_000);
    expect(rows()).toEqual(['running']);
    writer.append(records.at(-1)!);
    await writer.dispose();
    await vi.waitFor(() => expect(rows()).toEqual(['finished']), 20_000);
    expect((await history.open(id)).state.counts.done).toBe(2);
  }, 60_000);

  it('is brought back after it was deleted, with all that was in it', async () => {
    const id = await savedRun();
    const { history, rows, runs } = await openWindow();
    await history.refresh();
    const aside = await history.setAside(history.listed(id));
    expect(runs.listed).toEqual([]);
    await history.refresh();
    expect(runs.listed, 'no list shows it meanwhile').toEqual([]);
    await aside?.restore();
    expect(rows()).toEqual(['finished']);
    expect((await history.open(id)).state.counts.done).toBe(2);
    await (await history.setAside(history.listed(id)))?.remove();
    await expect(aside?.restore()).rejects.toThrow();
  });

  it('is closed when another window resumes or deletes it', async () => {
    const id = await savedRun();
    const { archive, history, rows, runs } = await openWindow();
    await history.refresh();
    await history.open(id);
    const other = await nodeEnvironment();
    const { files } = await openJournal(path.join(storagePath, 'runs'), id, { environment: other });
    await history.refresh();
    expect(rows()).toEqual(['running']);
    expect(runs.runs).toEqual([]);
    await writerOf(other, files).dispose();
    await history.refresh();
    expect(rows()).toEqual(['finished']);
    await history.open(id);
    await archive.delete(id);
    await history.refresh();
    expect(runs.listed).toEqual([]);
  });
});

describe('The runs of a window', () => {
  it.each<[string, readonly object[] | undefined, readonly (typeof api)[], boolean]>([
    ['the same folder', [website], [website], true],
    ['one folder in common', [website, api], [website], true],
    ['another folder', [api], [website], false],
    ['no folder', [], [website], false],
    ['another folder, in a window without folders', [api], [], false],
    ['no folder, in a window without folders', [], [], true],
    ['unknown folders', undefined, [website], true],
    ['unknown folders, in a window without folders', undefined, [], true],
  ])('are those of its folders: %s', async (_, made, open, isShown) => {
    const id = await savedRun(made);
    openFolders(...open);
    const { history, runs, scope } = await openWindow();
    await history.refresh();
    const shown = () => runs.listed.filter((run) => scope.shows(run)).map((run) => run.id);
    expect(shown()).toEqual(isShown ? [id] : []);
    // The same for an opened run.
    await history.open(id);
    expect(shown()).toEqual(isShown ? [id] : []);
    await scope.show('all');
    expect(shown()).toEqual([id]);
    await scope.show('own');
    expect(shown()).toEqual(isShown ? [id] : []);
  });

  it('stay selected after a reload, and commands do not default to runs of other folders', async () => {
    const own = await savedRun([website], Date.now() - 1_000);
    await savedRun([api]);
    openFolders(website);
    const { history } = await openWindow();
    await history.refresh();
    expect((await history.open()).id).toBe(own);
    const memory = new FakeMemory();
    await new RunScope(memory.memento).show('all');
    expect(new RunScope(memory.memento).showsAll).toBe(true);
  });
});

describe('An interrupted run', () => {
  /** A run whose window ended while one of its conversations was running. */
  async function interruptedRun(folders: readonly object[], time: number): Promise<string> {
    const id = createUlid(time);
    await (await written(id, runIn(id, folders).slice(0, 6))).dispose();
    return id;
  }

  it('of the window is offered, the newest that can resume, and only interrupted runs are read', async () => {
    openFolders(website);
    const now = Date.now();
    await savedRun([website], now);
    const older = await interruptedRun([website], now + 1);
    const wanted = await interruptedRun([website], now + 2);
    const stuck = await interruptedRun([website], now + 3);
    const other = await interruptedRun([api], now + 4);
    const { cannotResume, offer, reads, runs } = await openWindow();
    cannotResume.add(stuck);
    person.chooses = 'Resume Run';
    await offer();
    expect(person.messages).toMatchObject([
      { text: expect.stringContaining('was interrupted'), buttons: ['Resume Run', 'Show'] },
    ]);
    expect(executed).toEqual([['interleave.resumeRun', { runId: wanted }]]);
    expect(reads.mock.calls.flat()).toEqual([stuck, wanted]);
    expect(runs.listed.map(({ id }) => id)).toEqual(expect.arrayContaining([older, other]));
  });

  it('is out of date when the run is deleted, and its answer is not waited for any more', async () => {
    openFolders(website);
    const id = await interruptedRun([website], Date.now());
    const { history, notices, offer } = await openWindow();
    const offered = offer();
    await vi.waitFor(() => expect(notices.all).toMatchObject([{ runId: id }]));
    await history.delete(history.listed(id));
    await offered;
    expect(notices.all).toEqual([]);
    expect(executed).toEqual([]);
  });

  it.each([
    ['the only one is of another folder', api, true],
    ['the folder is not trusted', website, false],
  ])('is not offered when %s', async (_, folder, isTrusted) => {
    openFolders(website);
    workspace.isTrusted = isTrusted;
    await interruptedRun([folder], Date.now());
    const { offer, reads } = await openWindow();
    await offer();
    expect(person.messages).toEqual([]);
    expect(reads).not.toHaveBeenCalled();
  });
});
