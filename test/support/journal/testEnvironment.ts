import type { JournalEnvironment } from '../../../src/core/journal/environment.ts';
import type { JournalFailure } from '../../../src/core/journal/journalFailure.ts';
import type { JournalLimits } from '../../../src/core/journal/journalLimits.ts';
import { defaultJournalLimits } from '../../../src/core/journal/journalLimits.ts';
import type { JournalReading } from '../../../src/core/journal/read/readJournal.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import { createJournal, openJournal } from '../../../src/core/journal/runs/openJournal.ts';
import type { JournalFiles } from '../../../src/core/journal/write/journalFiles.ts';
import { JournalWriter } from '../../../src/core/journal/write/journalWriter.ts';
import { ManualClock } from '../manualClock.ts';
import { MemoryFs } from './memoryFs.ts';

/** Where a machine in memory keeps its runs, and the files of one of them. */
export const root = '/journals';
export const runId = '01KAF1XYZ0ABCDEFGHJKMNPQRS';
export const folder = `${root}/${runId}`;
export const journalPath = `${folder}/journal.jsonl`;
export const lockPath = `${folder}/lock`;

/** A machine in memory: disk, clocks and processes. */
export interface TestMachine extends JournalEnvironment {
  readonly fs: MemoryFs;
  readonly clock: ManualClock;
  readonly alive: Set<number>;
}

/** `pid` is the process that the environment belongs to; the others share disk and clock with it. */
export function createMachine(pid = 100): TestMachine {
  const clock = new ManualClock();
  const fs = new MemoryFs();
  const startMs = Date.UTC(2026, 10, 20, 12);
  const wallTime = (): number => startMs + clock.now();
  fs.wallTime = wallTime;
  return processOf({ fs, clock, wallTime, alive: new Set() }, pid);
}

/** The same machine as another process sees it. */
export function processOf(
  machine: Pick<TestMachine, 'fs' | 'clock' | 'wallTime' | 'alive'>,
  pid: number,
): TestMachine {
  const { fs, clock, wallTime, alive } = machine;
  alive.add(pid);
  return {
    fs,
    clock,
    wallTime,
    alive,
    identity: { pid, hostName: 'machine', boot: 'boot-1', pidSpace: 'pid:[1]' },
    isAlive: (other) => alive.has(other),
  };
}

/** How a test writes a journal. */
export interface WriteOptions {
  readonly limits?: JournalLimits;
  readonly path?: string;
}

/** Writes the journal that is open; it is not opened again. */
export function writerOf(
  environment: JournalEnvironment,
  files: JournalFiles,
  { limits = defaultJournalLimits, path = folder }: WriteOptions = {},
): JournalWriter {
  const open = () => Promise.reject(new Error('It is not opened again.'));
  return new JournalWriter({ path, environment, redact: (text) => text, limits, files, open });
}

/** Hears each failure that a writer tells of, once. */
export function failuresOf(writer: JournalWriter): readonly JournalFailure[] {
  const failures: JournalFailure[] = [];
  let before: JournalFailure | undefined;
  writer.onDidChange(() => {
    const { failure } = writer;
    if (failure !== undefined && failure !== before) failures.push(failure);
    before = failure;
  });
  return failures;
}

/** Closes a journal. Resolves with the reason when something was lost. */
export async function lossOf(machine: TestMachine, writer: JournalWriter): Promise<string> {
  await settle(machine, writer.dispose());
  return writer.hasLost ? (writer.failure?.message ?? '') : 'Nothing was lost.';
}

/** A new journal; the test fails when there is none. */
export async function create(machine: TestMachine, options: WriteOptions = {}) {
  return writerOf(machine, await createJournal(root, runId, machine), options);
}

/** The journal, to go on with; the test fails when it cannot be. */
export async function open(machine: TestMachine, options: WriteOptions = {}) {
  const opening = openJournal(root, runId, { environment: machine });
  const { files, reading } = await settle(machine, opening);
  return { reading, writer: writerOf(machine, files, options) };
}

/** What is in the journal; the test fails when it cannot be read. */
export async function read(machine: TestMachine): Promise<JournalReading> {
  const result = await readJournal(root, runId, machine.fs);
  if (result.kind !== 'read') throw new Error(`It was not read: ${result.kind}`);
  return result;
}

/** Moves the clock on, in small steps, until a promise settles. Time stands still while work is done. */
export async function settle<T>(machine: TestMachine, promise: Promise<T>): Promise<T> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  for (let steps = 0; steps < 20_000; steps++) {
    for (let round = 0; !settled && round < 100; round++) await Promise.resolve();
    if (settled) return promise;
    await machine.clock.advance(5);
  }
  throw new Error('It never settled.');
}
