import { describe, expect, it } from 'vitest';
import { createUlid } from '../../../../src/core/base/ulid.ts';
import type { JournalRecord } from '../../../../src/core/journal/record/journalRecord.ts';
import { runFolder } from '../../../../src/core/journal/runFolder.ts';
import { createJournal } from '../../../../src/core/journal/runs/openJournal.ts';
import type { KnownRuns } from '../../../../src/core/journal/runs/runList.ts';
import { deleteRun, listRuns, pruneRuns } from '../../../../src/core/journal/runs/runList.ts';
import { archiveOf } from '../../../support/journal/archivedRuns.ts';
import { writtenJournal } from '../../../support/journal/damage.ts';
import { followRecords } from '../../../support/journal/followRecords.ts';
import { runStarted, wholeRun } from '../../../support/journal/journalRecords.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  open,
  processOf,
  root,
  runId,
  settle,
  writerOf,
} from '../../../support/journal/testEnvironment.ts';

const startMs = Date.UTC(2026, 10, 20, 12);

/** The id of the run that was started that many seconds after the first one. */
function idAt(seconds: number): string {
  return createUlid(startMs + seconds * 1000);
}

async function writeRun(machine: TestMachine, id: string, records: readonly JournalRecord[]) {
  const writer = writerOf(machine, await createJournal(root, id, machine));
  followRecords(writer, id);
  for (const record of records) writer.append(record);
  await settle(machine, writer.commit());
  return writer;
}

async function closedRun(machine: TestMachine, id: string, records = wholeRun(2, 1)) {
  await settle(machine, (await writeRun(machine, id, records)).dispose());
}

