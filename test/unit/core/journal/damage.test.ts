import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findAltered,
  readBytes,
  tryDamages,
  writtenJournal,
} from '../../../support/journal/damage.ts';
import { wholeRun } from '../../../support/journal/journalRecords.ts';
import {
  createMachine,
  journalPath,
  open,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';

const journal = writtenJournal(wholeRun(2, 1));
const { bytes, records } = journal;
const total = bytes.length;

describe('damage to a journal', () => {
  it('by cutting it off anywhere leaves a strict prefix', async () => {
    for (let length = 0; length < total; length++) {
      const reading = await readBytes(bytes.subarray(0, length));
      if (reading.kind !== 'read') throw new Error(reading.kind);
      const found = reading.records.map(({ record }) => record);
      expect(found).toEqual(records.slice(0, found.length));
      const whole =
        bytes
          .subarray(0, length + 1)
          .toString('latin1')
          .split('\n').length - 1;
      expect(found.length).toBe(whole);
    }
  }, 60_000);

  it('of one byte loses two records at most and never changes one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: total - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (index, mask) => {
          const copy = Buffer.from(bytes);
          copy[index]! ^= mask;
          const reading = await readBytes(copy);
          if (reading.kind !== 'read') throw new Error(reading.kind);
          expect(findAltered(journal, reading)).toBeUndefined();
          expect(reading.records.length).toBeGreaterThanOrEqual(records.length - 2);
        },
      ),
      { numRuns: 2000 },
    );
  }, 60_000);

  it('of any kind is never an exception and never a changed record: 5,000 times', async () => {
    const figures = await tryDamages(5_000, 20_261_120);
    expect(figures.firstFailure).toBeUndefined();
    expect(figures).toMatchObject({ failures: 0, mostLost: 2 });
  }, 60_000);

  it('does not touch what is appended after a torn end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: total }), async (length) => {
        const machine = createMachine();
        machine.fs.put(journalPath, bytes.subarray(0, length));
        const before = await read(machine);
        const { writer } = await open(machine);
        writer.append({ kind: 'note', text: 'appended' });
        await settle(machine, writer.dispose());
        const after = await read(machine);
        expect(after.records.slice(0, -1)).toEqual(before.records);
        expect(after.records.at(-1)).toMatchObject({
          seq: before.lastSeq + 1,
          record: { kind: 'note', text: 'appended' },
        });
        expect(after.sealed).toBe(true);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
