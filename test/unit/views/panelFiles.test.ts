import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openNamedFile } from '../../../src/views/panelFiles.ts';

const fake = vi.hoisted(() => ({
  files: new Set<string>(),
  opened: [] as [string, number | undefined][],
  groups: [] as { viewColumn: number; tabs: { input: unknown }[] }[],
  active: 0,
}));

vi.mock('vscode', () => {
  const uri = (path: string) => ({
    path,
    with: (parts: { readonly path: string }) => uri(parts.path),
  });
  class TabInputWebview {
    readonly viewType: string;
    constructor(viewType: string) {
      this.viewType = viewType;
    }
  }
  return {
    TabInputWebview,
    FileType: { File: 1, Directory: 2 },
    Position: class {},
    Range: class {},
    Selection: class {},
    TextEditorRevealType: { InCenter: 2 },
    ViewColumn: { Active: -1, Beside: -2 },
    Uri: {
      joinPath: (base: { readonly path: string }, more: string) => uri(`${base.path}/${more}`),
    },
    workspace: {
      workspaceFolders: [
        { name: 'shop', uri: uri('/work/shop') },
        { name: 'api', uri: uri('/work/api') },
      ],
      fs: {
        stat: async ({ path }: { readonly path: string }) => {
          if (!fake.files.has(path)) throw new Error('no such file');
          return { type: 1 };
        },
      },
    },
    window: {
      tabGroups: {
        get all() {
          return fake.groups;
        },
        get activeTabGroup() {
          return fake.groups[fake.active];
        },
      },
      showTextDocument: async (
        { path }: { readonly path: string },
        { viewColumn }: { readonly viewColumn: number },
      ) => {
        fake.opened.push([path, viewColumn]);
        const document = { validatePosition: (position: unknown) => position };
        return { document, revealRange: () => undefined };
      },
    },
  };
});

/** A group of editors, with results or with a file. */
async function group(viewColumn: number, hasResults: boolean) {
  const { TabInputWebview } = await import('vscode');
  const input = new (TabInputWebview as new (type: string) => unknown)(
    hasResults ? 'mainThreadWebview-interleave.results' : 'other',
  );
  return { viewColumn, tabs: [{ input }] };
}

beforeEach(async () => {
  fake.files = new Set(['/work/shop/src/cart.ts', '/work/api/index.ts']);
  fake.opened = [];
  fake.groups = [await group(1, false), await group(2, true)];
  fake.active = 1;
});

describe('A file that an answer names', () => {
  it.each([
    ['src/cart.ts#L2', '/work/shop/src/cart.ts'],
    ['index.ts:3', '/work/api/index.ts'],
    ['api/index.ts', '/work/api/index.ts'],
    ['/work/shop/src/cart.ts', '/work/shop/src/cart.ts'],
  ])('%s opens beside the results, not among them', async (target, path) => {
    await openNamedFile(target);
    expect(fake.opened).toEqual([[path, 1]]);
  });

  it('opens in a new group where the only one has results', async () => {
    fake.groups = [await group(1, true)];
    fake.active = 0;
    await openNamedFile('src/cart.ts');
    expect(fake.opened).toEqual([['/work/shop/src/cart.ts', -2]]);
  });

  it.each(['src/gone.ts', '../shop/src/cart.ts', '/etc/passwd', 'https://x.example/a.ts'])(
    '%s is refused',
    async (target) => {
      await expect(openNamedFile(target)).rejects.toThrow('The open folders have no file');
      expect(fake.opened).toEqual([]);
    },
  );
});
