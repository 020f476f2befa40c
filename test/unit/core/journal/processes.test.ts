import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFs } from '../../../../src/core/base/fileSystem.ts';
import { createUlid } from '../../../../src/core/base/ulid.ts';
import { nodeEnvironment } from '../../../../src/core/journal/environment.ts';
import { defaultJournalLimits } from '../../../../src/core/journal/journalLimits.ts';
import { readJournal } from '../../../../src/core/journal/read/readJournal.ts';
import { createJournal, openJournal } from '../../../../src/core/journal/runs/openJournal.ts';
import { deleteRun, listRuns } from '../../../../src/core/journal/runs/runList.ts';
import { bundleProgram, crash, crashRuns } from '../../../support/journal/crashHarness.ts';
import { wholeRun } from '../../../support/journal/journalRecords.ts';
import { writerOf } from '../../../support/journal/testEnvironment.ts';

const kills = process.env.CI === undefined ? 20 : 100;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interleave-journal-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('a process that is killed while it writes a journal', () => {
  it(`loses nothing that was certain, and no effect it began: ${kills} times`, async () => {
    const figures = await crash(kills, Date.now());
    expect(figures).toMatchObject({ kills, lost: 0, forgotten: 0, problems: [] });
    expect(figures.acknowledged).toBeGreaterThan(0);
    expect(figures.effects).toBeGreaterThan(0);
  }, 300_000);
});

describe('a process that is killed right after it has shown a finished turn', () => {
  it('has kept it, without anyone having waited for that', async () => {
    const figures = await crashRuns(kills / 2, Date.now());
    expect(figures).toMatchObject({ lost: 0, problems: [] });
    // None was killed before it had shown one.
    expect(figures.told).toBeGreaterThanOrEqual(figures.kills);
  }, 300_000);
});

async function createdWriter(folder: string, id: string, limits = defaultJournalLimits) {
  const environment = await nodeEnvironment();
  return writerOf(environment, await createJournal(folder, id, environment), { limits });
}

describe('several processes', () => {
  it('that want one journal at the same time do not get it together', async () => {
    const id = createUlid();
    const writer = await createdWriter(root, id);
    await writer.dispose();
    const script = await bundleProgram('lockContender.ts', root);
    const contend = promisify(execFile);
    const outputs = await Promise.all(
      Array.from({ length: 4 }, () => contend(process.execPath, [script, root, id, '5'])),
    );
    const times = outputs.flatMap(({ stdout }) => stdout.trim().split('\n').map(Number));
    expect(times).toEqual([5, 5, 5, 5]);
    const reading = await readJournal(root, id);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    expect(reading.records.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    expect(reading).toMatchObject({ damaged: 0, missing: 0 });
  }, 60_000);
});

describe('a journal on a real disk', () => {
  it('is for its owner only', async () => {
    const id = createUlid();
    const runs = join(root, 'deep', 'runs');
    const limits = { warnBytes: 1e9, stopBytes: 1e9, bufferBytes: 1e9, blobBytes: 100 };
    const writer = await createdWriter(runs, id, limits);
    for (const record of wholeRun(1, 1)) writer.append(record);
    await writer.commit();
    const modes = new Map<string, string>();
    for (const name of await readdir(join(runs, id), { recursive: true })) {
      const { mode } = await stat(join(runs, id, name));
      modes.set(name.length > 60 ? 'blob' : name, (mode & 0o777).toString(8));
    }
    expect(Object.fromEntries(modes)).toEqual({
      'journal.jsonl': '600',
      lock: '600',
      blobs: '700',
      blob: '600',
    });
    expect(((await stat(join(runs, id))).mode & 0o777).toString(8)).toBe('700');
    await writer.dispose();
  });

  it('is written, listed, gone on with and deleted', async () => {
    const id = createUlid();
    const environment = await nodeEnvironment();
    const writer = await createdWriter(root, id);
    const records = wholeRun(2, 2);
    for (const record of records.slice(0, 10)) writer.append(record);
    await writer.dispose();
    const { files } = await openJournal(root, id, { environment });
    const next = writerOf(environment, files);
    for (const record of records.slice(10)) next.append(record);
    await next.dispose();
    const reading = await readJournal(root, id);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    expect(reading.records.map(({ record }) => record)).toEqual(records);
    expect(await listRuns(root, environment)).toMatchObject([{ id, state: 'finished', total: 2 }]);
    await deleteRun(root, id, environment);
    expect(await readdir(root)).toEqual([]);
  });

  it('is read in pieces, whatever their borders cut through', async () => {
    const id = createUlid();
    const writer = await createdWriter(root, id);
    const texts = Array.from({ length: 40 }, (_, index) => 'é'.repeat(40_000 + index * 1_771));
    for (const text of texts) writer.append({ kind: 'note', text });
    await writer.dispose();
    const reading = await readJournal(root, id);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    expect(reading.bytes).toBeGreaterThan(3 * 1024 * 1024);
    expect(
      reading.records.map(({ record }) => (record.kind === 'note' ? record.text : '')),
    ).toEqual(texts);
  });

  it.skipIf(process.platform === 'win32')(
    'that may not grow keeps what is certain and says that the disk is full',
    async () => {
      const script = await bundleProgram('fullDisk.ts', root);
      const id = createUlid();
      // The shell's unit is 512 or 1,024 bytes: either way the journal hits the limit.
      const command = `ulimit -f 100; exec "${process.execPath}" "${script}" "${root}" ${id}`;
      const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await new Promise((resolve) => child.on('close', resolve));
      const { committed, failure } = JSON.parse(output) as { committed: number; failure: string };
      expect(failure).toBe('disk_full');
      expect(committed).toBeGreaterThan(10);
      const reading = await readJournal(root, id);
      if (reading.kind !== 'read') throw new Error(reading.kind);
      expect(reading.records.length).toBeGreaterThanOrEqual(committed);
    },
    30_000,
  );

  it('whose folder is a file cannot be made, and that is no exception', async () => {
    const path = join(root, 'file');
    await writeFile(path, '');
    await expect(createJournal(path, createUlid(), await nodeEnvironment())).rejects.toThrow();
    expect(await nodeFs.list(root)).toEqual(['file']);
  });
});
