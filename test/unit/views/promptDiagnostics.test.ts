import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PromptLibrary } from '../../../src/host/promptLibrary.ts';
import { PromptDiagnostics } from '../../../src/views/promptDiagnostics.ts';

const window = vi.hoisted(() => ({
  trusted: false,
  grant: (): void => undefined,
  shown: [] as string[],
}));

vi.mock('vscode', () => {
  const nothing = () => ({ dispose: () => undefined });
  return {
    DiagnosticSeverity: { Error: 0 },
    Range: class {},
    Diagnostic: class {
      readonly message: string;
      constructor(_range: unknown, message: string) {
        this.message = message;
      }
    },
    languages: {
      createDiagnosticCollection: () => ({
        set: (_uri: unknown, found: readonly { readonly message: string }[]) => {
          window.shown.push(...found.map(({ message }) => message));
        },
        delete: () => undefined,
        dispose: () => undefined,
      }),
    },
    workspace: {
      get isTrusted() {
        return window.trusted;
      },
      createFileSystemWatcher: nothing,
      workspaceFolders: [{ uri: { scheme: 'file' } }],
      // The old side of a diff cannot be fixed.
      textDocuments: ['file', 'git'].map((scheme) => ({
        uri: { scheme, path: '/w/a.prompts.md', toString: () => scheme },
        version: 1,
      })),
      onDidOpenTextDocument: nothing,
      onDidChangeTextDocument: nothing,
      onDidCloseTextDocument: nothing,
      onDidDeleteFiles: nothing,
      onDidGrantWorkspaceTrust: (listener: () => void) => {
        window.grant = listener;
        return nothing();
      },
    },
  };
});

const parse = vi.fn(async () => ({
  prompts: [],
  diagnostics: [
    {
      ...{ severity: 'error', code: 'x', message: 'No "[Fix it](command:evil) $(flame)".' },
      range: { line: 0, column: 0, endLine: 0, endColumn: 1 },
    },
  ],
}));
const library = { parse } as unknown as PromptLibrary;

beforeEach(() => {
  vi.useFakeTimers();
  window.shown = [];
  parse.mockClear();
  return () => vi.useRealTimers();
});

describe('The problems of prompt files', () => {
  it('are checked only when the folder is trusted, and then immediately', async () => {
    window.trusted = false;
    const diagnostics = new PromptDiagnostics(library);
    await vi.runAllTimersAsync();
    expect(parse).not.toHaveBeenCalled();
    window.trusted = true;
    window.grant();
    await vi.runAllTimersAsync();
    expect(window.shown).toHaveLength(1);
    diagnostics.dispose();
  });

  it('are shown as plain text', async () => {
    window.trusted = true;
    const diagnostics = new PromptDiagnostics(library);
    await vi.runAllTimersAsync();
    expect(window.shown).toEqual(['No "[Fix it] (command:evil) $ (flame)".']);
    diagnostics.dispose();
  });
});
