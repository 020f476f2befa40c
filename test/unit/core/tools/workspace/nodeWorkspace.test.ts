import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ToolError } from '../../../../../src/core/tools/tool.ts';
import type { NodeWorkspace } from '../../../../../src/core/tools/workspace/nodeWorkspace.ts';
import {
  createPathCheck,
  resolveEntry,
  resolveInWorkspace,
} from '../../../../../src/core/tools/workspace/pathCheck.ts';
import { readTextFile } from '../../../../../src/core/tools/workspace/readTextFile.ts';
import { readFolder } from '../../../../../src/core/tools/workspace/walkWorkspace.ts';
import { canary, DiskTree, Workspaces } from './workspaceFixture.ts';

// Generous: thousands of files on a busy disk take long.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const { signal } = new AbortController();
const search = { isRegExp: false, caseSensitive: false, path: '' };

let tree: DiskTree;
let workspaces: Workspaces;
let workspace: NodeWorkspace;

beforeAll(() => {
  workspaces = new Workspaces();
  tree = new DiskTree({
    'inside/a.txt': 'first\nsecond\n',
    'inside/src/b.ts': 'export const b = 1;\n',
    'inside/src/deep/c.ts': 'needle here\n',
    'inside/.env': `KEY=${canary}`,
    'inside/.git/config': canary,
    'inside/keys/server.pem': canary,
    'inside/node_modules/p/index.js': 'needle in a package\n',
    'inside/build/out.js': 'needle in a build\n',
    'inside/ok-link': '->src/b.ts',
    'inside/ok-folder': '->src/deep',
    'inside/link-out': '->../outside/hidden.txt',
    'inside/link-out-absolute': '->BASE/outside/hidden.txt',
    'inside/folder-out': '->../outside',
    'inside/link-to-env': '->.env',
    'inside/link-to-git': '->.git',
    'inside/circle': '->circle',
    'inside/dangling': '->nowhere',
    'inside/chain': '->chain2',
    'inside/chain2': '->link-out',
    'inside-sibling/hidden.txt': canary,
    'inside/bin.dat': new Uint8Array([65, 0, 66]),
  });
  execFileSync('mkfifo', [path.join(tree.inside, 'pipe')]);
  workspace = workspaces.over(tree.scope({ exclude: ['build'] }));
});

afterAll(() => {
  workspaces.dispose();
  tree.remove();
});

async function read(requested: string): Promise<string> {
  return (await workspace.readText(requested, signal)).text;
}

describe('reading', () => {
  test('returns the text of a file, also through links that stay inside', async () => {
    expect(await read('a.txt')).toBe('first\nsecond\n');
    expect(await read('ok-link')).toBe('export const b = 1;\n');
    expect(await read('ok-folder/c.ts')).toBe('needle here\n');
    expect(await read('ok-folder/../a.txt')).toBe('first\nsecond\n');
    expect(await read(path.join(tree.inside, 'a.txt'))).toBe('first\nsecond\n');
  });

  test.each([
    ['link-out', /link to something outside/],
    ['link-out-absolute', /link to something outside/],
    ['folder-out/hidden.txt', /link to something outside/],
    ['chain', /link to something outside/],
    ['../outside/hidden.txt', /outside the workspace/],
    ['../inside-sibling/hidden.txt', /outside the workspace/],
    ['.env', /credentials/],
    ['link-to-env', /credentials/],
    ['link-to-git/config', /credentials/],
    ['missing/.env', /credentials/],
    ['folder-out/.env', /credentials/],
    ['.GIT/config', /credentials/],
    ['keys/server.pem', /credentials/],
    ['build/out.js', /excluded/],
    ['circle', /circle/],
    ['dangling', /does not exist/],
    ['a.txt/x', /does not exist/],
    ['nothing', /does not exist/],
    ['src', /is a folder/],
    ['', /is a folder/],
    ['bin.dat', /binary/],
    ['pipe', /neither a regular file/],
    ['a.txt\0', /characters/],
  ])('%s is refused without showing anything of this machine', async (requested, reason) => {
    const refusal = await read(requested).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ToolError);
    expect(refusal).toHaveProperty('message', expect.stringMatching(reason));
    expect(refusal).toHaveProperty('message', expect.not.stringContaining(tree.base));
  });

  test.each([999_999, 1_000_000, 1_000_001])(
    'of a file of %i bytes stops at 1 MB',
    async (bytes) => {
      tree.write({ 'inside/big.txt': 'x'.repeat(bytes) });
      const file = await workspace.readText('big.txt', signal);
      expect(file).toMatchObject({ bytes, isCut: bytes > 1_000_000 });
      expect(file.text).toHaveLength(Math.min(bytes, 1_000_000));
    },
  );

  test('does not return half a character at the limit', async () => {
    tree.write({ 'inside/umlauts.txt': `x${'ä'.repeat(600_000)}` });
    const { text } = await workspace.readText('umlauts.txt', signal);
    expect(text).toBe(`x${'ä'.repeat(499_999)}`);
  });

  test('removes the byte order mark and carriage returns, and replaces invalid UTF-8', async () => {
    tree.write({ 'inside/odd.txt': new Uint8Array([0xef, 0xbb, 0xbf, 97, 13, 10, 0xff, 98]) });
    expect(await read('odd.txt')).toBe('a\n\ufffdb');
  });

  test('treats a NUL in the first 8 KB as the sign of a binary file', async () => {
    const bytes = new Uint8Array(9_000).fill(97);
    bytes[8_192] = 0;
    tree.write({ 'inside/zero.txt': bytes });
    expect(await read('zero.txt')).toHaveLength(9_000);
    bytes[8_191] = 0;
    tree.write({ 'inside/zero.txt': bytes });
    await expect(read('zero.txt')).rejects.toThrow(/binary/);
  });
});

