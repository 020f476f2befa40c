import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeLock, patches, patchServer } from '../../../scripts/vscode/patches.ts';

describe('The downloaded editor', () => {
  let server: string;

  beforeEach(() => {
    server = mkdtempSync(path.join(tmpdir(), 'interleave-patches-'));
    mkdirSync(path.join(server, 'extensions/typescript-language-features'), { recursive: true });
    for (const { file, from } of patches) write(file, `before(${from})after`);
    write('npm-shrinkwrap.json', '{"name":"editor","packages":{"":{}}}');
  });

  afterEach(() => rmSync(server, { recursive: true }));

  function write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(server, file)), { recursive: true });
    writeFileSync(path.join(server, file), text);
  }

  it('is patched where every patch fits', async () => {
    await patchServer(server);
    for (const { file, to } of patches) {
      expect(readFileSync(path.join(server, file), 'utf8')).toBe(`before(${to})after`);
    }
    expect(existsSync(path.join(server, 'extensions/typescript-language-features'))).toBe(false);
  });

  it.each(patches)('is refused where the patch that $what does not fit', async ({ file, from }) => {
    write(file, 'another version');
    await expect(patchServer(server)).rejects.toThrow('found 0 times');
    write(file, from + from);
    await expect(patchServer(server)).rejects.toThrow('found 2 times');
  });

  it('is refused where an extension that is taken out is not there', async () => {
    rmSync(path.join(server, 'extensions'), { recursive: true });
    await expect(patchServer(server)).rejects.toThrow('typescript-language-features');
  });

  it('gets what its lock file lacks, and is refused where it lacks nothing', async () => {
    await completeLock(server);
    const lock = JSON.parse(readFileSync(path.join(server, 'npm-shrinkwrap.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toContain('node_modules/tslib');
    await expect(completeLock(server)).rejects.toThrow('node_modules/tslib itself');
  });
});
