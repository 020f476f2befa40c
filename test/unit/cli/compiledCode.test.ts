import { existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCli, buildCli } from '../../support/builtCli.ts';
import { promptFolder } from './commandLine.ts';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

function start(args: readonly string[], caches: string) {
  return cli.run(args, promptFolder({}), { environment: { XDG_CACHE_HOME: caches } });
}

/** The names of the files with compiled code, with the command that they are for. */
function kept(caches: string): readonly string[] {
  const folder = path.join(caches, 'interleave', 'compiled');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.bin'))
    .map((name) => name.split(path.sep).slice(-2).join('/'))
    .sort();
}

describe('the compiled code of the command line', () => {
  it('is kept for each command, in a folder of the user, and used again', async () => {
    const caches = promptFolder({});
    const first = await start(['limits'], caches);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('--max-turns'), err: '' });
    expect(kept(caches)).toEqual(['limits/cli-program.bin']);
    const { mode } = lstatSync(path.join(caches, 'interleave'));
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o700);
    expect(await start(['limits'], caches)).toEqual(first);
    expect(await start(['--help'], caches)).toMatchObject({ code: 0, err: '' });
    expect(await start(['runs'], caches)).toMatchObject({ code: 0 });
    expect(kept(caches)).toEqual([
      ...['limits/cli-program.bin', 'none/cli-program.bin'],
      ...['runs/cli-commands.bin', 'runs/cli-program.bin'],
    ]);
  });

  it('is not kept when little of the program has run', async () => {
    const caches = promptFolder({});
    expect(await start(['run', 'missing.prompts.md'], caches)).toMatchObject({ code: 2 });
    expect(await start(['../../x'], caches)).toMatchObject({ code: 2 });
    expect(kept(caches)).toEqual([]);
  });

  it('is left out when its folder cannot be created', async () => {
    const caches = promptFolder({});
    writeFileSync(path.join(caches, 'interleave'), 'a file');
    expect(await start(['limits'], caches)).toMatchObject({ code: 0, err: '' });
    expect(kept(caches)).toEqual([]);
  });
});