describe('a file that changes between check and open', () => {
  let swapped: DiskTree;
  const checkOf = () => createPathCheck(swapped.scope());

  beforeAll(() => {
    swapped = new DiskTree({});
  });

  afterAll(() => swapped.remove());

  test('into a link is refused', async () => {
    swapped.write({ 'inside/swap.txt': 'harmless' });
    const checked = await resolveInWorkspace('swap.txt', checkOf());
    rmSync(path.join(swapped.inside, 'swap.txt'));
    symlinkSync(
      path.join(swapped.base, 'outside/hidden.txt'),
      path.join(swapped.inside, 'swap.txt'),
    );
    await expect(readTextFile(checked, checkOf())).rejects.toThrow(ToolError);
  });

  test('into another file is refused', async () => {
    swapped.write({ 'inside/other.txt': 'harmless', 'outside/moved.txt': canary });
    const checked = await resolveInWorkspace('other.txt', checkOf());
    renameSync(
      path.join(swapped.base, 'outside/moved.txt'),
      path.join(swapped.inside, 'other.txt'),
    );
    await expect(readTextFile(checked, checkOf())).rejects.toThrow(/changed while/);
  });

  test('because a parent folder becomes a link is refused', async () => {
    swapped.write({ 'inside/dir/same.txt': 'harmless', 'outside/dir/same.txt': canary });
    const checked = await resolveInWorkspace('dir/same.txt', checkOf());
    renameSync(path.join(swapped.inside, 'dir'), path.join(swapped.base, 'dir-was-here'));
    symlinkSync(path.join(swapped.base, 'outside/dir'), path.join(swapped.inside, 'dir'));
    await expect(readTextFile(checked, checkOf())).rejects.toThrow(/changed while/);
  });

  test('into a link to itself, moved outside, is refused', async () => {
    swapped.write({ 'inside/dir2/same.txt': 'harmless' });
    const checked = await resolveInWorkspace('dir2/same.txt', checkOf());
    renameSync(path.join(swapped.inside, 'dir2'), path.join(swapped.base, 'outside/dir2'));
    symlinkSync(path.join(swapped.base, 'outside/dir2'), path.join(swapped.inside, 'dir2'));
    await expect(readTextFile(checked, checkOf())).rejects.toThrow(/changed while/);
  });

  test('into a pipe is refused without waiting', async () => {
    swapped.write({ 'inside/piped.txt': 'harmless' });
    const checked = await resolveInWorkspace('piped.txt', checkOf());
    rmSync(path.join(swapped.inside, 'piped.txt'));
    execFileSync('mkfifo', [path.join(swapped.inside, 'piped.txt')]);
    await expect(readTextFile(checked, checkOf())).rejects.toThrow(/changed while/);
  });

  test('is refused as well when it was found in a listing', async () => {
    swapped.write({ 'inside/found/x.txt': 'harmless' });
    const check = checkOf();
    const { entries } = await readFolder(await resolveInWorkspace('found', check), check);
    rmSync(path.join(swapped.inside, 'found/x.txt'));
    symlinkSync(
      path.join(swapped.base, 'outside/hidden.txt'),
      path.join(swapped.inside, 'found/x.txt'),
    );
    await expect(resolveEntry(entries[0]!, check)).rejects.toThrow(ToolError);
  });

  test('is refused as well when its folder became a link', async () => {
    swapped.write({ 'inside/listed/x.txt': 'harmless' });
    const check = checkOf();
    const folder = await resolveInWorkspace('listed', check);
    rmSync(path.join(swapped.inside, 'listed'), { recursive: true });
    symlinkSync(path.join(swapped.base, 'outside'), path.join(swapped.inside, 'listed'));
    await expect(readFolder(folder, check)).rejects.toThrow(/changed while/);
  });

  test('is read when it merely grows', async () => {
    swapped.write({ 'inside/grows.txt': 'a' });
    const checked = await resolveInWorkspace('grows.txt', checkOf());
    writeFileSync(path.join(swapped.inside, 'grows.txt'), 'b'.repeat(70_000));
    expect((await readTextFile(checked, checkOf())).text).toHaveLength(70_000);
  });
});

