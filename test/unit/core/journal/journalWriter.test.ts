import { describe, expect, it, vi } from 'vitest';
import { JournalFailure } from '../../../../src/core/journal/journalFailure.ts';
import { defaultJournalLimits } from '../../../../src/core/journal/journalLimits.ts';
import type { JournalRecord } from '../../../../src/core/journal/record/journalRecord.ts';
import { encodeLine } from '../../../../src/core/journal/record/recordLine.ts';
import { runFolder } from '../../../../src/core/journal/runFolder.ts';
import { createJournal, openJournal } from '../../../../src/core/journal/runs/openJournal.ts';
import { listRuns } from '../../../../src/core/journal/runs/runList.ts';
import { JournalWriter } from '../../../../src/core/journal/write/journalWriter.ts';
import { followRecords } from '../../../support/journal/followRecords.ts';
import {
  intent,
  messageRecord,
  openIntents,
  outcome,
  startRecord,
  wholeRun,
} from '../../../support/journal/journalRecords.ts';
import {
  create,
  createMachine,
  failuresOf,
  folder,
  journalPath,
  lockPath,
  lossOf,
  open,
  read,
  root,
  runId,
  settle,
  writerOf,
} from '../../../support/journal/testEnvironment.ts';

const partsOf = (machine: ReturnType<typeof createMachine>) => ({
  ...{ path: folder, environment: machine, limits: defaultJournalLimits },
  redact: (text: string) => text,
});

const note = (text: string) => ({ kind: 'note', text }) as const;

describe('a new journal', () => {
  it('has its file on the disk, name included, before anything is written', async () => {
    const { fs } = createMachine();
    await createJournal(root, runId, { ...createMachine(), fs });
    expect(fs.count('syncFolder', folder)).toBe(1);
    expect(fs.count('syncFolder', root)).toBe(1);
  });

  it('is not made twice', async () => {
    const machine = createMachine();
    await create(machine);
    await expect(createJournal(root, runId, machine)).rejects.toMatchObject({ kind: 'exists' });
  });

  it.each([
    '',
    '..',
    '../x',
    'x'.repeat(26),
    '01KAF1XYZ0ABCDEFGHJKMNPQRs',
    '81KAF1XYZ0ABCDEFGHJKMNPQRS',
  ])('is refused for an id that is not ours: %j', async (id) => {
    const machine = createMachine();
    await expect(createJournal(root, id, machine)).rejects.toThrow('is not the id of a run');
    expect(machine.fs.operations).toEqual([]);
  });

  it('fails with the error of the disk where nothing can be made', async () => {
    const machine = createMachine();
    machine.fs.fault = (operation) => (operation === 'makeFolder' ? 'EROFS' : undefined);
    const created = createJournal(root, runId, machine);
    await expect(created).rejects.toMatchObject({ code: 'EROFS' });
  });

  it('leaves no lock behind when the disk is full', async () => {
    const machine = createMachine();
    machine.fs.capacity = 10;
    const created = createJournal(root, runId, machine);
    await expect(created).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(machine.fs.files.has(lockPath)).toBe(false);
  });
});

describe('a commit', () => {
  it('is over when everything that was appended before it is on the disk, and not sooner', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(note('one'));
    writer.append(note('two'));
    let isOver = false;
    const commit = writer.commit().then(() => {
      isOver = true;
    });
    await machine.clock.advance(5);
    expect(isOver).toBe(false);
    await settle(machine, commit);
    machine.fs.losePower();
    expect((await read(machine)).records.map(({ record }) => record)).toEqual([
      note('one'),
      note('two'),
    ]);
  });

  it('shares one sync with all the others of the same twenty milliseconds', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const commits: Promise<void>[] = [];
    for (let index = 0; index < 100; index++) {
      writer.append(note(`${index}`));
      commits.push(writer.commit());
      if (index % 20 === 0) await machine.clock.advance(1);
    }
    await machine.clock.advance(20);
    await Promise.all(commits);
    expect(machine.fs.count('sync', journalPath)).toBe(1);
    expect((await read(machine)).records).toHaveLength(100);
  });

  it('has nothing to wait for when nothing is pending', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    await writer.commit();
    expect(machine.fs.count('sync', journalPath)).toBe(0);
  });

  it('covers what is appended while an earlier one is being written', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(note('one'));
    const first = writer.commit();
    let second: Promise<void> | undefined;
    machine.fs.fault = (operation, path) => {
      if (operation === 'sync' && path === journalPath && second === undefined) {
        writer.append(note('two'));
        second = writer.commit();
      }
      return undefined;
    };
    await settle(machine, first);
    await settle(machine, second!);
    machine.fs.losePower();
    expect((await read(machine)).records).toHaveLength(2);
  });

  it('is refused after the end', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    await settle(machine, writer.dispose());
    writer.append(note('too late'));
    await expect(writer.commit()).rejects.toThrow('closed');
    expect(machine.fs.text(journalPath)).toBe('');
  });
});

