import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFileAccess } from '../../../../src/core/base/fileAccess.ts';
import { readBeginning, readRegularFile } from '../../../../src/core/base/readRegularFile.ts';
import type { FileProblem } from '../../../../src/core/base/unusableFile.ts';
import { UnusableFileError } from '../../../../src/core/base/unusableFile.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'interleave-read-'));
  mkdirSync(path.join(base, 'in/sub'), { recursive: true });
  writeFileSync(at('in/a.txt'), 'inside');
  writeFileSync(at('out.txt'), 'outside');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function at(name: string): string {
  return path.join(base, name);
}

async function refusalOf(reading: Promise<unknown>): Promise<FileProblem | undefined> {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UnusableFileError))
    throw new Error('It was not refused.', { cause: error });
  return error.problem;
}

test('reads a file of exactly the max size', async () => {
  expect((await readRegularFile(at('in/a.txt'), { maxBytes: 6 })).toString()).toBe('inside');
  expect(await refusalOf(readRegularFile(at('in/a.txt'), { maxBytes: 5 }))).toBe('too large');
});

test('reads an empty file', async () => {
  writeFileSync(at('empty'), '');
  expect(await readRegularFile(at('empty'), { maxBytes: 5 })).toHaveLength(0);
});

test('takes no more memory than it may read, and reads a file that is longer than it said', async () => {
  const content = Buffer.from('0123456789');
  let most = 0;
  const read = async (buffer: Buffer, offset: number, length: number, position: number) => {
    most = Math.max(most, buffer.length);
    return { bytesRead: content.copy(buffer, offset, position, position + length) };
  };
  const handle = { read } as unknown as Parameters<typeof readBeginning>[0];
  expect((await readBeginning(handle, 1_000_000, 4)).toString()).toBe('01234');
  expect(most).toBe(5);
  expect((await readBeginning(handle, 2, 100)).toString()).toBe('0123456789');
});

const hasDescriptors = nodeFileAccess.descriptors !== undefined;
test.runIf(hasDescriptors)('goes by the open file, wherever its path leads meanwhile', async () => {
  const realpath = async (file: string) => (file === at('out.txt') ? at('in/a.txt') : file);
  const reading = readRegularFile(
    at('out.txt'),
    { maxBytes: 100, within: at('in') },
    { ...nodeFileAccess, realpath },
  );
  expect(await refusalOf(reading)).toBe('outside');
});

test('goes by the path where open files have none', async () => {
  const access = { ...nodeFileAccess, descriptors: undefined };
  const read = (name: string) =>
    readRegularFile(at(name), { maxBytes: 100, within: at('in') }, access);
  expect((await read('in/a.txt')).toString()).toBe('inside');
  expect(await refusalOf(read('out.txt'))).toBe('outside');
});

test('checks the size before reading', async () => {
  writeFileSync(at('huge.md'), '');
  truncateSync(at('huge.md'), 1_900_000_000);
  const before = process.memoryUsage().rss;
  await expect(readRegularFile(at('huge.md'), { maxBytes: 1_000_000 })).rejects.toThrow(
    'has 1,900,000,000 bytes; the limit is 1,000,000 (1 MB)',
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
});

test('never waits for a pipe and opens no device or socket', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync(at('pipe'), at('to-pipe'));
  symlinkSync('/dev/zero', at('to-device'));
  const server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  for (const name of ['pipe', 'to-pipe', 'to-device', 'socket']) {
    expect(await refusalOf(readRegularFile(at(name), { maxBytes: 10 })), name).toBe('special');
  }
  server.close();
  expect(await refusalOf(readRegularFile(at('in'), { maxBytes: 10 }))).toBe('folder');
});

test('follows links within the required folder only', async () => {
  symlinkSync('../a.txt', at('in/sub/ok.txt'));
  symlinkSync('../../out.txt', at('in/sub/leak.txt'));
  symlinkSync(at('in'), at('alias'));
  const read = (name: string) =>
    readRegularFile(at(name), { maxBytes: 100, within: at(name.split('/')[0] ?? '') });
  expect((await read('in/sub/ok.txt')).toString()).toBe('inside');
  expect((await read('alias/a.txt')).toString()).toBe('inside');
  expect(await refusalOf(read('in/sub/leak.txt'))).toBe('outside');
  expect(await refusalOf(read('alias/sub/leak.txt'))).toBe('outside');
  const named = await readRegularFile(at('in/sub/leak.txt'), { maxBytes: 100 });
  expect(named.toString()).toBe('outside');
});

test('follows no links where they are forbidden', async () => {
  symlinkSync('a.txt', at('in/link.txt'));
  const options = { maxBytes: 100, links: 'refuse' } as const;
  expect(await refusalOf(readRegularFile(at('in/link.txt'), options))).toBe('link');
  expect((await readRegularFile(at('in/a.txt'), options)).toString()).toBe('inside');
});
