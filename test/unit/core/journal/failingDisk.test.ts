import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { intent, startRecord } from '../../../support/journal/journalRecords.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  create,
  createMachine,
  failuresOf,
  journalPath,
  lossOf,
  open,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';

const note = (text: string) => ({ kind: 'note', text }) as const;

async function notesIn(machine: TestMachine): Promise<readonly string[]> {
  const { records } = await read(machine);
  return records.flatMap(({ record }) => (record.kind === 'note' ? [record.text] : []));
}

function failWith(machine: TestMachine, code: string, ...operations: readonly string[]): void {
  machine.fs.fault = (operation, path) =>
    path === journalPath && operations.includes(operation) ? code : undefined;
}

function mend(machine: TestMachine): void {
  machine.fs.fault = () => undefined;
  machine.fs.capacity = Number.POSITIVE_INFINITY;
}

describe('a disk that fails', () => {
  it.each([
    ['ENOSPC', 'disk_full', 'the disk is full. Free some space.'],
    ['EDQUOT', 'disk_full', 'the disk is full. Free some space.'],
    ['EROFS', 'read_only', 'the disk is read-only. Make it writable.'],
    ['EACCES', 'denied', 'permission was refused. Check who may write there.'],
    ['EIO', 'io', 'Check the disk.'],
  ])('is reported once, by its name: %s', async (code, kind, text) => {
    const machine = createMachine();
    const writer = await create(machine);
    const failures = failuresOf(writer);
    failWith(machine, code, 'write', 'append');
    writer.append(note('one'));
    await machine.clock.advance(30_000);
    expect(failures).toMatchObject([{ kind, code, final: false }]);
    expect(failures[0]?.message).toContain(text);
    expect(writer.failure?.kind).toBe(kind);
  });

  it.each(['write', 'sync'] as const)(
    'is tried again every five seconds, and then has everything: %s',
    async (operation) => {
      const machine = createMachine();
      const writer = await create(machine);
      const recovered = vi.fn();
      writer.onDidChange(() => {
        if (writer.failure === undefined) recovered();
      });
      writer.append(note('before'));
      await settle(machine, writer.commit());
      failWith(machine, 'EIO', operation);
      writer.append(note('one'));
      const commit = writer.commit();
      let isOver = false;
      void commit.then(() => {
        isOver = true;
      });
      await machine.clock.advance(4_000);
      writer.append(note('two'));
      await machine.clock.advance(20_000);
      expect(isOver).toBe(false);
      const tries = machine.fs.count(operation, journalPath);
      await machine.clock.advance(5_000);
      expect(machine.fs.count(operation, journalPath)).toBe(tries + 1);
      mend(machine);
      await machine.clock.advance(5_000);
      await commit;
      expect(recovered).toHaveBeenCalledTimes(1);
      expect(writer.failure).toBeUndefined();
      machine.fs.losePower();
      const reading = await read(machine);
      expect(await notesIn(machine)).toEqual(['before', 'one', 'two']);
      expect(reading.missing).toBe(0);
    },
  );

  it('is written to through a new handle: the old one may stay broken', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    let isOldHandle = true;
    machine.fs.fault = (operation, path) => {
      if (path !== journalPath) return undefined;
      if (operation === 'append') isOldHandle = false;
      return operation === 'write' && isOldHandle ? 'EIO' : undefined;
    };
    writer.append(note('one'));
    await machine.clock.advance(10_000);
    expect(writer.failure).toBeUndefined();
    expect(await notesIn(machine)).toEqual(['one']);
  });

  it('is reported again when it fails again', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    const failures = failuresOf(writer);
    for (let time = 1; time <= 2; time++) {
      failWith(machine, 'EIO', 'write');
      writer.append(note('one'));
      await machine.clock.advance(12_000);
      mend(machine);
      await machine.clock.advance(6_000);
      expect(failures).toHaveLength(time);
    }
  });

  it('costs nothing when a record is cut off by a full disk, at whatever byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 900 }), async (free) => {
        const machine = createMachine();
        const writer = await create(machine);
        writer.append(note('before'));
        await settle(machine, writer.commit());
        const used = [...machine.fs.files.values()].reduce(
          (sum, { content }) => sum + content.length,
          0,
        );
        machine.fs.capacity = used + free;
        const texts = Array.from({ length: 10 }, (_, index) => `record ${index}`);
        for (const text of texts) writer.append(note(text));
        const commit = writer.commit();
        await machine.clock.advance(11_000);
        mend(machine);
        await machine.clock.advance(6_000);
        await commit;
        machine.fs.losePower();
        expect(await notesIn(machine)).toEqual(['before', ...texts]);
        // The torn line is no damage: its record came again.
        expect(await read(machine)).toMatchObject({ damaged: 0, missing: 0, damagedRanges: [] });
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('never lets an effect go ahead whose intent is not on the disk', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    writer.append(startRecord());
    await settle(machine, writer.commit());
    failWith(machine, 'ENOSPC', 'sync');
    writer.append(intent('a'));
    const mayGoOn = vi.fn();
    void writer.commit().then(mayGoOn, () => undefined);
    await machine.clock.advance(60_000);
    expect(mayGoOn).not.toHaveBeenCalled();
    expect(await lossOf(machine, writer)).toContain('the disk is full');
    expect(mayGoOn).not.toHaveBeenCalled();
  });

  it('ends what waits, and says so, when the journal is closed', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    failWith(machine, 'ENOSPC', 'write');
    writer.append(note('one'));
    const commit = writer.commit();
    commit.catch(() => undefined);
    await machine.clock.advance(1_000);
    expect(await lossOf(machine, writer)).toContain('the disk is full');
    await expect(commit).rejects.toThrow('the disk is full');
    expect(machine.clock.pending).toBe(0);
  });

  it('has a last chance when the journal is closed', async () => {
    const machine = createMachine();
    const writer = await create(machine);
    failWith(machine, 'ENOSPC', 'write');
    writer.append(note('one'));
    await machine.clock.advance(1_000);
    mend(machine);
    await settle(machine, writer.dispose());
    expect(await notesIn(machine)).toEqual(['one']);
  });

  it('is waited for with as much as the limit in memory, and no more', async () => {
    const line = note('0123456789');
    const probe = await create(createMachine());
    probe.append(line);
    const size = probe.bytes;
    for (const [room, isKept] of [
      [size * 3 - 1, false],
      [size * 3, true],
      [size * 3 + 1, true],
    ] as const) {
      const machine = createMachine();
      const limits = { warnBytes: 1e9, stopBytes: 1e9, bufferBytes: room, blobBytes: 1e6 };
      const writer = await create(machine, { limits });
      failWith(machine, 'EIO', 'write');
      writer.append(line);
      await machine.clock.advance(100);
      writer.append(line);
      writer.append(line);
      expect(writer.failure?.kind).toBe(isKept ? 'io' : 'buffer_full');
      mend(machine);
      await machine.clock.advance(6_000);
      expect(await notesIn(machine)).toHaveLength(isKept ? 3 : 2);
      if (!isKept) await expect(writer.commit()).rejects.toThrow('no longer saved');
    }
  });

  it('may refuse the file of a long record', async () => {
    const machine = createMachine();
    const limits = { warnBytes: 1e9, stopBytes: 1e9, bufferBytes: 1e6, blobBytes: 50 };
    const writer = await create(machine, { limits });
    machine.fs.fault = (operation, path) =>
      path.includes('/blobs') && operation === 'write' ? 'ENOSPC' : undefined;
    writer.append(note('x'.repeat(100)));
    writer.append(note('short'));
    await machine.clock.advance(1_000);
    expect(writer.failure?.kind).toBe('disk_full');
    mend(machine);
    await settle(machine, writer.commit());
    expect(await notesIn(machine)).toEqual(['x'.repeat(100), 'short']);
  });
});