describe('listing', () => {
  let small: DiskTree;
  let listed: NodeWorkspace;

  beforeAll(() => {
    small = new DiskTree({
      'inside/b.md': '',
      'inside/a/z.ts': '',
      'inside/a.ts': '',
      'inside/B.ts': '',
      'inside/.hidden/x.ts': '',
      'inside/.env': '',
      'inside/.git/config': '',
      'inside/node_modules/p.ts': '',
      'inside/link.ts': '->a.ts',
      'inside/out': '->../outside',
      'inside/dist/d.ts': '',
      'inside/a:b.ts': '',
    });
    execFileSync('mkfifo', [path.join(small.inside, 'pipe.ts')]);
    listed = workspaces.over(small.scope({ exclude: ['**/dist/'] }));
  });

  afterAll(() => small.remove());

  test('shows the entries of one folder, sorted, without links and withheld files', async () => {
    expect(await listed.list({ path: '' }, signal)).toEqual({
      paths: ['.hidden/', 'B.ts', 'a.ts', 'a/', 'a:b.ts', 'b.md', 'node_modules/'],
      isCut: false,
      leftOut: { 'protected file': 1, 'protected folder': 1, link: 2, 'special file': 1 },
    });
    expect((await listed.list({ path: 'node_modules' }, signal)).paths).toEqual([
      'node_modules/p.ts',
    ]);
  });

  test('shows all files below the folder that match a pattern', async () => {
    const all = await listed.list({ path: '', pattern: '**' }, signal);
    expect(all.paths).toEqual(['.hidden/x.ts', 'B.ts', 'a.ts', 'a/z.ts', 'a:b.ts', 'b.md']);
    expect(all.paths).toEqual(all.paths.toSorted());
    expect((await listed.list({ path: 'a', pattern: '*.ts' }, signal)).paths).toEqual(['a/z.ts']);
    expect((await listed.list({ path: '', pattern: 'a/*' }, signal)).paths).toEqual(['a/z.ts']);
  });

  test.each(['out', 'a.ts', 'dist', '../outside', 'none', '.git', 'pipe.ts'])(
    'of %s is refused',
    async (requested) => {
      await expect(listed.list({ path: requested }, signal)).rejects.toThrow(ToolError);
    },
  );

  test('with an invalid pattern is refused', async () => {
    await expect(listed.list({ path: '', pattern: 'x'.repeat(501) }, signal)).rejects.toThrow(
      ToolError,
    );
  });

  test('stops on abort', async () => {
    const aborted = listed.list({ path: '', pattern: '**' }, AbortSignal.abort('stop'));
    await expect(aborted).rejects.toBe('stop');
  });
});

