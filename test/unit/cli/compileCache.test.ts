import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCli, buildCli } from '../../support/builtCli.ts';
import { promptFolder } from './commandLine.ts';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

/** Starts the command line with a folder for caches. It must work as without one. */
async function startWith(caches: string): Promise<void> {
  const { code, out, err } = await cli.run(['limits'], promptFolder({}), {
    environment: { XDG_CACHE_HOME: caches },
  });
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('--max-turns');
}

/** The files in the program's own folder for what it compiled. */
function cached(caches: string): readonly string[] {
  const folder = path.join(caches, 'interleave', 'cache');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === 'win32')('the compile cache', () => {
  it('is kept in a folder that only the user can read and write', async () => {
    const caches = promptFolder({});
    await startWith(caches);
    expect(cached(caches)).not.toEqual([]);
    expect(lstatSync(path.join(caches, 'interleave', 'cache')).mode & 0o777).toBe(0o700);
    await startWith(caches);
  });

  it('is not used when others can write to its folder', async () => {
    const caches = promptFolder({});
    const folder = path.join(caches, 'interleave', 'cache');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    await startWith(caches);
    expect(cached(caches)).toEqual([]);
  });

  it('is not used when its folder is a link', async () => {
    const caches = promptFolder({});
    const elsewhere = promptFolder({});
    mkdirSync(path.join(caches, 'interleave'));
    symlinkSync(elsewhere, path.join(caches, 'interleave', 'cache'));
    await startWith(caches);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it.skipIf(isRoot)('is left out when its folder cannot be written', async () => {
    const caches = promptFolder({});
    chmodSync(caches, 0o500);
    await startWith(caches);
    expect(cached(caches)).toEqual([]);
  });

  it('is left out when its folder cannot be created', async () => {
    const caches = promptFolder({});
    writeFileSync(path.join(caches, 'interleave'), 'a file');
    await startWith(caches);
  });
});
