import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentDiagnostics } from '../../../src/views/agentDiagnostics.ts';
import { PromptDiagnostics } from '../../../src/views/promptDiagnostics.ts';
import { RuleDiagnostics } from '../../../src/views/ruleDiagnostics.ts';

const window = vi.hoisted(() => ({
  trusted: false,
  grant: (): void => undefined,
  shown: [] as string[],
  text: '',
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
      textDocuments: ['/w/a.prompts.md', '/w/a.rules', '/w/.github/agents/a.agent.md'].flatMap(
        (path) =>
          ['file', 'git'].map((scheme) => ({
            uri: { scheme, path, toString: () => `${scheme}:${path}` },
            version: 1,
            getText: () => window.text,
          })),
      ),
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
let tellOfAgents = (): void => undefined;
const onDidChangeAgents = (listener: () => void) => {
  tellOfAgents = listener;
  return { dispose: () => undefined };
};
const promptDiagnostics = () =>
  new PromptDiagnostics({
    library: { parse } as never,
    check: async ({ diagnostics }) => diagnostics,
    onDidChangeAgents,
  });

beforeEach(() => {
  vi.useFakeTimers();
  window.shown = [];
  parse.mockClear();
  return () => vi.useRealTimers();
});

describe('The problems of prompt files', () => {
  it('are checked only when the folder is trusted, and then immediately', async () => {
    window.trusted = false;
    const diagnostics = promptDiagnostics();
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
    const diagnostics = promptDiagnostics();
    await vi.runAllTimersAsync();
    expect(window.shown).toEqual(['No "[Fix it] (command:evil) $ (flame)".']);
    diagnostics.dispose();
  });
});

describe('The problems of files of rules', () => {
  const check = vi.fn(async () => [
    { severity: 'warning', line: 0, column: 6, endColumn: 9, message: 'No tool "$(x)".' } as const,
  ]);

  it.each([
    ['are shown as plain text', 'allow x', ['No tool "$ (x)".']],
    ['are not looked for in files of other programs', 'allow read: if true;', []],
  ])('%s', async (_, text, shown) => {
    window.trusted = true;
    window.text = text;
    check.mockClear();
    const diagnostics = new RuleDiagnostics(check);
    await vi.runAllTimersAsync();
    expect(window.shown).toEqual(shown);
    // The left side of a diff is not checked.
    expect(check).toHaveBeenCalledTimes(shown.length);
    diagnostics.dispose();
  });
});

describe('The problems of agent files', () => {
  it('are looked for again when another agent file changes', async () => {
    window.trusted = true;
    window.text = 'Be brief.';
    const check = vi.fn(async (text: string, uri: string) => [
      {
        ...({ severity: 'warning', code: 'x', message: `${uri}: ${text}` } as const),
        range: { line: 0, column: 0, endLine: 0, endColumn: 1 },
      },
    ]);
    const diagnostics = new AgentDiagnostics({ check, onDidChangeAgents });
    await vi.runAllTimersAsync();
    // The left side of a diff is not checked.
    expect(window.shown).toEqual(['file:/w/.github/agents/a.agent.md: Be brief.']);
    tellOfAgents();
    tellOfAgents();
    await vi.runAllTimersAsync();
    expect(check).toHaveBeenCalledTimes(2);
    diagnostics.dispose();
  });
});