describe('several folders', () => {
  test('have paths that start with their names, and links between them work', async () => {
    const both = new DiskTree({
      'one/a.txt': 'from one needle\n',
      'two/b.txt': 'from two needle\n',
      'one/across': '->../two/b.txt',
    });
    const roots = [
      { name: 'app', path: path.join(both.base, 'one') },
      { name: 'app', path: path.join(both.base, 'two') },
    ];
    const over = workspaces.over({ roots, exclude: [] });
    expect((await over.list({ path: '' }, signal)).paths).toEqual(['app/', 'app-2/']);
    expect((await over.list({ path: '', pattern: '*.txt' }, signal)).paths).toEqual([
      'app/a.txt',
      'app-2/b.txt',
    ]);
    expect((await over.readText('app/across', signal)).text).toBe('from two needle\n');
    const { matches } = await over.search({ ...search, text: 'needle' }, { signal });
    expect(matches.map((match) => match.path)).toEqual(['app/a.txt', 'app-2/b.txt']);
    await expect(over.readText('a.txt', signal)).rejects.toThrow(/folders: app, app-2/);
    await expect(over.readText('', signal)).rejects.toThrow(ToolError);
    both.remove();
  });

  test('that are links themselves are followed', async () => {
    const roots = [{ name: 'linked', path: path.join(tree.inside, 'ok-folder') }];
    const over = workspaces.over({ roots, exclude: [] });
    expect((await over.readText('c.ts', signal)).text).toBe('needle here\n');
  });

  test('that were deleted are named, and do not keep the others from being looked at', async () => {
    const three = new DiskTree({ 'kept/a.txt': 'needle\n', 'gone/b.txt': 'needle\n' });
    const roots = ['kept', 'gone', 'never'].map((name) => ({
      name,
      path: path.join(three.base, name),
    }));
    rmSync(path.join(three.base, 'gone'), { recursive: true });
    const over = workspaces.over({ roots, exclude: [] });
    const leftOut = { 'missing folder': 2 };
    expect(await over.list({ path: '' }, signal)).toMatchObject({ paths: ['kept/a.txt'], leftOut });
    expect(await over.list({ path: '', pattern: '*' }, signal)).toMatchObject({
      paths: ['kept/a.txt'],
      leftOut,
    });
    const found = await over.search({ ...search, text: 'needle' }, { signal });
    expect(found).toMatchObject({ matches: [{ path: 'kept/a.txt' }], leftOut });
    for (const asked of ['gone', 'gone/b.txt']) {
      await expect(over.readText(asked, signal)).rejects.toThrow(
        'The workspace folder "gone" no longer exists.',
      );
    }
    await expect(over.readText('kept/b.txt', signal)).rejects.toThrow(/list_files shows what does/);
    three.remove();
  });

  test.each([['one'], ['one', 'two']])('that were all deleted are named: %s', async (...names) => {
    const base = path.join(tree.base, 'deleted');
    const roots = names.map((name) => ({ name, path: path.join(base, name) }));
    const over = workspaces.over({ roots, exclude: [] });
    const expected = /^The workspace folder "(one|two)" no longer exists\.$/;
    await expect(over.list({ path: '' }, signal)).rejects.toThrow(expected);
    await expect(over.search({ ...search, text: 'a' }, { signal })).rejects.toThrow(expected);
  });

  test('are required: without an open folder the model gets a message', async () => {
    const over = workspaces.over({ roots: [], exclude: [] });
    await expect(over.readText('a', signal)).rejects.toThrow(/No folder .* is open/);
    await expect(over.search({ ...search, text: 'a' }, { signal })).rejects.toThrow(
      /No folder .* is open/,
    );
  });
});

test('no path reaches anything outside or withheld', async () => {
  const name = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.constantFrom('..', '.', '', 'src', 'deep', 'a.txt', 'b.ts', 'inside'),
    },
    fc.constantFrom('ok-link', 'ok-folder', 'link-out', 'folder-out', 'link-to-env', 'link-to-git'),
    fc.constantFrom('outside', 'hidden.txt', '.env', '.ENV', '.git', 'config', 'circle', 'pipe'),
    fc.constantFrom('keys', 'server.pem', 'SERVER.PEM', 'inside-sibling', 'chain', 'a\\b', '日本'),
  );
  const start = fc.constantFrom('', '', '', '/', './', `${tree.inside}/`, `${tree.base}/`);
  const requested = fc
    .tuple(start, fc.array(name, { maxLength: 6 }))
    .map(([first, names]) => first + names.join('/'));
  await fc.assert(
    fc.asyncProperty(requested, async (some) => {
      const seen = await Promise.all([
        workspace.readText(some, signal).then(
          ({ text }) => text,
          (error: unknown) => String(error),
        ),
        workspace.list({ path: some }, signal).then(
          ({ paths }) => paths.join(),
          (error: unknown) => String(error),
        ),
      ]);
      expect(seen.join()).not.toContain(canary);
      // A listing never shows names from outside or withheld names.
      expect(seen[1]).not.toMatch(/^(?!.*Error).*(?:hidden\.txt|\.env|\.git|\.pem)/i);
    }),
    { numRuns: 600 },
  );
});