describe('a power failure', () => {
  it('takes nothing that was committed, at whatever moment', async () => {
    const steps = fc.array(fc.constantFrom('append', 'commit', 'wait', 'fail', 'mend', 'reopen'), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 60 }), async (todo, mostPerWrite) => {
        const machine = createMachine();
        machine.fs.mostPerWrite = mostPerWrite;
        let writer = await create(machine);
        const appended: string[] = [];
        let certain = 0;
        for (const step of todo) {
          if (step === 'append') {
            appended.push(`record ${appended.length}`);
            writer.append(note(appended.at(-1)!));
          } else if (step === 'commit') {
            const count = appended.length;
            void writer.commit().then(
              () => {
                certain = Math.max(certain, count);
              },
              () => undefined,
            );
          } else if (step === 'wait') await machine.clock.advance(7);
          else if (step === 'fail') failWith(machine, 'EIO', 'write', 'sync');
          else if (step === 'mend') {
            mend(machine);
            await machine.clock.advance(6_000);
          } else {
            mend(machine);
            await settle(machine, writer.dispose());
            writer = (await open(machine)).writer;
          }
        }
        machine.fs.losePower();
        mend(machine);
        const found = await notesIn(machine);
        expect(found.length).toBeGreaterThanOrEqual(certain);
        expect(found).toEqual(appended.slice(0, found.length));
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
