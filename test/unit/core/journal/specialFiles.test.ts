import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFs } from '../../../../src/core/base/fileSystem.ts';
import type { JournalEnvironment } from '../../../../src/core/journal/environment.ts';
import { nodeEnvironment } from '../../../../src/core/journal/environment.ts';
import { JournalFailure } from '../../../../src/core/journal/journalFailure.ts';
import { JournalFold } from '../../../../src/core/journal/read/journalFold.ts';
import { readJournal } from '../../../../src/core/journal/read/readJournal.ts';
import { BlobStore, toBlob } from '../../../../src/core/journal/record/blobStore.ts';
import { runFolder } from '../../../../src/core/journal/runFolder.ts';
import { createJournal, openJournal } from '../../../../src/core/journal/runs/openJournal.ts';
import { deleteRun, listRuns, pruneRuns } from '../../../../src/core/journal/runs/runList.ts';
import { wholeRun } from '../../../support/journal/journalRecords.ts';
import { runId, writerOf } from '../../../support/journal/testEnvironment.ts';

let base: string;
let root: string;
let environment: JournalEnvironment;

/** A run on the real disk, and a folder beside it that is nobody's to write to. */
beforeEach(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'interleave-special-'));
  root = path.join(base, 'runs');
  environment = await nodeEnvironment();
  const writer = writerOf(environment, await createJournal(root, runId, environment));
  const fold = new JournalFold(runId);
  for (const record of wholeRun(2, 1)) {
    writer.append(record);
    fold.add(record);
  }
  if (fold.state !== undefined) writer.follow(fold.state);
  await writer.dispose();
  mkdirSync(path.join(base, 'outside'));
  writeFileSync(outside('precious.txt'), 'precious');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function outside(name: string): string {
  return path.join(base, 'outside', name);
}

function files() {
  return runFolder(root, runId);
}

/** Nothing outside has changed. */
function expectUntouched(names: readonly string[] = ['precious.txt']): void {
  expect(readdirSync(path.join(base, 'outside'))).toEqual(names);
  expect(readFileSync(outside('precious.txt'), 'utf8')).toBe('precious');
}

/** Whether it was opened; else the kind of failure, if it is one of the journal. */
async function reopen(): Promise<string> {
  try {
    const { files } = await openJournal(root, runId, { environment });
    await writerOf(environment, files).dispose();
    return 'opened';
  } catch (error) {
    return error instanceof JournalFailure ? error.kind : 'failed';
  }
}

/** Makes something of one kind in the place of a file. */
const specials: { readonly [kind: string]: (place: string) => void } = {
  pipe: (place) => execFileSync('mkfifo', [place]),
  device: (place) => symlinkSync('/dev/zero', place),
  link: (place) => symlinkSync(outside('precious.txt'), place),
  'dangling link': (place) => symlinkSync(outside('new.txt'), place),
  folder: (place) => mkdirSync(place),
  'huge hole': (place) => {
    writeFileSync(place, '');
    truncateSync(place, 2 ** 40);
  },
};

describe.each(Object.keys(specials))('a %s', (kind) => {
  const put = (place: string): void => {
    rmSync(place, { recursive: true, force: true });
    specials[kind]?.(place);
  };

  test('as the journal is read by nobody and gone on with by nobody', async () => {
    rmSync(files().summary, { force: true });
    put(files().journal);
    expect((await readJournal(root, runId)).kind).toBe('unavailable');
    expect(await listRuns(root, environment)).toMatchObject([{ id: runId, state: 'unreadable' }]);
    expect(await reopen()).toBe('unavailable');
    expect(existsSync(files().lock)).toBe(false);
    expectUntouched();
  });

  test('as the summary is passed over', async () => {
    put(files().summary);
    expect(await listRuns(root, environment)).toMatchObject([{ id: runId, state: 'finished' }]);
    expectUntouched();
  });

  test('as the lock neither hangs nor is written through', async () => {
    put(files().lock);
    expect(['failed', 'locked']).toContain(await reopen());
    expect(await listRuns(root, environment)).toHaveLength(1);
    await expect(deleteRun(root, runId, environment)).rejects.toThrow();
    expectUntouched();
  });

  test('as the copy of damaged bytes is replaced, not followed', async () => {
    const text = readFileSync(files().journal, 'utf8');
    writeFileSync(files().journal, `${text}damaged\n`);
    put(files().corrupt);
    expect(await reopen()).toBe(kind === 'folder' ? 'failed' : 'opened');
    expectUntouched();
    if (kind !== 'folder') expect(readFileSync(files().corrupt, 'utf8')).toBe('damaged\n');
  });

  test('as the content of a long record is not taken for it', async () => {
    const blob = toBlob(Buffer.from('x'.repeat(1_000)));
    mkdirSync(files().blobs);
    put(path.join(files().blobs, blob.ref.sha256));
    const store = new BlobStore(nodeFs, files().blobs);
    expect(await store.find(blob.ref)).toBe(false);
    expect(await store.read(blob.ref)).toBeUndefined();
    expect(store.has(blob.ref)).toBe(false);
    if (kind === 'folder') return;
    await store.write([blob]);
    expect(await store.read(blob.ref)).toEqual(blob.content);
    expectUntouched();
  });
});

test('a second name of a file outside is not written to either', async () => {
  const text = readFileSync(files().journal, 'utf8');
  writeFileSync(files().journal, `${text}damaged\n`);
  linkSync(outside('precious.txt'), files().corrupt);
  expect(await reopen()).toBe('opened');
  expectUntouched();
});

describe('a run whose folder is a link', () => {
  beforeEach(() => {
    renameSync(files().path, outside('run'));
    symlinkSync(outside('run'), files().path);
  });

  const names = ['precious.txt', 'run'];

  test('is listed as unreadable, and neither read nor gone on with', async () => {
    expect(await listRuns(root, environment)).toMatchObject([{ id: runId, state: 'unreadable' }]);
    expect(await readJournal(root, runId)).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('is in a folder that is a link'),
    });
    expect(await reopen()).toBe('unavailable');
    expect(existsSync(path.join(outside('run'), 'lock'))).toBe(false);
    expectUntouched(names);
  });

  test.each(['deleted', 'pruned'])('is %s as a link: what it leads to stays', async (how) => {
    if (how === 'deleted') {
      await deleteRun(root, runId, environment);
    } else {
      await pruneRuns(root, 0, environment);
    }
    expect(readdirSync(root)).toEqual([]);
    expect(readdirSync(outside('run')).sort()).toEqual(['journal.jsonl', 'summary.json']);
    expectUntouched(names);
  });
});

test('a folder of long records that is a link is neither read nor written', async () => {
  const blob = toBlob(Buffer.from('long'));
  writeFileSync(outside(blob.ref.sha256), 'long');
  symlinkSync(path.join(base, 'outside'), files().blobs);
  const store = new BlobStore(nodeFs, files().blobs);
  expect(await store.read(blob.ref)).toBeUndefined();
  const other = toBlob(Buffer.from('other'));
  await expect(store.write([other])).rejects.toThrow('link');
  expect(existsSync(outside(other.ref.sha256))).toBe(false);
});

test('a journal with a hole behind its records is refused, however long the hole', async () => {
  rmSync(files().summary);
  truncateSync(files().journal, 2 ** 40);
  expect(await readJournal(root, runId)).toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('has a line of more than 64 MB'),
  });
});
