import { isDeepStrictEqual } from 'node:util';
import type { JournalReading } from '../../../src/core/journal/read/readJournal.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import { seededRandom } from '../seededRandom.ts';
import { encodedLine } from './encodedLine.ts';
import { plannedRun, wholeRun } from './journalRecords.ts';
import { MemoryFs } from './memoryFs.ts';
import { folder, journalPath, root, runId } from './testEnvironment.ts';

/** A journal as it was written, before anything happened to it. */
export interface WrittenJournal {
  readonly records: readonly JournalRecord[];
  readonly bytes: Buffer;
  /** Files of long records, by path. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

const at = '2026-11-20T12:00:00.000Z';

/** Writes records as a writer does; those with more than `blobBytes` get files of their own. */
export function writtenJournal(
  records: readonly JournalRecord[],
  blobBytes = Number.POSITIVE_INFINITY,
): WrittenJournal {
  const blobs = new Map<string, Buffer>();
  const lines = records.map((record, index) => {
    const redact = (text: string): string => text;
    const { line, blob } = encodedLine(record, { seq: index + 1, at, redact, blobBytes });
    if (blob !== undefined) blobs.set(`${folder}/blobs/${blob.ref.sha256}`, blob.content);
    return line;
  });
  return { records, bytes: Buffer.concat(lines), blobs };
}

/** Reads a journal with these bytes in it. */
export async function readBytes(bytes: Buffer, blobs: WrittenJournal['blobs'] = new Map()) {
  const fs = new MemoryFs();
  fs.put(journalPath, bytes);
  for (const [path, content] of blobs) fs.put(path, content);
  return readJournal(root, runId, fs);
}

/** Every accepted record must be one that was written, under the number it was written with. */
export function findAltered(journal: WrittenJournal, reading: JournalReading): string | undefined {
  for (const { seq, at: time, record } of reading.records) {
    const original = journal.records[seq - 1];
    if (time !== at || !isDeepStrictEqual(record, original)) {
      return `record ${seq} is ${JSON.stringify(record)} instead of ${JSON.stringify(original)}`;
    }
  }
  return undefined;
}

/** Something that can happen to a file, and how many records it may cost. */
interface Damage {
  readonly name: string;
  readonly mostLost: number;
  readonly apply: (bytes: Buffer, below: (limit: number) => number) => Buffer;
}

const any = Number.POSITIVE_INFINITY;

const damages: readonly Damage[] = [
  {
    name: 'flipped byte',
    mostLost: 2,
    apply: (bytes, below) => {
      const copy = Buffer.from(bytes);
      const index = below(copy.length);
      copy[index] = (copy[index] ?? 0) ^ (1 + below(255));
      return copy;
    },
  },
  {
    name: 'cut off',
    mostLost: any,
    apply: (bytes, below) => bytes.subarray(0, below(bytes.length)),
  },
  {
    name: 'cut off and padded with NULs',
    mostLost: any,
    apply: (bytes, below) =>
      Buffer.concat([bytes.subarray(0, below(bytes.length)), Buffer.alloc(below(600))]),
  },
  {
    name: 'NUL block of its own',
    mostLost: 0,
    apply: (bytes, below) => {
      const start = bytes.indexOf('\n', below(bytes.length)) + 1;
      return splice(
        bytes,
        start,
        start,
        Buffer.concat([Buffer.alloc(1 + below(600)), Buffer.from('\n')]),
      );
    },
  },
  {
    name: 'overwritten with NULs',
    mostLost: any,
    apply: (bytes, below) => {
      const start = below(bytes.length);
      return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + 1 + below(600)));
    },
  },
  {
    name: 'line end lost',
    mostLost: 2,
    apply: (bytes, below) => {
      const index = bytes.indexOf('\n', below(bytes.length));
      return splice(bytes, index, index + 1, Buffer.alloc(0));
    },
  },
  {
    name: 'bytes removed',
    mostLost: any,
    apply: (bytes, below) => {
      const start = below(bytes.length);
      return splice(bytes, start, start + 1 + below(800), Buffer.alloc(0));
    },
  },
  {
    name: 'part repeated',
    mostLost: 2,
    apply: (bytes, below) => {
      const start = below(bytes.length);
      const part = bytes.subarray(start, start + 1 + below(800));
      const place = below(bytes.length);
      return splice(bytes, place, place, part);
    },
  },
  {
    name: 'garbage put in',
    mostLost: 2,
    apply: (bytes, below) => {
      const place = below(bytes.length);
      const garbage = Buffer.from(Array.from({ length: 1 + below(300) }, () => below(256)));
      return splice(bytes, place, place, garbage);
    },
  },
];

function splice(bytes: Buffer, start: number, end: number, middle: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(end)]);
}

/** What came out of many damages. */
export interface DamageFigures {
  readonly cases: number;
  /** Readings that threw, altered a record or lost more than they may; the first of them in words. */
  readonly failures: number;
  readonly firstFailure: string | undefined;
  /** Most records that one damage cost where a bound is promised. */
  readonly mostLost: number;
}

/** Damages journals at random, reads them and checks what is promised. */
export async function tryDamages(cases: number, seed: number): Promise<DamageFigures> {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const journals = [
    writtenJournal(wholeRun(3, 2)),
    writtenJournal(wholeRun(2, 3), 150),
    writtenJournal(wholeRun(1, 1)),
    writtenJournal(plannedRun(3, 2)),
    writtenJournal(plannedRun(2, 2), 150),
  ];
  let failures = 0;
  let firstFailure: string | undefined;
  let mostLost = 0;
  for (let number = 0; number < cases; number++) {
    const journal = journals[below(journals.length)]!;
    const damage = damages[below(damages.length)]!;
    const { problem, lost } = await tryDamage(journal, damage, below);
    if (Number.isFinite(damage.mostLost)) mostLost = Math.max(mostLost, lost);
    if (problem === undefined) continue;
    failures++;
    firstFailure ??= `case ${number} of seed ${seed}, ${damage.name}: ${problem}`;
  }
  return { cases, failures, firstFailure, mostLost };
}

async function tryDamage(
  journal: WrittenJournal,
  damage: Damage,
  below: (limit: number) => number,
): Promise<{ readonly problem: string | undefined; readonly lost: number }> {
  try {
    const reading = await readBytes(damage.apply(journal.bytes, below), journal.blobs);
    if (reading.kind !== 'read') {
      const isGone = reading.kind === 'foreign' && damage.mostLost === any;
      return { problem: isGone ? undefined : `it is ${reading.kind}`, lost: 0 };
    }
    const found = new Set(reading.records.map(({ seq }) => seq));
    const lost = journal.records.length - found.size;
    const altered = findAltered(journal, reading);
    const tooMany = lost > damage.mostLost ? `${lost} records are lost` : undefined;
    return { problem: altered ?? tooMany, lost };
  } catch (error) {
    return { problem: `it threw ${String(error)}`, lost: 0 };
  }
}