describe('an append', () => {
  it('is written within twenty milliseconds though nobody waits for it', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(note('one'));
    await machine.clock.advance(20);
    expect((await read(machine)).records).toHaveLength(1);
    expect(machine.fs.count('sync', journalPath)).toBe(0);
  });

  it('takes the record as it is now', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const definition = { files: ['a'] };
    writer.append({ ...startRecord(), definition } as never);
    definition.files.push('b');
    await settle(machine, writer.commit());
    expect((await read(machine)).definition).toEqual({ files: ['a'] });
  });

  it('is whole when every write takes only some bytes', async () => {
    const machine = createMachine();
    machine.fs.mostPerWrite = 7;
    const writer = await create(machine);
    const records = wholeRun(2, 1);
    for (const record of records) writer.append(record);
    await settle(machine, writer.commit());
    expect((await read(machine)).records.map(({ record }) => record)).toEqual(records);
  });

  it('has the time of day in it', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    await machine.clock.advance(1500);
    writer.append(note('one'));
    await settle(machine, writer.commit());
    expect((await read(machine)).records[0]?.at).toBe('2026-11-20T12:00:01.500Z');
  });
});

describe('what must not be lost', () => {
  /** A machine whose disk takes that long, in ms, for each write of the journal; and what is on it. */
  async function writing() {
    const machine = createMachine();
    const disk = { writeMs: 0 };
    machine.fs.fault = (operation, path) => {
      if (operation === 'write' && path === journalPath) machine.clock.block(disk.writeMs);
      return undefined;
    };
    const writer = await create(machine);
    const isThere = (text: string) => machine.fs.text(journalPath).includes(`"${text}"`);
    return { machine, disk, writer, isThere };
  }

  it('is with the system before the call returns', async () => {
    const { writer, isThere } = await writing();
    writer.append(note('before'));
    writer.appendNow(note('now'));
    expect([isThere('before'), isThere('now')]).toEqual([true, true]);
  });

  it('still is when one write was slow, for that may be anyone else’s doing', async () => {
    const { writer, disk, isThere } = await writing();
    disk.writeMs = 150;
    writer.appendNow(note('slow'));
    disk.writeMs = 0;
    writer.appendNow(note('next'));
    expect(isThere('next')).toBe(true);
  });

  it('has nobody wait for a disk that stays slow, and is written soon; after a minute it is tried again', async () => {
    const { machine, writer, disk, isThere } = await writing();
    disk.writeMs = 80;
    const texts = ['a', 'b', 'c', 'd'];
    for (const text of texts) writer.appendNow(note(text));
    expect(texts.map(isThere)).toEqual([true, true, true, false]);
    disk.writeMs = 0;
    await machine.clock.advance(20);
    expect(isThere('d')).toBe(true);
    await machine.clock.advance(59_000);
    writer.appendNow(note('e'));
    expect(isThere('e')).toBe(false);
    await machine.clock.advance(1_000);
    writer.appendNow(note('f'));
    expect([isThere('e'), isThere('f')]).toEqual([true, true]);
  });

  it('is written at once as ever where slow writes lie far apart', async () => {
    const { machine, writer, disk, isThere } = await writing();
    for (let minute = 0; minute < 5; minute++) {
      disk.writeMs = 150;
      writer.appendNow(note(`slow ${minute}`));
      disk.writeMs = 0;
      writer.appendNow(note(`next ${minute}`));
      expect(isThere(`next ${minute}`)).toBe(true);
      await machine.clock.advance(60_000);
    }
  });
});