describe('the list of runs', () => {
  it('has the newest first, with what is worth knowing of each', async () => {
    const machine = createMachine();
    const [first, second] = [idAt(1), idAt(2)];
    await closedRun(machine, first);
    await closedRun(machine, second, wholeRun(3, 1));
    const runs = await listRuns(root, machine);
    expect(runs.map(({ id }) => id)).toEqual([second, first]);
    expect(runs[0]).toEqual({
      id: second,
      state: 'finished',
      title: 'math.prompts.md',
      startedAt: '2026-11-20T12:00:00.000Z',
      total: 3,
      counts: { queued: 0, waiting: 0, running: 0, done: 3, failed: 0, stopped: 0, cancelled: 0 },
      provider: 'anthropic',
      model: 'claude-opus-5-5',
      simulated: false,
      number: 1,
      comparison: { wallMs: 190, conversationMs: 60, savedPercent: 0 },
    });
  });

  it('says how the prompts of files fared in a run that has ended', async () => {
    const machine = createMachine();
    const uri = 'file:///w/math.prompts.md';
    const inFile = (count: number): readonly JournalRecord[] => {
      const [start, ...rest] = wholeRun(count, 1);
      const started = runStarted(count);
      const conversations = started.conversations.map((planned, line) => ({
        ...planned,
        ...(line === 1 ? {} : { source: { uri, line } }),
      }));
      return [{ ...start, started: { ...started, conversations } } as JournalRecord, ...rest];
    };
    await closedRun(machine, idAt(1), inFile(3));
    await closedRun(machine, idAt(2), inFile(3).slice(0, -1));
    await closedRun(machine, idAt(3), inFile(500));
    const [large, unfinished, ended] = await listRuns(root, machine);
    expect(ended?.prompts).toEqual([
      { uri, id: 'math.prompts.md#prompt-0', index: 0, phase: 'done' },
      { uri, id: 'math.prompts.md#prompt-2', index: 2, phase: 'done' },
    ]);
    expect(unfinished).not.toHaveProperty('prompts');
    expect(large).not.toHaveProperty('prompts');
  });

  it('tells a run that is going on from one that was cut off', async () => {
    const machine = createMachine(100);
    const id = idAt(1);
    await writeRun(machine, id, wholeRun(2, 1).slice(0, 8));
    const other = processOf(machine, 200);
    expect(await listRuns(root, other)).toMatchObject([{ id, state: 'running' }]);
    machine.alive.delete(100);
    expect(await listRuns(root, other)).toMatchObject([{ id, state: 'interrupted', total: 2 }]);
  });

  it('says of a run that was cut off what the run itself says, wherever that was', async () => {
    const records = wholeRun(2, 1);
    const states = new Set<string>();
    for (let length = 1; length <= records.length; length++) {
      const machine = createMachine(100);
      await writeRun(machine, runId, records.slice(0, length));
      machine.alive.delete(100);
      const other = processOf(machine, 200);
      const [listed] = await listRuns(root, other);
      const read = await settle(other, archiveOf(other).read(runId));
      expect(listed?.state).toBe(read!.state.state);
      states.add(read!.state.state);
    }
    expect([...states]).toEqual(['interrupted', 'finished']);
    const machine = createMachine(100);
    await writeRun(machine, runId, records.slice(0, -1));
    machine.alive.delete(100);
    // Only its last record is missing: it had ended.
    expect(await listRuns(root, processOf(machine, 200))).toMatchObject([{ state: 'finished' }]);
  });

  it('says the same with and without the summary', async () => {
    for (const length of [1, 5, 9, 14, wholeRun(2, 1).length]) {
      const machine = createMachine();
      await closedRun(machine, idAt(1), wholeRun(2, 1).slice(0, length));
      const withSummary = await listRuns(root, machine);
      machine.fs.files.delete(runFolder(root, withSummary[0]!.id).summary);
      expect(await listRuns(root, machine)).toEqual(withSummary);
    }
  });

  it('has a summary of every run that was closed, until it goes on', async () => {
    const machine = createMachine();
    const { summary } = runFolder(root, runId);
    const writer = await writeRun(machine, runId, wholeRun(2, 1).slice(0, -1));
    expect(machine.fs.files.has(summary)).toBe(false);
    await settle(machine, writer.dispose());
    expect(machine.fs.files.has(summary)).toBe(true);
    await open(machine);
    expect(machine.fs.files.has(summary)).toBe(false);
  });

  it('says of a run that was cut off what its journal says, wherever that happened', async () => {
    const records = wholeRun(3, 2);
    for (let saved = 1; saved < records.length; saved += 3) {
      for (let kept = saved; kept < records.length; kept += 4) {
        const machine = createMachine();
        const writer = await writeRun(machine, runId, records.slice(0, saved));
        await machine.clock.advance(3_000);
        writer.append({ kind: 'note', text: 'It is time to save a summary.' });
        await settle(machine, writer.commit());
        for (const record of records.slice(saved, kept)) writer.append(record);
        await settle(machine, writer.commit());
        machine.alive.delete(100);
        const { summary } = runFolder(root, runId);
        const next = processOf(machine, 200);
        const listed = await listRuns(root, next);
        expect(machine.fs.files.delete(summary)).toBe(true);
        expect(listed).toEqual(await listRuns(root, next));
      }
    }
  });

  it('says how much is damaged of what was written last', async () => {
    const machine = createMachine();
    const writer = await writeRun(machine, runId, wholeRun(2, 1).slice(0, -1));
    await machine.clock.advance(3_000);
    writer.append({ kind: 'note', text: 'It is time to save a summary.' });
    await settle(machine, writer.commit());
    const { journal, summary } = runFolder(root, runId);
    expect(machine.fs.files.has(summary)).toBe(true);
    machine.alive.delete(100);
    const next = processOf(machine, 200);
    expect((await listRuns(root, next))[0]).not.toHaveProperty('damaged');
    machine.fs.put(journal, `${machine.fs.text(journal)}damaged\n`);
    expect(await listRuns(root, next)).toMatchObject([{ state: 'finished', damaged: 1 }]);
  });

  it('reads of a run that was cut off only what was written last', async () => {
    const machine = createMachine();
    const writer = await writeRun(machine, runId, wholeRun(2, 1).slice(0, -1));
    for (let at = 0; at < 200; at++)
      writer.append({ kind: 'note', text: 'x'.repeat(100_000) + at });
    await settle(machine, writer.commit());
    await machine.clock.advance(3_000);
    writer.append({ kind: 'note', text: 'It is time to save a summary.' });
    await settle(machine, writer.commit());
    writer.append({ kind: 'note', text: 'more' });
    await settle(machine, writer.commit());
    machine.alive.delete(100);
    const { journal } = runFolder(root, runId);
    const before = machine.fs.count('readAt', journal);
    expect(await listRuns(root, processOf(machine, 200))).toMatchObject([{ state: 'finished' }]);
    expect(machine.fs.count('readAt', journal) - before).toBeLessThanOrEqual(3);
  });

  it('reads only the end of a journal that was closed', async () => {
    const machine = createMachine();
    const id = idAt(1);
    await closedRun(machine, id, wholeRun(20, 5));
    const { journal } = runFolder(root, id);
    const before = machine.fs.count('readAt', journal);
    await listRuns(root, machine);
    expect(machine.fs.count('readAt', journal)).toBe(before + 1);
  });

  it.each([
    ['grew', (text: string) => `${text}\n`],
    ['lost a part before its end', (text: string) => text.replace(/\{"n":20,.*\n/, '')],
    ['has another end', (text: string) => text.replace(/\d\}\}\}\n$/, 'x}}}\n')],
  ])('does not believe a summary when the journal %s', async (_, change) => {
    const machine = createMachine();
    const id = idAt(1);
    await closedRun(machine, id, wholeRun(10, 3));
    const { journal, summary } = runFolder(root, id);
    machine.fs.put(journal, change(machine.fs.text(journal)));
    machine.fs.put(summary, machine.fs.text(summary).replace('math.prompts.md', 'forged'));
    expect(await listRuns(root, machine)).toMatchObject([{ title: 'math.prompts.md' }]);
  });

  it.each(['', '{}', 'null', '{"schema":"interleave/run-summary@2"}', '\0\0'])(
    'does without a summary that is damaged: %j',
    async (content) => {
      const machine = createMachine();
      const id = idAt(1);
      await closedRun(machine, id);
      machine.fs.put(runFolder(root, id).summary, content);
      expect(await listRuns(root, machine)).toMatchObject([{ id, state: 'finished' }]);
    },
  );

  it('shows a run whose journal says nothing, so that it can be deleted', async () => {
    const machine = createMachine();
    const id = idAt(1);
    machine.fs.put(runFolder(root, id).journal, 'Dear diary');
    machine.fs.folders.add(root).add(runFolder(root, id).path);
    expect(await listRuns(root, machine)).toMatchObject([
      { id, state: 'unreadable', startedAt: '2026-11-20T12:00:01.000Z', total: 0 },
    ]);
  });

  it('leaves out what is no run, and runs that ended before there was anything of them', async () => {
    const machine = createMachine();
    for (const name of ['notes', '..', idAt(1).toLowerCase(), `${idAt(1)}.deleted`, idAt(2)]) {
      machine.fs.folders.add(`${root}/${name}`);
    }
    machine.fs.folders.add(root);
    machine.fs.put(runFolder(root, idAt(3)).journal, '');
    expect(await listRuns(root, machine)).toEqual([]);
  });

  it('is empty where nothing was ever run', async () => {
    expect(await listRuns(root, createMachine())).toEqual([]);
  });

  it('survives a renaming that is refused for a moment, as on Windows', async () => {
    const machine = createMachine();
    const id = idAt(1);
    let refusals = 9;
    machine.fs.fault = (operation) =>
      operation === 'rename' && refusals-- > 0 ? 'EPERM' : undefined;
    await closedRun(machine, id);
    expect(machine.fs.files.has(runFolder(root, id).summary)).toBe(true);
  });

  it('does without a summary that cannot be written, and leaves nothing of it', async () => {
    const machine = createMachine();
    const id = idAt(1);
    machine.fs.fault = (operation) => (operation === 'rename' ? 'EBUSY' : undefined);
    await closedRun(machine, id);
    const names = [...machine.fs.files.keys()].filter((path) => path.includes('summary'));
    expect(names).toEqual([]);
    expect(await listRuns(root, machine)).toMatchObject([{ id, state: 'finished' }]);
  });
});

