import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createUlid } from '../../../src/core/base/ulid.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import { seededRandom } from '../seededRandom.ts';
import { openIntents } from './journalRecords.ts';

/** What came out of killing a writer again and again. */
export interface CrashFigures {
  readonly kills: number;
  readonly seed: number;
  /** Records that were certain to be on the disk, and how many of them are not there. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly effects: number;
  /** Effects that were begun and of which the journal says nothing: they would be repeated. */
  readonly forgotten: number;
  /** Effects of which the journal says that their outcome is unknown. */
  readonly uncertain: number;
  readonly problems: readonly string[];
}

/** After so many kills of one run a new one is begun, so that journals stay short. */
const killsPerRun = 10;
/** The writer works this long at most, in ms, before it is killed. */
const longestLifeMs = 60;
/** The same for one that is killed before it has said anything. */
const longestStartMs = 300;

/** A writer that says nothing for so long, in ms, hangs. */
const longestSilenceMs = 60_000;

/** Kills a process that writes a journal, at random instants, and checks what it leaves behind. */
export async function crash(kills: number, seed: number): Promise<CrashFigures> {
  const root = await mkdtemp(join(tmpdir(), 'interleave-crash-'));
  const random = seededRandom(seed);
  const totals = { acknowledged: 0, lost: 0, effects: 0, forgotten: 0, uncertain: 0 };
  const problems: string[] = [];
  try {
    const script = await bundleProgram('crashWriter.ts', root);
    let run = newRun();
    for (let kill = 0; kill < kills; kill++) {
      if (kill % killsPerRun === 0) run = newRun();
      // Some are killed while they open the journal.
      const from = random() < 0.25 ? 'start' : 'first word';
      const lifeMs = random() * (from === 'start' ? longestStartMs : longestLifeMs);
      const output = await runUntilKilled([script, root, run.id], lifeMs, from);
      collect(output, run);
      await verify(root, run, totals, problems);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return { kills, seed, ...totals, problems };
}

/** What came out of killing processes that show people the turns of a run. */
export interface ToldFigures {
  readonly kills: number;
  readonly seed: number;
  /** Finished turns that were shown, and how many of them the journal does not have. */
  readonly told: number;
  readonly lost: number;
  readonly problems: readonly string[];
}

/** Kills a process at a run right after it has shown something, and looks whether that is kept. */
export async function crashRuns(kills: number, seed: number): Promise<ToldFigures> {
  const root = await mkdtemp(join(tmpdir(), 'interleave-told-'));
  const random = seededRandom(seed);
  const figures = { told: 0, lost: 0 };
  const problems: string[] = [];
  try {
    const script = await bundleProgram('crashRun.ts', root);
    let id = createUlid();
    let told = new Set<number>();
    for (let kill = 0; kill < kills; kill++) {
      if (kill % killsPerRun === 0) {
        id = createUlid();
        told = new Set();
      }
      const lifeMs = random() * longestLifeMs;
      const output = await runUntilKilled([script, root, id], lifeMs, 'first word');
      const before = told.size;
      for (const [, seq] of output.matchAll(/^told (\d+)\n/gm)) told.add(Number(seq));
      figures.told += told.size - before;
      const reading = await readJournal(root, id);
      if (reading.kind !== 'read') throw new Error(`The journal is ${reading.kind}.`);
      const kept = new Set(
        reading.records.map(({ record }) => ('event' in record ? record.event.seq : 0)),
      );
      figures.lost += [...told].filter((seq) => !kept.has(seq)).length;
      if (reading.incomplete.size > 0) problems.push('a history has a gap');
      if (reading.missing > 0) problems.push(`${reading.missing} records are missing`);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return { kills, seed, ...figures, problems };
}

interface CrashedRun {
  readonly id: string;
  readonly records: Set<number>;
  readonly effects: Set<string>;
  /** What the totals hold of this run already. */
  counted: { records: number; effects: number; uncertain: number };
}

function newRun(): CrashedRun {
  const counted = { records: 0, effects: 0, uncertain: 0 };
  return { id: createUlid(), records: new Set(), effects: new Set(), counted };
}

/** Bundles a program of this folder: one file starts several times faster than many. */
export async function bundleProgram(name: string, folder: string): Promise<string> {
  const outfile = join(folder, name.replace('.ts', '.mjs'));
  const entryPoints = [join(import.meta.dirname, name)];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
  return outfile;
}

/** Kills the writer that long after its start or its first word; resolves with what it said. */
function runUntilKilled(
  args: readonly string[],
  lifeMs: number,
  from: 'start' | 'first word',
): Promise<string> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  let wasKilled = false;
  const kill = (): void => {
    setTimeout(() => {
      wasKilled = child.kill('SIGKILL');
    }, lifeMs);
  };
  const silence = setTimeout(() => {
    errors += `It said nothing for ${longestSilenceMs / 1000} s.`;
    child.kill('SIGTERM');
  }, longestSilenceMs);
  if (from === 'start') kill();
  else child.stdout.once('data', kill);
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(silence);
      if (wasKilled && signal === 'SIGKILL') resolve(output);
      else reject(new Error(endOf({ code, signal, output, errors })));
    });
  });
}

/** Why a writer ended that nobody had killed. */
function endOf({
  code,
  signal,
  output,
  errors,
}: {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}): string {
  const how =
    signal === null ? `with code ${code}` : `by ${signal}, which was not sent by the harness`;
  const said = output.trimEnd().split('\n').at(-1) ?? '';
  return `A writer ended ${how}. The last it said was "${said}"; its errors: ${errors || 'none'}`;
}

/** A last line that is cut short says nothing. */
function collect(output: string, run: CrashedRun): void {
  for (const line of output.split('\n').slice(0, -1)) {
    const [word, value = ''] = line.split(' ');
    if (word === 'record') run.records.add(Number(value));
    if (word === 'effect') run.effects.add(value);
  }
}

async function verify(
  root: string,
  run: CrashedRun,
  totals: Omit<{ -readonly [K in keyof CrashFigures]: number }, 'kills' | 'seed' | 'problems'>,
  problems: string[],
): Promise<void> {
  const reading = await readJournal(root, run.id);
  if (reading.kind !== 'read') {
    if (run.records.size > 0) problems.push(`the journal is ${reading.kind}`);
    return;
  }
  const present = new Set(reading.records.map(({ seq }) => seq));
  const lost = [...run.records].filter((seq) => !present.has(seq)).length;
  const begun = new Set<string>();
  const ended = new Set<string>();
  for (const { record } of reading.records) {
    if (record.kind === 'intent') begun.add(record.idempotencyKey);
    if (record.kind === 'outcome') ended.add(record.idempotencyKey);
  }
  const open = new Set(openIntents(reading.records).map(({ idempotencyKey }) => idempotencyKey));
  for (const key of begun) {
    if (ended.has(key) === open.has(key)) problems.push(`the intent ${key} is reported wrongly`);
  }
  if (reading.state === undefined && run.records.size > 0)
    problems.push('the first record is gone');
  if (reading.damaged > killsPerRun) problems.push(`${reading.damaged} records are damaged`);
  totals.acknowledged += run.records.size - run.counted.records;
  totals.effects += run.effects.size - run.counted.effects;
  totals.uncertain += open.size - run.counted.uncertain;
  totals.lost += lost;
  totals.forgotten += [...run.effects].filter((key) => !begun.has(key)).length;
  run.counted = { records: run.records.size, effects: run.effects.size, uncertain: open.size };
}