describe('a long record', () => {
  const limits = { warnBytes: 1e6, stopBytes: 2e6, bufferBytes: 1e6, blobBytes: 100 };

  it('is on the disk in a file of its own before its line is', async () => {
    const machine = createMachine();
    const writer = await create(machine, { limits });
    writer.append(note('x'.repeat(200)));
    await settle(machine, writer.commit());
    const order = machine.fs.operations
      .filter(
        ({ operation, path }) =>
          operation === 'sync' || (operation === 'write' && path === journalPath),
      )
      .map(({ path }) => (path === journalPath ? 'journal' : 'blob'));
    expect(order).toEqual(['blob', 'journal', 'journal']);
    machine.fs.losePower();
    expect((await read(machine)).records[0]?.record).toEqual(note('x'.repeat(200)));
    expect(machine.fs.text(journalPath).length).toBeLessThan(200);
  });

  it('is kept once, however often it is written', async () => {
    const machine = createMachine();
    const writer = await create(machine, { limits });
    writer.append(note('x'.repeat(200)));
    await settle(machine, writer.commit());
    writer.append(note('x'.repeat(200)));
    await settle(machine, writer.commit());
    await settle(machine, writer.dispose());
    const again = await open(machine, { limits });
    again.writer.append(note('x'.repeat(200)));
    await settle(machine, again.writer.commit());
    const blobs = [...machine.fs.files.keys()].filter((path) => path.includes('/blobs/'));
    expect(blobs).toHaveLength(1);
    expect(machine.fs.count('replace', blobs[0]!)).toBe(1);
    expect((await read(machine)).records).toHaveLength(3);
  });

  it('is not believed when its file has been changed', async () => {
    const machine = createMachine();
    const writer = await create(machine, { limits });
    writer.append(note('x'.repeat(200)));
    writer.append(note('short'));
    await settle(machine, writer.dispose());
    const blob = [...machine.fs.files.keys()].find((path) => path.includes('/blobs/'))!;
    machine.fs.put(blob, machine.fs.text(blob).replace('xx', 'xy'));
    const reading = await read(machine);
    expect(reading.records.map(({ record }) => record)).toEqual([note('short')]);
    expect(reading).toMatchObject({ damaged: 1, missing: 1 });
    const again = await open(machine, { limits });
    again.writer.append(note('x'.repeat(200)));
    await settle(machine, again.writer.commit());
    const texts = (await read(machine)).records.map(({ record }) => record);
    expect(texts).toContainEqual(note('x'.repeat(200)));
  });
});

describe('a journal that is not open', () => {
  it('is opened for the first record, and again and again until that works', async () => {
    const machine = createMachine();
    let tries = 0;
    const open = async () => {
      if (++tries < 3) throw Object.assign(new Error('no'), { code: 'EIO' });
      return createJournal(root, runId, machine);
    };
    const writer = new JournalWriter({ ...partsOf(machine), open });
    await machine.clock.advance(60_000);
    expect([tries, writer.isReady]).toEqual([0, true]);
    writer.append(note('one'));
    expect(writer.isReady).toBe(false);
    const commit = writer.commit();
    await machine.clock.advance(1_000);
    expect(writer.failure).toMatchObject({ kind: 'io', final: false });
    writer.appendNow(note('two'));
    await machine.clock.advance(10_000);
    await commit;
    expect([tries, writer.isReady, writer.failure]).toEqual([3, true, undefined]);
    const { records } = await read(machine);
    expect(records.map(({ seq, record }) => [seq, record])).toEqual([
      [1, note('one')],
      [2, note('two')],
    ]);
  });

  it('takes no more records when it can never be opened', async () => {
    const machine = createMachine();
    const gone = new JournalFailure('missing', 'It is gone.');
    const writer = new JournalWriter({ ...partsOf(machine), open: () => Promise.reject(gone) });
    writer.append(note('one'));
    await expect(settle(machine, writer.commit())).rejects.toThrow('It is gone.');
    writer.append(note('two'));
    await expect(writer.commit()).rejects.toThrow('It is gone.');
    await machine.clock.advance(60_000);
    expect(machine.clock.pending).toBe(0);
    expect(await lossOf(machine, writer)).toBe('It is gone.');
  });

  it('is closed when the run has ended, and opened for what comes after that', async () => {
    const machine = createMachine();
    const files = await createJournal(root, runId, machine);
    const open = async () => (await openJournal(root, runId, { environment: machine })).files;
    const writer = new JournalWriter({ ...partsOf(machine), files, open });
    writer.append(note('one'));
    writer.endRun();
    await machine.clock.advance(1_000);
    expect([machine.fs.files.has(lockPath), writer.isOpen]).toEqual([false, false]);
    const other = await open();
    other.file.appendNow([encodeLine(2, '{"v":3,"t":"","k":"note","text":"of another process"}')]);
    await settle(machine, writerOf(machine, other).dispose());
    writer.reopenRun();
    writer.append(note('two'));
    await settle(machine, writer.dispose());
    expect(writer.hasLost).toBe(false);
    const { records } = await read(machine);
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(machine.clock.pending).toBe(0);
  });
});

