import { expect, it, vi } from 'vitest';
import { AgentFileWatch, isAgentDocument } from '../../../src/host/agentFileWatch.ts';

const window = vi.hoisted(() => ({ listeners: {} as Record<string, (event: unknown) => void> }));

vi.mock('vscode', async () => {
  const { EventEmitter } = await import('../../support/vscode/fakeVscode.ts');
  const on = (name: string) => (listener: (event: unknown) => void) => {
    window.listeners[name] = listener;
    return { dispose: () => delete window.listeners[name] };
  };
  return {
    EventEmitter,
    workspace: {
      workspaceFolders: [{ uri: { scheme: 'memfs' } }],
      createFileSystemWatcher: () => ({
        ...{ onDidCreate: on('create'), onDidChange: on('change'), onDidDelete: on('delete') },
        dispose: () => undefined,
      }),
      onDidSaveTextDocument: on('save'),
      onDidChangeWorkspaceFolders: on('folders'),
    },
  };
});

const uri = (scheme: string, path: string) => ({ scheme, path }) as never;

it('tells of each change of an agent file, of other files saved not, and nothing after its end', () => {
  const watch = new AgentFileWatch();
  let told = 0;
  watch.onDidChange(() => told++);
  for (const name of ['create', 'change', 'delete', 'folders']) window.listeners[name]!(undefined);
  expect(told).toBe(4);
  window.listeners.save!({ uri: uri('file', '/home/me/.copilot/agents/a.agent.md') });
  window.listeners.save!({ uri: uri('file', '/w/a.ts') });
  expect(told).toBe(5);
  watch.dispose();
  expect(Object.keys(window.listeners)).toEqual([]);
});

it('knows agent files that can be edited', () => {
  expect(isAgentDocument(uri('file', '/w/a.agent.md'))).toBe(true);
  expect(isAgentDocument(uri('memfs', '/w/a.agent.md'))).toBe(true);
  expect(isAgentDocument(uri('untitled', 'a.agent.md'))).toBe(true);
  expect(isAgentDocument(uri('git', '/w/a.agent.md'))).toBe(false);
  expect(isAgentDocument(uri('file', '/w/a.prompt.md'))).toBe(false);
});
