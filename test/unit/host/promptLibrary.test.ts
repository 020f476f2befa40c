import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Engine } from '../../../src/host/engine.ts';
import { isPromptDocument, PromptLibrary } from '../../../src/host/promptLibrary.ts';

/** A fake workspace: its content and its listeners. */
const workspace = vi.hoisted(() => ({
  files: [] as string[],
  /** The folders of a virtual file system: names with their types. */
  virtual: {} as Record<string, readonly [string, number][]>,
  searches: 0,
  root: '/w',
  folders: [{ uri: { scheme: 'file' } }] as { uri: { scheme: string; path?: string } }[],
  documents: [] as unknown[],
  listeners: new Map<string, Set<(event: unknown) => void>>(),
}));

vi.mock('vscode', () => {
  const on = (name: string) => (listener: (event: unknown) => void) => {
    const known = workspace.listeners.get(name) ?? new Set();
    workspace.listeners.set(name, known.add(listener));
    return { dispose: () => known.delete(listener) };
  };
  return {
    EventEmitter: class {
      readonly listeners = new Set<(value: unknown) => void>();
      readonly event = (listener: (value: unknown) => void) => {
        this.listeners.add(listener);
        return { dispose: () => this.listeners.delete(listener) };
      };
      fire(value: unknown): void {
        for (const listener of this.listeners) listener(value);
      }
      dispose(): void {
        this.listeners.clear();
      }
    },
    FileType: { File: 1, Directory: 2, SymbolicLink: 64 },
    RelativePattern: class {
      readonly base: unknown;
      constructor(base: unknown) {
        this.base = base;
      }
    },
    Uri: {
      joinPath: ({ scheme, path }: { scheme: string; path: string }, name: string) =>
        uriOf(`${path}/${name}`, scheme),
    },
    workspace: {
      get workspaceFolders() {
        return workspace.folders;
      },
      get textDocuments() {
        return workspace.documents;
      },
      fs: {
        readDirectory: async ({ path }: { path: string }) => {
          const entries = workspace.virtual[path];
          if (entries === undefined) throw new Error('Unavailable');
          return entries;
        },
      },
      getWorkspaceFolder: () => undefined,
      asRelativePath: ({ path }: { path: string }) =>
        path.startsWith(`${workspace.root}/`) ? path.slice(workspace.root.length + 1) : path,
      findFiles: async (pattern: string | { readonly base: { readonly path: string } }) => {
        workspace.searches++;
        const base = typeof pattern === 'string' ? '/' : pattern.base.path;
        return workspace.files.filter((path) => path.startsWith(base)).map((path) => uriOf(path));
      },
      createFileSystemWatcher: (pattern: string, ...ignored: readonly boolean[]) => {
        const [noCreate, noChange, noDelete] = ignored;
        const nothing = () => ({ dispose: () => undefined });
        return {
          onDidCreate: noCreate ? nothing : on(`create ${pattern}`),
          onDidChange: noChange ? nothing : on(`change ${pattern}`),
          onDidDelete: noDelete ? nothing : on(`delete ${pattern}`),
          dispose: () => undefined,
        };
      },
      onDidRenameFiles: on('rename'),
      onDidDeleteFiles: on('deleteFiles'),
      onDidChangeWorkspaceFolders: on('folders'),
      onDidChangeConfiguration: on('configuration'),
      onDidChangeTextDocument: on('text'),
    },
  };
});

function uriOf(path: string, scheme = 'file') {
  return {
    scheme,
    path,
    fsPath: path,
    toString: () => `${scheme}://${path}`,
    with: (change: { path: string }) => uriOf(change.path, scheme),
  };
}

const prompts = '**/*.{prompt,prompts}.md';

function happens(name: string, event: unknown = {}): void {
  for (const listener of workspace.listeners.get(name) ?? []) listener(event);
}

const engine = {
  parsePromptFile: (text: string) => ({ prompts: [], diagnostics: [], text }),
  readPromptFile: async () => 'on disk',
} as unknown as Engine;

function openLibrary(): { readonly library: PromptLibrary; readonly heard: unknown[] } {
  const library = new PromptLibrary({ get: async () => engine } as never);
  const heard: unknown[] = [];
  library.onDidChange((uri) => heard.push(uri?.path));
  onTestFinished(() => library.dispose());
  return { library, heard };
}

beforeEach(() => {
  workspace.files = ['/w/b/two.prompts.md', '/w/a/one.prompt.md'];
  workspace.searches = 0;
  workspace.root = '/w';
  workspace.folders = [{ uri: { scheme: 'file' } }];
  workspace.documents = [];
  workspace.listeners.clear();
});