describe('listing runs again', () => {
  async function longRun(machine: TestMachine, id: string) {
    const [start, ...rest] = wholeRun(2, 1);
    const notes = Array.from({ length: 5 }, () => ({
      kind: 'note' as const,
      text: 'x'.repeat(5_000),
    }));
    return writeRun(machine, id, [start!, ...notes, ...rest.slice(0, -1)]);
  }

  it('reads nothing of runs that did not change, and gives the same objects', async () => {
    const machine = createMachine();
    const known: KnownRuns = new Map();
    await closedRun(machine, runId);
    await machine.clock.advance(10_000);
    const first = await listRuns(root, machine, known);
    const before = machine.fs.operations.length;
    const second = await listRuns(root, machine, known);
    expect(second[0]).toBe(first[0]);
    const folder = runFolder(root, runId).path;
    expect(machine.fs.operations.slice(before)).toEqual([
      { operation: 'list', path: root },
      { operation: 'stat', path: folder },
    ]);
  });

  it('sees a run that came, one that goes on, and one that was deleted', async () => {
    const machine = createMachine();
    const known: KnownRuns = new Map();
    const [old, fresh] = [runId, idAt(5)];
    await closedRun(machine, old, wholeRun(2, 1).slice(0, 6));
    await machine.clock.advance(10_000);
    expect(await listRuns(root, machine, known)).toMatchObject([{ id: old, state: 'interrupted' }]);
    await closedRun(machine, fresh);
    expect(await listRuns(root, machine, known)).toHaveLength(2);
    await machine.clock.advance(10_000);
    await open(machine);
    const [, again] = await listRuns(root, processOf(machine, 200), known);
    expect(again).toMatchObject({ id: old, state: 'running' });
    await deleteRun(root, fresh, machine);
    expect(await listRuns(root, machine, known)).toHaveLength(1);
    expect([...known.keys()]).toEqual([old]);
  });

  it('sees that a process that was at a run is gone, though no file tells it', async () => {
    const machine = createMachine(100);
    const known: KnownRuns = new Map();
    await writeRun(machine, idAt(1), wholeRun(2, 1).slice(0, 8));
    await machine.clock.advance(10_000);
    const other = processOf(machine, 200);
    expect(await listRuns(root, other, known)).toMatchObject([{ state: 'running' }]);
    machine.alive.delete(100);
    expect(await listRuns(root, other, known)).toMatchObject([{ state: 'interrupted' }]);
  });

  it('does not look into the journal of a run that a process is at', async () => {
    const machine = createMachine(100);
    const writer = await longRun(machine, runId);
    await machine.clock.advance(3_000);
    writer.append({ kind: 'note', text: 'It is time to save a summary.' });
    await settle(machine, writer.commit());
    await settle(machine, machine.clock.advance(3_000));
    const { journal } = runFolder(root, runId);
    const before = machine.fs.count('read', journal);
    const listed = await listRuns(root, processOf(machine, 200));
    expect(listed).toMatchObject([{ state: 'running', counts: { done: 2 } }]);
    expect(machine.fs.count('read', journal)).toBe(before);
  });

  it('keeps what was known of a run that another process has just gone on with', async () => {
    const machine = createMachine(100);
    const known: KnownRuns = new Map();
    await settle(machine, (await longRun(machine, runId)).dispose());
    const other = processOf(machine, 200);
    const [closed] = await listRuns(root, other, known);
    expect(closed).toMatchObject({ state: 'finished', counts: { done: 2 } });
    await open(machine);
    const { journal, summary } = runFolder(root, runId);
    expect(machine.fs.files.has(summary)).toBe(false);
    const before = machine.fs.count('read', journal);
    const [held] = await listRuns(root, other, known);
    expect(held).toMatchObject({ state: 'running', counts: { done: 2 } });
    expect(machine.fs.count('read', journal)).toBe(before);
  });
});