describe('a run that has ended', () => {
  it('has its last records, even one that came during the last sync', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    let isLate = false;
    machine.fs.fault = (operation, path) => {
      if (operation === 'sync' && path === journalPath && !isLate) {
        isLate = true;
        writer.append(note('two'));
      }
      return undefined;
    };
    writer.append(note('one'));
    writer.endRun();
    await machine.clock.advance(1_000);
    expect([writer.isOpen, writer.hasLost]).toEqual([false, false]);
    expect((await read(machine)).records).toHaveLength(2);
  });

  it('is closed only when the disk works again', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(note('one'));
    await settle(machine, writer.commit());
    machine.fs.fault = (operation) => (operation === 'sync' ? 'EIO' : undefined);
    writer.endRun();
    await machine.clock.advance(20_000);
    expect([writer.isOpen, writer.failure?.kind]).toEqual([true, 'io']);
    machine.fs.fault = () => undefined;
    await machine.clock.advance(6_000);
    expect([writer.isOpen, writer.failure]).toEqual([false, undefined]);
  });

  it('is saved again when it goes on after another process had it', async () => {
    const machine = createMachine();
    const files = await createJournal(root, runId, machine);
    const open = async () => (await openJournal(root, runId, { environment: machine })).files;
    const writer = new JournalWriter({ ...partsOf(machine), files, open });
    machine.fs.put(lockPath, machine.fs.text(lockPath).replace(/"token":"../, '"token":"XX'));
    await machine.clock.advance(3_000);
    expect(writer.failure?.kind).toBe('lock_lost');
    writer.append(note('lost'));
    writer.endRun();
    await machine.clock.advance(1_000);
    machine.fs.files.delete(lockPath);
    writer.reopenRun();
    writer.append(note('kept'));
    await settle(machine, writer.commit());
    expect((await read(machine)).records.map(({ record }) => record)).toEqual([note('kept')]);
    expect(writer.hasLost).toBe(true);
  });

  it('leaves no summary where another process has its lock', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    followRecords(writer, runId);
    for (const record of wholeRun(1, 1)) writer.append(record);
    await settle(machine, writer.commit());
    machine.fs.put(lockPath, machine.fs.text(lockPath).replace(/"token":"../, '"token":"XX'));
    await settle(machine, machine.clock.advance(10_000));
    const { summary } = runFolder(root, runId);
    machine.fs.files.delete(summary);
    await settle(machine, writer.dispose());
    expect(machine.fs.files.has(summary)).toBe(false);
  });

  it('has a summary of everything when it has gone on', async () => {
    const machine = createMachine();
    const files = await createJournal(root, runId, machine);
    const open = async () => (await openJournal(root, runId, { environment: machine })).files;
    const writer = new JournalWriter({ ...partsOf(machine), files, open });
    followRecords(writer, runId);
    const records = wholeRun(2, 1);
    for (const record of records.slice(0, 6)) writer.append(record);
    writer.endRun();
    await machine.clock.advance(1_000);
    writer.reopenRun();
    for (const record of records.slice(6)) writer.append(record);
    await settle(machine, writer.dispose());
    const listed = await listRuns(root, machine);
    expect(listed).toMatchObject([{ state: 'finished', counts: { done: 2 } }]);
    const { summary } = runFolder(root, runId);
    expect(JSON.parse(machine.fs.text(summary))).toMatchObject({
      overview: { state: 'finished', counts: { done: 2 } },
    });
  });
});

describe('the size of a journal', () => {
  /** Every line of such a note has the same length. */
  const line = note('0123456789');

  async function withLimit(limit: (bytesOfThree: number) => { warn?: number; stop?: number }) {
    const probe = createMachine();
    const first = await create(probe);
    for (let count = 0; count < 3; count++) first.append(line);
    const { warn = 1e9, stop = 1e9 } = limit(first.bytes);
    const machine = createMachine();
    const limits = { warnBytes: warn, stopBytes: stop, bufferBytes: 1e9, blobBytes: 1e6 };
    const writer = await create(machine, { limits });
    const warned = vi.fn();
    writer.onDidNote(warned);
    const failures = failuresOf(writer);
    for (let count = 0; count < 3; count++) writer.append(line);
    return { machine, writer, warned, failures };
  }

  it.each([
    ['below', 1, 0],
    ['at', 0, 1],
    ['above', -1, 1],
  ])('is reported once when it is large: %s the limit', async (_, more, times) => {
    const { writer, warned } = await withLimit((bytes) => ({ warn: bytes + more }));
    writer.append(note(''));
    expect(warned).toHaveBeenCalledTimes(more === 1 ? 1 : times);
    if (more === 1) expect(warned.mock.calls[0]?.[0]).toContain('has grown to');
  });

  it.each([
    ['below', 1, 3],
    ['at', 0, 3],
    ['above', -1, 2],
  ])('ends it at the limit: %s', async (_, more, kept) => {
    const { machine, writer, failures } = await withLimit((bytes) => ({ stop: bytes + more }));
    await machine.clock.advance(20);
    expect((await read(machine)).records).toHaveLength(kept);
    expect(failures).toHaveLength(kept === 3 ? 0 : 1);
    if (kept === 3) return;
    expect(failures).toMatchObject([{ kind: 'journal_full', final: true }]);
    await expect(writer.commit()).rejects.toThrow('has reached the limit');
    expect(await lossOf(machine, writer)).toContain('has reached the limit');
  });

  it('counts what was there before', async () => {
    const machine = createMachine();
    const first = await create(machine);
    first.append(line);
    await settle(machine, first.dispose());
    const { writer } = await open(machine);
    expect(writer.bytes).toBe(machine.fs.text(journalPath).length);
  });
});

describe('closing', () => {
  it('writes what is left and frees the run', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(startRecord());
    const commit = writer.commit();
    await settle(machine, writer.dispose());
    await commit;
    machine.fs.losePower();
    expect((await read(machine)).records).toHaveLength(1);
    expect(machine.fs.files.has(lockPath)).toBe(false);
    expect(machine.clock.pending).toBe(0);
  });

  it('may be asked for twice', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    await settle(machine, Promise.all([writer.dispose(), writer.dispose()]));
  });

  it('refuses a record that cannot be written down, and goes on with the next', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const failures = failuresOf(writer);
    let deep: unknown = null;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const circle: unknown[] = [];
    circle.push(circle);
    const unwritable = [1n, circle, deep].map((input) => toolStarted(input));
    writer.append(note('one'));
    for (const record of unwritable) {
      expect(() => writer.append(record)).toThrow('cannot be written down');
      expect(() => writer.appendNow(record)).toThrow('cannot be written down');
    }
    writer.append(note('two'));
    await settle(machine, writer.commit());
    await settle(machine, writer.dispose());
    expect(failures).toEqual([]);
    const { records, damaged, missing } = await read(machine);
    expect([records.length, damaged, missing]).toEqual([2, 0, 0]);
  });

  it('tells of a beginning that is no JSON, and of nothing that comes after it', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const failures = failuresOf(writer);
    writer.append(note('one'));
    writer.append({ ...startRecord(), definition: 1n } as never);
    writer.append(note('three'));
    expect(failures).toMatchObject([{ kind: 'unwritable', final: true }]);
    await expect(writer.commit()).rejects.toThrow('cannot be written down');
    expect(await lossOf(machine, writer)).toContain('cannot be written down');
    expect((await read(machine)).records).toHaveLength(1);
  });
});

