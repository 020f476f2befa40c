import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/core/journal/runs/openJournal.ts';
import { writtenJournal } from '../../../support/journal/damage.ts';
import { lineBytes } from '../../../support/journal/encodedLine.ts';
import { startRecord } from '../../../support/journal/journalRecords.ts';
import {
  create,
  createMachine,
  folder,
  journalPath,
  lockPath,
  open,
  processOf,
  root,
  runId,
  settle,
} from '../../../support/journal/testEnvironment.ts';

const journal = writtenJournal([startRecord(), { kind: 'note', text: 'one' }]).bytes;
const corruptPath = `${folder}/journal.corrupt`;

function tryOpen(machine: ReturnType<typeof createMachine>) {
  return settle(machine, openJournal(root, runId, { environment: machine }));
}

describe('opening a journal', () => {
  it('ends a line that was cut short, on the disk, before anything is written', async () => {
    const machine = createMachine();
    machine.fs.put(journalPath, journal.subarray(0, -10));
    const { reading } = await open(machine);
    expect(reading).toMatchObject({ damaged: 1, sealed: false });
    machine.fs.losePower();
    expect(machine.fs.text(journalPath)).toBe(`${journal.subarray(0, -10)}\n`);
  });

  it('changes nothing in a journal that is whole', async () => {
    const machine = createMachine();
    machine.fs.put(journalPath, journal);
    await open(machine);
    expect(machine.fs.text(journalPath)).toBe(journal.toString());
    expect(machine.fs.files.has(corruptPath)).toBe(false);
  });

  it('copies damaged bytes, the same however often it is opened, and leaves them where they are', async () => {
    const machine = createMachine();
    const bad = 'this is no record\nnor is this\n';
    const damaged = `${journal}${bad}`;
    machine.fs.put(journalPath, damaged);
    for (let time = 0; time < 2; time++) {
      const { writer } = await open(machine);
      await settle(machine, writer.dispose());
      expect(machine.fs.text(corruptPath)).toBe(bad);
      expect(machine.fs.text(journalPath)).toBe(damaged);
    }
  });

  it('is refused while another process has it', async () => {
    const machine = createMachine(100);
    await create(machine);
    const opened = tryOpen(processOf(machine, 200));
    await expect(opened).rejects.toMatchObject({ kind: 'locked', final: false });
  });

  it('is possible once the other one has closed it', async () => {
    const machine = createMachine(100);
    const writer = await create(machine);
    await settle(machine, writer.dispose());
    expect(await tryOpen(processOf(machine, 200))).toMatchObject({ reading: { bytes: 0 } });
  });

  it('sees what the other one wrote between looking and having the lock', async () => {
    const machine = createMachine();
    machine.fs.put(journalPath, journal);
    let hasWritten = false;
    machine.fs.fault = (operation, path) => {
      if (operation === 'create' && path === lockPath && !hasWritten) {
        hasWritten = true;
        const more = lineBytes(3, '{"v":1,"t":"","k":"note","text":"two"}');
        machine.fs.put(journalPath, Buffer.concat([journal, more]));
      }
      return undefined;
    };
    const { reading } = await open(machine);
    expect(reading.lastSeq).toBe(3);
  });

  it('of a newer version only reads it', async () => {
    const machine = createMachine();
    const newer = lineBytes(3, '{"v":4,"t":"","k":"hologram"}');
    machine.fs.put(journalPath, Buffer.concat([journal, newer]));
    const before = machine.fs.text(journalPath);
    await expect(tryOpen(machine)).rejects.toMatchObject({ kind: 'newer', final: true });
    expect(machine.fs.text(journalPath)).toBe(before);
    expect(machine.fs.files.has(lockPath)).toBe(false);
  });

  it('leaves a file alone that is not ours', async () => {
    const machine = createMachine();
    machine.fs.put(journalPath, 'Dear diary');
    await expect(tryOpen(machine)).rejects.toMatchObject({ kind: 'foreign' });
    expect(machine.fs.text(journalPath)).toBe('Dear diary');
    expect([...machine.fs.files.keys()]).toEqual([journalPath]);
  });

  it('makes nothing where there is nothing', async () => {
    const machine = createMachine();
    await expect(tryOpen(machine)).rejects.toMatchObject({ kind: 'missing' });
    expect(machine.fs.files.size).toBe(0);
  });

  it('frees the run again when the disk fails', async () => {
    const machine = createMachine();
    machine.fs.put(journalPath, journal.subarray(0, -10));
    machine.fs.fault = (operation, path) =>
      operation === 'sync' && path === journalPath ? 'EIO' : undefined;
    await expect(tryOpen(machine)).rejects.toMatchObject({ code: 'EIO' });
    expect(machine.fs.files.has(lockPath)).toBe(false);
    expect(machine.clock.pending).toBe(0);
  });

  it.each(['../../etc', 'x', ''])('is refused for an id that is not ours: %j', async (id) => {
    const machine = createMachine();
    await expect(openJournal(root, id, { environment: machine })).rejects.toThrow(
      'is not the id of a run',
    );
    expect(machine.fs.operations).toEqual([]);
  });
});