describe('The prompt files of a workspace', () => {
  it('are searched for once, however often they are requested', async () => {
    const { library } = openLibrary();
    const [first, second] = await Promise.all([library.files(), library.files()]);
    expect(first.map(({ path }) => path)).toEqual(['/w/a/one.prompt.md', '/w/b/two.prompts.md']);
    expect(second).toEqual(first);
    happens(`change ${prompts}`, uriOf('/w/a/one.prompt.md'));
    happens('text', {
      document: { uri: uriOf('/w/a/one.prompt.md') },
      contentChanges: [{}],
    });
    await library.files();
    expect(workspace.searches).toBe(1);
  });

  it.each([
    ['a prompt file is created outside VS Code', `create ${prompts}`, uriOf('/w/c.prompts.md')],
    ['a prompt file is deleted outside VS Code', `delete ${prompts}`, uriOf('/w/a/one.prompt.md')],
    ['a folder with prompt files is deleted outside VS Code', 'delete **', uriOf('/w/a')],
    ['a folder is moved into the workspace', 'create **', uriOf('/w/moved')],
    ['something is renamed in VS Code', 'rename', {}],
    ['something is deleted in VS Code', 'deleteFiles', {}],
    ['workspace folders are added or removed', 'folders', {}],
    [
      'other files are excluded',
      'configuration',
      { affectsConfiguration: (name: string) => name === 'files.exclude' },
    ],
  ])('are searched for again after %s, with a change event', async (_what, name, event) => {
    const { library, heard } = openLibrary();
    await library.files();
    workspace.files = ['/w/c.prompts.md'];
    happens(name, event);
    expect(heard).toEqual([undefined]);
    expect((await library.files()).map(({ path }) => path)).toEqual(['/w/c.prompts.md']);
    expect(workspace.searches).toBe(2);
  });

  it.each([
    ['a folder without prompt files is deleted', 'delete **', uriOf('/w/other')],
    ['a folder whose name starts with the same letters is deleted', 'delete **', uriOf('/w/a2')],
    ['any other file is created', 'create **', uriOf('/w/a/source.ts')],
    ['git writes into its folder', 'create **', uriOf('/w/.git/refs/heads/main')],
    ['packages are installed', 'create **', uriOf('/w/node_modules/pkg/LICENSE')],
    ['another setting changes', 'configuration', { affectsConfiguration: () => false }],
  ])('are not searched for again after %s', async (_what, name, event) => {
    const { library, heard } = openLibrary();
    await library.files();
    happens(name, event);
    await library.files();
    expect(heard).toEqual([]);
    expect(workspace.searches).toBe(1);
  });

  it('are searched for again after a folder is created, even if the workspace is in a folder named out', async () => {
    workspace.root = '/home/out/w';
    const { library, heard } = openLibrary();
    await library.files();
    happens('create **', uriOf('/home/out/w/out'));
    expect(heard).toEqual([]);
    happens('create **', uriOf('/home/out/w/new'));
    expect(heard).toEqual([undefined]);
  });

  it('are searched for again after a change during a search', async () => {
    const { library } = openLibrary();
    const before = library.files();
    happens('folders');
    workspace.files = ['/w/c.prompts.md'];
    expect((await library.files()).map(({ path }) => path)).toEqual(['/w/c.prompts.md']);
    await before;
    await library.files();
    expect(workspace.searches).toBe(2);
  });
});

describe('The text of a prompt file', () => {
  const uri = uriOf('/w/a/one.prompt.md');
  const textOf = async (library: PromptLibrary, of = uri): Promise<unknown> =>
    Reflect.get(await library.parse(of as never), 'text');

  it('is the text in its editor, saved or not', async () => {
    const { library } = openLibrary();
    expect(await textOf(library)).toBe('on disk');
    workspace.documents = [{ uri, isClosed: false, isDirty: true, getText: () => 'as typed' }];
    expect(await textOf(library)).toBe('as typed');
  });

  it('is the text in the editor for an untitled file', async () => {
    const { library } = openLibrary();
    const untitled = uriOf('new.prompts.md', 'untitled');
    workspace.documents = [{ uri: untitled, isClosed: false, getText: () => 'as typed' }];
    expect(await textOf(library, untitled)).toBe('as typed');
  });
});

describe('The prompt files of a virtual folder', () => {
  const [file, folder, link] = [1, 2, 64];

  beforeEach(() => {
    workspace.folders = [{ uri: uriOf('/p', 'memfs') }];
    workspace.virtual = {
      '/p': [
        ['one.prompts.md', file],
        ['notes.md', file],
        ['deep', folder],
        ['locked', folder],
        ['node_modules', folder],
        ['around', folder + link],
        ['folder.prompts.md', folder],
      ],
      '/p/deep': [['two.prompt.md', file]],
      '/p/node_modules': [['theirs.prompts.md', file]],
      '/p/around': [['again.prompts.md', file]],
      '/p/folder.prompts.md': [],
    };
  });

  const found = async (): Promise<readonly string[]> =>
    (await openLibrary().library.files()).map(String);

  it("are found without VS Code's search, which waits forever on most such file systems", async () => {
    expect(await found()).toEqual(['memfs:///p/deep/two.prompt.md', 'memfs:///p/one.prompts.md']);
    expect(workspace.searches).toBe(0);
  });

  it('are found together with those of a folder on disk', async () => {
    workspace.folders = [{ uri: uriOf('/p', 'memfs') }, { uri: uriOf('/w/a') }];
    expect(await found()).toEqual([
      'memfs:///p/deep/two.prompt.md',
      'memfs:///p/one.prompts.md',
      'file:///w/a/one.prompt.md',
    ]);
  });

  it('are looked for in a limited number of folders', async () => {
    let read = 0;
    workspace.virtual = new Proxy(
      {},
      {
        get: () => {
          read++;
          return [['deeper', folder]];
        },
      },
    );
    expect(await found()).toEqual([]);
    expect(read).toBe(1_000);
  });
});

describe('A document with the name of a prompt file', () => {
  it.each(['file', 'untitled'])('is a prompt file with the scheme %s:', (scheme) => {
    expect(isPromptDocument(uriOf('/w/a.prompts.md', scheme) as never)).toBe(true);
    expect(isPromptDocument(uriOf('/w/a.md', scheme) as never)).toBe(false);
  });

  it.each(['git', 'gitfs', 'output', 'vscode-userdata', 'vscode-local-history', 'review'])(
    'is not a prompt file with the scheme %s:',
    (scheme) => {
      expect(isPromptDocument(uriOf('/w/a.prompts.md', scheme) as never)).toBe(false);
    },
  );

  it('is a prompt file with the scheme of a workspace folder', () => {
    workspace.folders = [{ uri: { scheme: 'memfs' } }];
    expect(isPromptDocument(uriOf('/w/a.prompts.md', 'memfs') as never)).toBe(true);
  });
});