describe('going on with a journal', () => {
  it('numbers its records after those that are there', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(startRecord());
    writer.append(messageRecord(0, 0, 'hello'));
    await settle(machine, writer.dispose());
    const again = await open(machine);
    expect(again.reading.messages.get(0)).toHaveLength(1);
    again.writer.append(messageRecord(0, 1, 'answer'));
    await settle(machine, again.writer.dispose());
    const reading = await read(machine);
    expect(reading.records.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(reading.messages.get(0)).toHaveLength(2);
    expect(reading).toMatchObject({ damaged: 0, missing: 0 });
  });

  it('knows the tool calls whose outcome is unknown', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    for (const record of [
      startRecord(),
      intent('a'),
      intent('b', 'read'),
      outcome('a'),
      intent('c'),
    ]) {
      writer.append(record);
    }
    await settle(machine, writer.dispose());
    const { reading } = await open(machine);
    expect(openIntents(reading.records).map((one) => [one.idempotencyKey, one.effect])).toEqual([
      ['b', 'read'],
      ['c', 'change'],
    ]);
  });
});

function toolStarted(input: unknown): JournalRecord {
  const event = { type: 'tool.started', turn: 1, callId: 'c', name: 't', input } as const;
  return { kind: 'event', event: { ...event, seq: 2, atMs: 1, conversation: 0 } };
}
