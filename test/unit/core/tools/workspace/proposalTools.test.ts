import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Overlay } from '../../../../../src/core/proposals/overlay.ts';
import { runToolCall } from '../../../../../src/core/tools/runToolCall.ts';
import { createToolBox, pickTools } from '../../../../../src/core/tools/toolBox.ts';
import { createProposalTools } from '../../../../../src/core/tools/workspace/proposalTools.ts';
import { createWorkspaceTools } from '../../../../../src/core/tools/workspace/workspaceTools.ts';
import { callOf } from '../toolFixtures.ts';
import { DiskTree, Workspaces } from './workspaceFixture.ts';

const workspaces = new Workspaces();
let disk: DiskTree;
let overlay: Overlay;

beforeEach(() => {
  disk = new DiskTree({
    'inside/a.txt': 'one\ntwo\nthree\n',
    'inside/windows.txt': '\uFEFFone\r\ntwo\r\nthree',
    'inside/sub/b.txt': 'needle\n',
    'inside/photo.png': Uint8Array.of(137, 80, 0, 1),
    'inside/latin.txt': Uint8Array.of(0x63, 0x61, 0x66, 0xe9),
    'inside/.env': 'KEY=1\n',
    'inside/.vscode/tasks.json': '{}\n',
  });
  overlay = new Overlay();
});
afterAll(() => workspaces.dispose());

async function run(name: string, input: object, mine = overlay): Promise<string> {
  const workspace = workspaces.over(disk.scope());
  const tools = createToolBox([
    ...createWorkspaceTools(workspace),
    ...createProposalTools(workspace),
  ]);
  const { signal } = new AbortController();
  const { content } = await runToolCall(callOf(name, input), tools, { signal, overlay: mine });
  return content;
}

const write = (file: string, content: string) => run('write_file', { path: file, content });
const edit = (file: string, oldText: string, newText: string) =>
  run('edit_file', { path: file, oldText, newText });
const read = (file: string, mine?: Overlay) => run('read_file', { path: file }, mine);
const onDisk = (file: string) => readFileSync(path.join(disk.inside, file), 'utf8');
/** Everything in the workspace with its content. */
const tree = () =>
  readdirSync(disk.inside, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file, readFileSync(file, 'latin1')]);

describe('Tools that propose', () => {
  test('are given only to those who name them', () => {
    const workspace = workspaces.over(disk.scope());
    const all = [...createWorkspaceTools(workspace), ...createProposalTools(workspace)];
    expect(pickTools(all, undefined).map(({ name }) => name)).toEqual([
      ...['read_file', 'list_files', 'search_text'],
    ]);
    expect(pickTools(all, ['edit_file']).map(({ name }) => name)).toEqual(['edit_file']);
  });

  test('change nothing on disk and nothing of another conversation', async () => {
    const before = tree();
    await write('a.txt', 'new\n');
    await edit('windows.txt', 'two', '2');
    await write('deep/er/new.txt', 'new\n');
    await run('delete_file', { path: 'sub/b.txt' });
    expect(tree()).toEqual(before);
    expect(await read('a.txt', new Overlay())).toBe('one\ntwo\nthree');
  });

  test('tell the model that the change is a proposal', async () => {
    expect(await edit('a.txt', 'two', '2\n2b')).toBe(
      'Proposed to change "a.txt" (2 lines added, 1 line removed).',
    );
    expect(await edit('a.txt', '2\n2b', 'two')).toContain('nothing differs');
    expect(overlay.isEmpty).toBe(true);
  });
});

describe('After a proposal its conversation', () => {
  test('reads the file as it proposes it', async () => {
    await edit('a.txt', 'two', 'zwei');
    await write('new.txt', 'fresh\n');
    expect(await read('a.txt')).toBe('one\nzwei\nthree');
    expect(await read('./sub/../new.txt')).toBe('fresh');
    await run('delete_file', { path: 'a.txt' });
    expect(await read('a.txt')).toContain('was deleted');
  });

  test('lists files as it proposes them', async () => {
    await write('new/x.ts', 'x');
    await run('rename_file', { path: 'a.txt', newPath: 'sub/c.txt' });
    const top = (await run('list_files', {})).split('\n');
    expect(top).toContain('new/');
    expect(top).not.toContain('a.txt');
    expect(await run('list_files', { path: 'sub' })).toBe('sub/b.txt\nsub/c.txt');
    expect(await run('list_files', { path: 'new' })).toBe('new/x.ts');
    expect((await run('list_files', { pattern: '*.{ts,txt}' })).split('\n')).toEqual(
      expect.arrayContaining(['new/x.ts', 'sub/b.txt', 'sub/c.txt']),
    );
    expect(await run('list_files', { path: 'none' })).toContain('does not exist');
  });

  test('searches files as it proposes them', async () => {
    await edit('sub/b.txt', 'needle', 'hay');
    await write('sub/a.txt', 'a needle\n');
    await write('z.txt', 'one needle\n');
    expect(await run('search_text', { query: 'needle' })).toContain(
      'sub/a.txt:1: a needle\nz.txt:1: one needle\n',
    );
    expect(await run('search_text', { query: 'needle', path: 'z.txt' })).toContain('z.txt:1:');
    expect(await run('search_text', { query: 'needle', pattern: 'z*' })).not.toContain('sub/');
    await run('delete_file', { path: 'z.txt' });
    expect(await run('search_text', { query: 'needle' })).not.toContain('z.txt');
    await run('delete_file', { path: 'a.txt' });
    expect(await run('search_text', { query: 'three', path: 'a.txt' })).toContain('was deleted');
  });
});