describe('deleting a run', () => {
  it('leaves nothing of it', async () => {
    const machine = createMachine();
    const id = idAt(1);
    await closedRun(machine, id);
    await deleteRun(root, id, machine);
    expect(machine.fs.files.size).toBe(0);
    expect(machine.clock.pending).toBe(0);
  });

  it('is refused while a process is at it', async () => {
    const machine = createMachine(100);
    const id = idAt(1);
    await writeRun(machine, id, wholeRun(1, 1));
    const other = processOf(machine, 200);
    await expect(deleteRun(root, id, other)).rejects.toMatchObject({ kind: 'locked' });
    expect(await listRuns(root, other)).toHaveLength(1);
  });

  it('has nothing to do where there is none', async () => {
    const machine = createMachine();
    await deleteRun(root, idAt(1), machine);
    expect(machine.fs.files.size).toBe(0);
  });

  it('fails with the error of the disk', async () => {
    const machine = createMachine();
    const id = idAt(1);
    await closedRun(machine, id);
    machine.fs.fault = (operation) => (operation === 'create' ? 'EROFS' : undefined);
    await expect(deleteRun(root, id, machine)).rejects.toMatchObject({ code: 'EROFS' });
  });

  it.each(['..', '../other', '', '01KAF1XYZ0ABCDEFGHJKMNPQRS/..'])(
    'is refused for an id that is not ours: %j',
    async (id) => {
      const machine = createMachine();
      await expect(deleteRun(root, id, machine)).rejects.toThrow('is not the id of a run');
      expect(machine.fs.operations).toEqual([]);
    },
  );
});

