import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newPromptFile } from '../../../src/commands/newPromptFile.ts';
import { revealPrompt } from '../../../src/commands/revealPrompt.ts';

const window = vi.hoisted(() => ({
  /** Addresses of the open documents. */
  open: [] as string[],
  shown: [] as string[],
}));

vi.mock('vscode', () => {
  const uriOf = (text: string) => {
    const [scheme = '', path = ''] = text.split(':');
    return { scheme, path, toString: () => text };
  };
  const openDocument = async (uri: unknown) => {
    if (!window.open.includes(String(uri))) window.open.push(String(uri));
    return { uri };
  };
  return {
    Position: class {},
    TabInputWebview: class {},
    ViewColumn: { Active: -1 },
    Selection: class {},
    Range: class {},
    TextEditorRevealType: { AtTop: 3 },
    Uri: Object.assign(class {}, {
      from: ({ scheme, path }: { scheme: string; path: string }) => uriOf(`${scheme}:${path}`),
      parse: uriOf,
    }),
    workspace: {
      workspaceFolders: undefined,
      get textDocuments() {
        return window.open.map((text) => ({ uri: uriOf(text), isClosed: false }));
      },
      openTextDocument: openDocument,
    },
    window: {
      tabGroups: { all: [], activeTabGroup: { tabs: [] } },
      showTextDocument: async (shown: { uri?: unknown }) => {
        const uri = String(shown.uri ?? shown);
        if (uri.includes('gone')) throw new Error(`cannot open ${uri}`);
        window.shown.push(uri);
        const document = { validatePosition: (position: unknown) => position };
        return { document, edit: async () => true, revealRange: () => undefined };
      },
    },
  };
});

beforeEach(() => {
  window.open = [];
  window.shown = [];
});

it('New Prompt File without a folder opens a new document each time', async () => {
  const make = newPromptFile();
  for (let count = 0; count < 3; count++) await make();
  expect(window.open).toEqual([
    'untitled:untitled.prompts.md',
    'untitled:untitled-2.prompts.md',
    'untitled:untitled-3.prompts.md',
  ]);
});

describe('Go to Prompt', () => {
  const reveal = async (uri: string): Promise<unknown> =>
    await revealPrompt({
      history: {
        open: async () => ({ state: { conversations: [{ source: { uri, line: 0 } }] } }),
      },
    } as never)({ runId: 'run-1', conversation: 0 });

  it('opens an unsaved document only while it is open: VS Code would show an empty one', async () => {
    window.open = ['untitled:kept.prompts.md'];
    await reveal('untitled:kept.prompts.md');
    expect(window.shown).toEqual(['untitled:kept.prompts.md']);
    await expect(reveal('untitled:lost.prompts.md')).rejects.toThrow(
      'The document of this prompt was closed without being saved.',
    );
    expect(window.shown).toHaveLength(1);
  });

  it('reports a file that no longer exists', async () => {
    await expect(reveal('file:/w/gone.prompts.md')).rejects.toThrow(
      'gone.prompts.md could not be opened. Was it deleted or moved?',
    );
  });
});