describe('A proposal', () => {
  test('keeps line ends, byte order mark and a missing final newline', async () => {
    await edit('windows.txt', 'one\ntwo', '1\n2');
    expect(overlay.file('windows.txt')?.text).toBe('\uFEFF1\r\n2\r\nthree');
    await write('windows.txt', 'a\nb');
    expect(overlay.file('windows.txt')?.text).toBe('\uFEFFa\r\nb');
  });

  test.each([
    ['is not there', 'zwei', 'oldText is not in "a.txt". Read the file again'],
    ['is not unique', 'e\n', 'oldText is in "a.txt" 2 times. Add lines before or after it'],
  ])('whose text %s says what to do', async (_, oldText, message) => {
    expect(await edit('a.txt', oldText, 'x')).toContain(message);
    expect(overlay.isEmpty).toBe(true);
  });

  test('of a renamed file keeps what the file was', async () => {
    await edit('a.txt', 'two', '2');
    await run('rename_file', { path: 'a.txt', newPath: 'c.txt' });
    await run('rename_file', { path: 'c.txt', newPath: 'd.txt' });
    expect(overlay.proposals()).toEqual([
      {
        ...{ kind: 'rename', path: 'd.txt', from: 'a.txt' },
        ...{ base: 'one\ntwo\nthree\n', text: 'one\n2\nthree\n' },
      },
    ]);
    await run('rename_file', { path: 'd.txt', newPath: 'a.txt' });
    expect(overlay.summary()).toEqual([{ path: 'a.txt', kind: 'change', added: 1, removed: 1 }]);
  });

  test('changes a file that the conversation has renamed', async () => {
    await run('rename_file', { path: 'a.txt', newPath: 'c.txt' });
    await edit('c.txt', 'two', '2');
    expect(overlay.proposals()).toMatchObject([
      { kind: 'rename', path: 'c.txt', from: 'a.txt', text: 'one\n2\nthree\n' },
    ]);
    await run('delete_file', { path: 'c.txt' });
    expect(overlay.summary()).toMatchObject([{ path: 'a.txt', kind: 'delete' }]);
  });

  test('of a file that changed since it was read is refused', async () => {
    await read('a.txt');
    disk.write({ 'inside/a.txt': 'other\n' });
    expect(await write('a.txt', 'mine\n')).toContain('has changed on disk since you read it');
    await read('a.txt');
    expect(await write('a.txt', 'mine\n')).toContain('Proposed to change');
  });

  test('keeps what the file was when it was first changed', async () => {
    await edit('a.txt', 'two', '2');
    disk.write({ 'inside/a.txt': 'other\n' });
    await edit('a.txt', 'three', '3');
    expect(overlay.file('a.txt')).toMatchObject({
      base: 'one\ntwo\nthree\n',
      text: 'one\n2\n3\n',
    });
  });

  test('cannot put a file where a folder is, nor below a file', async () => {
    await write('new', 'x');
    expect(await write('new/x', 'x')).toContain('leads through a file');
    expect(await write('a.txt/x', 'x')).toContain('leads through a file');
    expect(await write('sub', 'x')).toContain('is a folder');
    await write('made/x', 'x');
    expect(await write('made', 'x')).toContain('is a folder');
    expect(await run('rename_file', { path: 'a.txt', newPath: 'sub/b.txt' })).toContain('exists');
  });

  test('that is too large or not plain text is refused', async () => {
    expect(await write('big.txt', 'x'.repeat(1_000_001))).toContain('too large');
    expect(await write('zero.txt', 'a\0b')).toContain('not plain text');
    expect(await write('half.txt', 'a\ud800')).toContain('not plain text');
    disk.write({ 'inside/big.txt': 'x'.repeat(1_000_001) });
    expect(await edit('big.txt', 'x', 'y')).toContain('too large');
    expect(overlay.isEmpty).toBe(true);
  });
});