describe('pruning', () => {
  it.each([
    [2, 2],
    [3, 3],
    [4, 3],
    [0, 0],
  ])('keeps the newest %i of three', async (most, kept) => {
    const machine = createMachine();
    const ids = [idAt(1), idAt(2), idAt(3)];
    for (const id of ids) await closedRun(machine, id);
    await pruneRuns(root, most, machine);
    const left = (await listRuns(root, machine)).map(({ id }) => id);
    expect(left).toEqual(ids.slice(3 - kept).reverse());
  });

  it('leaves a run that a process is at', async () => {
    const machine = createMachine(100);
    await writeRun(machine, idAt(1), wholeRun(1, 1));
    await closedRun(machine, idAt(2));
    await pruneRuns(root, 0, processOf(machine, 200));
    expect(await listRuns(root, machine)).toMatchObject([{ id: expect.stringMatching(/./) }]);
  });

  it('ends a deletion that was cut off, whatever else it cannot delete', async () => {
    const machine = createMachine();
    const leftover = `${root}/${idAt(1)}.deleted`;
    machine.fs.folders.add(root).add(leftover);
    machine.fs.put(`${leftover}/journal.jsonl`, writtenJournal(wholeRun(1, 1)).bytes);
    await closedRun(machine, runId);
    machine.fs.fault = (operation) => (operation === 'rename' ? 'EIO' : undefined);
    await pruneRuns(root, 0, machine);
    expect(await listRuns(root, machine)).toMatchObject([{ id: runId }]);
    expect([...machine.fs.files.keys()].some((path) => path.startsWith(leftover))).toBe(false);
  });
});
