import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { replaceFile } from '../../../../src/core/export/replaceFile.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'interleave-replace-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('writes a new file and leaves no other files', async () => {
  const inside = folder();
  await replaceFile(path.join(inside, 'a.json'), 'new');
  expect(readdirSync(inside)).toEqual(['a.json']);
  expect(readFileSync(path.join(inside, 'a.json'), 'utf8')).toBe('new');
});

it('replaces the old file, which stays complete for open readers', async () => {
  const file = path.join(folder(), 'a.json');
  writeFileSync(file, 'what was there before');
  const reader = openSync(file, 'r');
  onTestFinished(() => closeSync(reader));
  await replaceFile(file, 'new');
  expect(readFileSync(reader, 'utf8')).toBe('what was there before');
  expect(readFileSync(file, 'utf8')).toBe('new');
});

it.skipIf(process.platform === 'win32')("keeps the old file's mode", async () => {
  const file = path.join(folder(), 'a.json');
  writeFileSync(file, 'old');
  chmodSync(file, 0o640);
  await replaceFile(file, 'new');
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

it.skipIf(process.platform === 'win32')(
  'writes to the target of a link, which stays a link',
  async () => {
    const inside = folder();
    mkdirSync(path.join(inside, 'far'));
    for (const name of ['there', 'missing']) {
      const target = path.join('far', name);
      const link = path.join(inside, `${name}-link`);
      symlinkSync(target, link);
      if (name === 'there') writeFileSync(path.join(inside, target), 'old');
      await replaceFile(link, 'new');
      expect(readlinkSync(link)).toBe(target);
      expect(readFileSync(path.join(inside, target), 'utf8')).toBe('new');
    }
    expect(readdirSync(path.join(inside, 'far')).toSorted()).toEqual(['missing', 'there']);
  },
);

it.skipIf(process.platform !== 'linux')('writes to a device directly', async () => {
  await replaceFile('/dev/null', 'gone');
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

it('creates no folders', async () => {
  const inside = folder();
  const file = path.join(inside, 'no', 'a.json');
  await expect(replaceFile(file, 'new')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(inside)).toEqual([]);
});
