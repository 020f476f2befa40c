import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { nodeFs } from '../../../../src/core/base/fileSystem.ts';

vi.mock('node:fs/promises', { spy: true });

function oldFile(content: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleave-touch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'lock');
  writeFileSync(file, content);
  utimesSync(file, 1000, 1000);
  return file;
}

/** What the system says to who is not the owner of a file but may write to it. */
function refuseTimes(code: string): void {
  const refusal = Object.assign(new Error(code), { code });
  vi.mocked(promises.lutimes).mockRejectedValueOnce(refusal);
}

it('sets the time that it is given', async () => {
  const file = oldFile('{"pid":1}');
  await nodeFs.touch(file, 5_000_000);
  expect(statSync(file).mtimeMs).toBe(5_000_000);
});

it.each(['EPERM', 'EACCES'])('gives a sign of life where only the owner may (%s)', async (code) => {
  const file = oldFile('{"pid":1}');
  refuseTimes(code);
  await nodeFs.touch(file, 5_000_000);
  expect(statSync(file).mtimeMs).toBeGreaterThan(5_000_000);
  expect(readFileSync(file, 'utf8')).toBe('{"pid":1}');
});

it('says that the file is gone', async () => {
  await expect(nodeFs.touch(`${oldFile('')}.gone`, 1)).rejects.toMatchObject({ code: 'ENOENT' });
});