describe('The path check holds for proposals', () => {
  test.each([
    ['out of the workspace', '../outside/hidden.txt', 'outside the workspace'],
    ['by an absolute path', '/etc/passwd', 'outside the workspace'],
    ['the top itself', '.', 'top of the workspace'],
    ['a credential file', '.env', 'withheld'],
    ['a credential file in another case', 'sub/.ENV.local', 'withheld'],
    ['a new private key', 'sub/server.pem', 'withheld'],
    ['the history', '.git/config', 'withheld'],
    ['a hook in another case', '.GIT/hooks/pre-commit', 'withheld'],
    ['tasks of the editor', '.vscode/tasks.json', 'settings of the editor'],
    ['new settings of the editor in another case', 'sub/.VSCode/settings.json', 'settings of the'],
    ['look-alike settings', '.\uFF56scode/settings.json', 'settings of the editor'],
    ['a workspace file', 'x.code-workspace', 'settings of the editor'],
    ['a binary file', 'photo.png', 'not a text file in UTF-8'],
    ['a file in another encoding', 'latin.txt', 'not a text file in UTF-8'],
    ['a device name', 'sub/aux.txt', 'names a device'],
    ['a stream of a file', 'a.txt:stream', 'colon'],
    ['a name that ends in a dot', 'new.txt.', 'ends in a dot'],
    ['a short name', 'GIT~1/config', 'short 8.3 name'],
    ['a name with a control character', 'a\nb', 'characters that no path has'],
  ])('to %s', async (_, file, message) => {
    const before = tree();
    expect(await write(file, 'x')).toContain(message);
    expect(await edit(file, 'x', 'y')).not.toContain('Proposed');
    expect(await run('delete_file', { path: file })).not.toContain('Proposed');
    expect(await run('rename_file', { path: 'a.txt', newPath: file })).not.toContain('Proposed');
    expect(overlay.isEmpty).toBe(true);
    expect(tree()).toEqual(before);
  });

  test.each([
    ['to a file outside', '../outside/hidden.txt', 'link.txt'],
    ['to a file inside', 'a.txt', 'link.txt'],
    ['to nothing', 'nowhere', 'link.txt'],
    ['to a folder outside', '../outside', 'link.txt/hidden.txt'],
    ['to a folder outside, for a new file', '../outside', 'link.txt/new.txt'],
    ['to a folder inside', 'sub', 'link.txt/b.txt'],
  ])('so that no link %s is followed', async (_, target, file) => {
    symlinkSync(target, path.join(disk.inside, 'link.txt'));
    const refusal = /symbolic link|link to something outside/;
    expect(await write(file, 'x')).toMatch(refusal);
    expect(await edit(file, 'x', 'y')).toMatch(refusal);
    expect(await run('delete_file', { path: file })).toMatch(refusal);
    expect(await run('rename_file', { path: file, newPath: 'b.txt' })).toMatch(refusal);
    expect(await run('rename_file', { path: 'a.txt', newPath: file })).toMatch(refusal);
    expect(overlay.isEmpty).toBe(true);
  });

  test('and a folder that is excluded stays so', async () => {
    mkdirSync(path.join(disk.inside, 'out'));
    const workspace = workspaces.over(disk.scope({ exclude: ['**/out'] }));
    await expect(workspace.writeTarget('out/x.js', new AbortController().signal)).rejects.toThrow(
      'is excluded',
    );
  });
});

test('A proposal that comes after its call was given up changes nothing', async () => {
  const workspace = workspaces.over(disk.scope());
  const slow = Promise.withResolvers<void>();
  const held = {
    ...{ readText: workspace.readText, readWindow: workspace.readWindow },
    ...{ list: workspace.list, search: workspace.search },
    locate: (file: string, signal: AbortSignal) => workspace.locate(file, signal),
    writeTarget: async (file: string, signal: AbortSignal) => {
      const target = await workspace.writeTarget(file, signal);
      await slow.promise;
      return target;
    },
  };
  const controller = new AbortController();
  const call = callOf('write_file', { path: 'a.txt', content: 'x' });
  const { signal } = controller;
  const ended = runToolCall(call, createToolBox(createProposalTools(held)), { signal, overlay });
  controller.abort();
  expect((await ended).isError).toBe(true);
  slow.resolve();
  await new Promise(setImmediate);
  expect(overlay.isEmpty).toBe(true);
  expect(onDisk('a.txt')).toBe('one\ntwo\nthree\n');
});