describe('searching', () => {
  test('reads all text files except withheld, excluded and linked ones', async () => {
    const found = await workspace.search({ ...search, text: 'needle' }, { signal });
    expect(found.matches).toEqual([{ path: 'src/deep/c.ts', line: 1, text: 'needle here' }]);
    const leaked = await workspace.search({ ...search, text: canary }, { signal });
    expect(leaked.matches).toEqual([]);
  });

  test('reads only the given path', async () => {
    const inPackage = await workspace.search(
      { ...search, text: 'needle', path: 'node_modules/p' },
      { signal },
    );
    expect(inPackage.matches).toHaveLength(1);
    const inFile = await workspace.search({ ...search, text: 'b', path: 'src/b.ts' }, { signal });
    expect(inFile).toMatchObject({ matches: [{ path: 'src/b.ts', line: 1 }], filesSearched: 1 });
    const byPattern = await workspace.search({ ...search, text: 'e', pattern: '*.ts' }, { signal });
    expect(byPattern.matches.map((match) => match.path)).toEqual(['src/b.ts', 'src/deep/c.ts']);
  });

  test.each([
    [{ path: 'link-out' }, /outside/],
    [{ path: '../outside' }, /outside/],
    [{ path: '.env' }, /credentials/],
    [{ path: 'bin.dat' }, /binary/],
    [{ path: 'none' }, /does not exist/],
    [{ isRegExp: true, text: '(' }, /not understood/],
    [{ pattern: 'x'.repeat(501) }, /too long/],
  ])('with %j is refused with a message for the model', async (part, reason) => {
    const refusal = await workspace
      .search({ ...search, text: 'x', ...part }, { signal })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ToolError);
    expect(refusal).toHaveProperty('message', expect.stringMatching(reason));
  });

  test.each([
    [199, undefined],
    [200, undefined],
    [201, 'matches'],
  ])('with %i matching lines stops because of %s', async (lines, stoppedBy) => {
    const many = new DiskTree({
      'inside/a.txt': 'x\n'.repeat(150),
      'inside/b.txt': 'x\n'.repeat(lines - 150),
    });
    const found = await workspaces.over(many.scope()).search({ ...search, text: 'x' }, { signal });
    expect(found.matches).toHaveLength(Math.min(lines, 200));
    expect(found.stoppedBy).toBe(stoppedBy);
    many.remove();
  });

  test('searches large files after all others', async () => {
    const large = new DiskTree({
      'inside/a-large.txt': `${'y'.repeat(1_000_000)}x`,
      'inside/fits.txt': `${'y'.repeat(999_999)}x`,
      'inside/large.dat': `x\0${'y'.repeat(1_000_000)}`,
      'inside/large.pem.txt': `-----BEGIN PRIVATE KEY-----\nx${'y'.repeat(1_000_000)}`,
    });
    const found = await workspaces.over(large.scope()).search({ ...search, text: 'x' }, { signal });
    expect(found).toMatchObject({ filesSearched: 2, largeFilesLeft: 0 });
    expect(found.leftOut).toEqual({ 'protected file': 1 });
    expect(found.matches.map(({ path, column }) => [path, column])).toEqual([
      ['fits.txt', 1_000_000],
      ['a-large.txt', 1_000_001],
    ]);
    large.remove();
  });
});

describe('a workspace of many files', () => {
  let many: DiskTree;

  beforeAll(() => {
    many = new DiskTree({});
  });

  afterAll(() => many.remove());

  test.each([
    [1_999, false],
    [2_000, false],
    [2_001, true],
  ])('of %i is listed and searched up to the limit: truncated %s', async (count, isCut) => {
    // The files of the previous count already exist.
    for (let index = count > 1_999 ? count - 1 : 0; index < count; index++)
      many.write({ [`inside/${index}.txt`]: 'y' });
    const over = workspaces.over(many.scope());
    for (const query of [{ path: '' }, { path: '', pattern: '*.txt' }]) {
      const list = await over.list(query, signal);
      expect(list.isCut).toBe(isCut);
      expect(list.paths).toHaveLength(Math.min(count, 2_000));
    }
    const found = await over.search({ ...search, text: 'x' }, { signal });
    expect(found.filesSearched).toBe(Math.min(count, 2_000));
    expect(found.stoppedBy).toBe(isCut ? 'files' : undefined);
  });
});
