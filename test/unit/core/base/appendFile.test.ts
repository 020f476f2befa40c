import { describe, expect, it } from 'vitest';
import { AppendFile } from '../../../../src/core/base/appendFile.ts';
import type { FileSystem } from '../../../../src/core/base/fileSystem.ts';
import { MemoryFs } from '../../../support/journal/memoryFs.ts';

const lines = ['one\n', 'two\n', 'three\n'];

async function openFile(content = '', torn = false) {
  const fs = new MemoryFs();
  fs.put('/a/file', content);
  return { fs, file: await AppendFile.open(fs, '/a/file', { mode: 'append', torn }) };
}

describe('a file of lines', () => {
  it('tells which lines were written whole before the disk was full', async () => {
    const { fs, file } = await openFile();
    fs.capacity = 10;
    expect(await file.append(lines)).toMatchObject({ lines: 2, error: { code: 'ENOSPC' } });
    expect(fs.text('/a/file')).toBe('one\ntwo\nth');
  });

  it('ends a line that was cut off before it writes the next one', async () => {
    const { fs, file } = await openFile();
    fs.capacity = 10;
    await file.append(lines);
    fs.capacity = 100;
    expect(await file.append(lines.slice(2))).toEqual({ lines: 1 });
    expect(fs.text('/a/file')).toBe('one\ntwo\nth\nthree\n');
  });

  it('puts nothing between lines that are whole', async () => {
    const { fs, file } = await openFile();
    fs.capacity = 8;
    await file.append(lines);
    fs.capacity = 100;
    await file.append(lines.slice(2));
    expect(fs.text('/a/file')).toBe('one\ntwo\nthree\n');
  });

  it('gives up on a disk that takes nothing and says nothing', async () => {
    const disk = { size: async () => 0, write: async () => 0, writeNow: () => 0 };
    const fs = { open: async () => disk } as unknown as FileSystem;
    const file = await AppendFile.open(fs, '/a/file', { mode: 'append', torn: false });
    const nothing = { lines: 0, error: expect.any(Error) };
    expect(await file.append(lines)).toEqual(nothing);
    expect(file.appendNow(lines)).toEqual(nothing);
  });

  it('ends the line that it was opened with, once', async () => {
    const { fs, file } = await openFile('zer', true);
    await file.seal();
    await file.append(lines);
    expect(fs.text('/a/file')).toBe('zer\none\ntwo\nthree\n');
  });

  it('begins on a line of its own after it was opened anew', async () => {
    const { fs, file } = await openFile('zer');
    await file.reopen();
    await file.append(lines);
    expect(fs.text('/a/file')).toBe('zer\none\ntwo\nthree\n');
  });
});
