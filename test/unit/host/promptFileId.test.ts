import { afterEach, describe, expect, it, vi } from 'vitest';
import { idFile } from '../../../src/host/promptFileId.ts';

interface Folder {
  readonly name: string;
  readonly uri: { readonly path: string };
}

const workspace = vi.hoisted(() => ({
  workspaceFolders: undefined as readonly Folder[] | undefined,
  getWorkspaceFolder: ({ path }: { readonly path: string }) =>
    workspace.workspaceFolders?.find(({ uri }) => path.startsWith(`${uri.path}/`)),
}));
vi.mock('vscode', () => ({ workspace }));

afterEach(() => {
  workspace.workspaceFolders = undefined;
});

function open(...folders: readonly (readonly [name: string, path: string])[]): void {
  workspace.workspaceFolders = folders.map(([name, path]) => ({ name, uri: { path } }));
}

function fileAt(path: string, scheme = 'file'): string {
  const address = `${scheme}://host${path}`;
  return idFile({ path, scheme, toString: () => address } as unknown as Parameters<
    typeof idFile
  >[0]);
}

describe('the file of an id', () => {
  it('is relative to a single workspace folder', () => {
    open(['w', '/home/w']);
    expect(fileAt('/home/w/x.prompts.md')).toBe('x.prompts.md');
    expect(fileAt('/home/w/a/x.prompts.md')).toBe('a/x.prompts.md');
  });

  it('begins with the name of its folder if several are open', () => {
    open(['one', '/home/one'], ['Two', '/home/two']);
    expect(fileAt('/home/one/x.prompts.md')).toBe('one/x.prompts.md');
    expect(fileAt('/home/two/a/x.prompts.md')).toBe('Two/a/x.prompts.md');
  });

  it('differs in folders with the same name, or with a name that looks like a path', () => {
    open(['w', '/a/w'], ['w', '/b/w'], ['w/a', '/c'], ['v', '/v']);
    expect(['/a/w/x.md', '/b/w/x.md', '/c/x.md', '/v/x.md'].map((path) => fileAt(path))).toEqual([
      '/a/w/x.md',
      '/b/w/x.md',
      '/c/x.md',
      'v/x.md',
    ]);
  });

  it('is the full path or URI outside all folders', () => {
    open(['w', '/home/w']);
    expect(fileAt('/tmp/x.md')).toBe('/tmp/x.md');
    expect(fileAt('/x.md', 'untitled')).toBe('/x.md');
    // No file of the workspace folder, which has no place on disk yet.
    expect(fileAt('x.md', 'untitled')).toBe('untitled://hostx.md');
    expect(fileAt('/x.md', 'vscode-remote')).toBe('vscode-remote://host/x.md');
  });
});
