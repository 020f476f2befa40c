import { describe, expect, it } from 'vitest';
import { isUserError } from '../../../../src/core/base/errors.ts';
import type { JournalRecord } from '../../../../src/core/journal/record/journalRecord.ts';
import { encodeLine } from '../../../../src/core/journal/record/recordLine.ts';
import { archiveOf } from '../../../support/journal/archivedRuns.ts';
import { encodedLine } from '../../../support/journal/encodedLine.ts';
import { plannedRun, startRecord, wholeRun } from '../../../support/journal/journalRecords.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  folder,
  journalPath,
  lockPath,
  root,
  runId,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

const otherId = '01KAF1XYZ0ABCDEFGHJKMNPQRT';

const pathLike = [
  '',
  '.',
  '..',
  '../x',
  '../../../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows\\x',
  '\\\\server\\share',
  '//server/share',
  'CON',
  'NUL',
  'com1.txt',
  'a/b',
  'a\\b',
  'run\0id',
  `${runId}/..`,
  `${runId}/../${otherId}`,
  `${runId}.deleted`,
  `${runId} `,
  ` ${runId}`,
  `${runId}\n`,
  runId.toLowerCase(),
  `%2e%2e%2f${runId.slice(0, 17)}`,
  '01KAF1XYZ0ABCDEFGHJKMNPQ／',
  '__proto__',
  'x'.repeat(5_000),
];

describe('an id that is a path', () => {
  it.each(pathLike)('reaches no file: %j', async (id) => {
    const machine = createMachine();
    const archive = archiveOf(machine);
    const refused = { message: expect.stringContaining('is not the id of a run') };
    await expect(archive.read(id)).rejects.toMatchObject(refused);
    await expect(archive.reopen(id)).rejects.toMatchObject(refused);
    await expect(archive.delete(id)).rejects.toMatchObject(refused);
    await expect(archive.record(id, {})).rejects.toMatchObject(refused);
    expect(machine.fs.operations).toEqual([]);
  });

  it('is no run of the list, whatever stands in its folder', async () => {
    const machine = createMachine();
    const names = pathLike.filter((id) => id !== '' && !/[/\0]/.test(id));
    machine.fs.folders.add(root);
    for (const id of names) {
      machine.fs.put(`${root}/${id}/journal.jsonl`, textOf());
      machine.fs.folders.add(`${root}/${id}`);
    }
    expect(await archiveOf(machine).list()).toEqual([]);
  });
});

/** The lines of a whole run, as they are on the disk. */
function textOf(records = wholeRun(2, 2)): string {
  return records.map((record, index) => lineOf(record, index + 1)).join('');
}

function lineOf(record: JournalRecord, seq: number): string {
  const at = '2026-11-20T12:00:00.000Z';
  const options = { seq, at, redact: (text: string) => text, blobBytes: 1e9 };
  return encodedLine(record, options).line.toString();
}

/** What an attacker would put where there is a text, a number or a name; checksums hold afterwards. */
const poison: readonly unknown[] = [
  '../../../etc/passwd',
  'CON',
  { sha256: '../../x', bytes: 3 },
  { sha256: 'a'.repeat(64), bytes: 1e15 },
  -1,
  1e308,
  null,
  [],
  {},
  '',
  'x'.repeat(2_000),
  '\u0000\u202e',
  true,
];

/** Replaces one value somewhere inside of a value. */
function poisoned(value: unknown, random: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick(poison);
  const keys = Object.keys(value);
  if (keys.length === 0) return pick(poison);
  const key = pick(keys);
  if (random() < 0.1) return { ...value, odd: pick(poison) };
  const inner = poisoned((value as Record<string, unknown>)[key], random);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}

const records = plannedRun(2, 1);
const lines = records.map((record, index) => lineOf(record, index + 1));

/** A journal that was tampered with by someone who knows how its checksums are made. */
function tampered(random: () => number): string {
  const text = [...lines];
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time++) {
    const index = Math.floor(random() * records.length);
    const { kind, ...fields } = records[index]!;
    const record = { kind, ...(poisoned(fields, random) as object) } as JournalRecord;
    text[index] = lineOf(record, index + 1);
  }
  return text.join('');
}

async function isReopened(machine: TestMachine): Promise<boolean> {
  try {
    const { recorder } = await settle(machine, archiveOf(machine).reopen(runId));
    await recorder.saving.dispose();
    return true;
  } catch (error) {
    if (!isUserError(error)) throw error;
    return false;
  }
}

function outside(machine: TestMachine): readonly string[] {
  return machine.fs.operations
    .map(({ path }) => path)
    .filter((path) => path !== root && path !== folder && !path.startsWith(`${folder}/`));
}

describe('a journal that was made up', () => {
  it('never escapes its folder, never throws, and is read, refused or gone on with: 5,000', async () => {
    const random = seededRandom(20_261_120);
    const outcomes = { read: 0, refused: 0, reopened: 0 };
    for (let round = 0; round < 5_000; round++) {
      const machine = createMachine();
      machine.fs.folders.add(root);
      machine.fs.put(journalPath, tampered(random));
      const archive = archiveOf(machine);
      const found = await archive.read(runId);
      if (found !== undefined) outcomes.read++;
      if (round % 4 === 0) outcomes[(await isReopened(machine)) ? 'reopened' : 'refused']++;
      expect(outside(machine)).toEqual([]);
      expect(machine.fs.files.has(lockPath)).toBe(false);
    }
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(50);
  }, 60_000);

  it('that belongs to another run can be looked at but not gone on with', async () => {
    const machine = createMachine();
    machine.fs.folders.add(root);
    machine.fs.put(`${root}/${otherId}/journal.jsonl`, textOf([startRecord()]));
    const archive = archiveOf(machine);
    expect((await archive.read(otherId))?.state.conversations).toHaveLength(2);
    await expect(settle(machine, archive.reopen(otherId))).rejects.toThrow(
      'This file was copied from another run: it can be looked at, but it cannot go on.',
    );
    expect(machine.fs.files.has(`${root}/${otherId}/lock`)).toBe(false);
  });

  it('of a newer version can be looked at, and says why it cannot go on', async () => {
    const machine = createMachine();
    machine.fs.folders.add(root);
    const text =
      textOf([startRecord()]) + encodeLine(2, '{"v":4,"t":"","k":"hologram"}').toString();
    machine.fs.put(journalPath, text);
    const archive = archiveOf(machine);
    const found = await archive.read(runId);
    expect(found?.state.notes).toEqual([
      expect.stringContaining('written by a newer version of Interleave'),
    ]);
    await expect(settle(machine, archive.reopen(runId))).rejects.toThrow('Update Interleave');
    expect(machine.fs.text(journalPath)).toBe(text);
  });
});
