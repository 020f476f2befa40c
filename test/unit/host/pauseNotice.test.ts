import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/emitter.ts';
import { PauseNotice } from '../../../src/host/pauseNotice.ts';
import type { RunService } from '../../../src/host/runService.ts';
import type { ErrorKind } from '../../../src/shared/conversationEvents.ts';

const shown = vi.hoisted(() => ({ choices: [] as string[], choose: '', executed: [] as string[] }));
vi.mock('vscode', () => ({
  window: {
    showWarningMessage: async (_message: string, ...choices: string[]) => {
      shown.choices = choices;
      return choices.includes(shown.choose) ? shown.choose : undefined;
    },
  },
  commands: { executeCommand: async (command: string) => shown.executed.push(command) },
}));

beforeEach(() => {
  shown.executed = [];
  shown.choose = '';
});

async function notice(provider: string, kind: ErrorKind): Promise<readonly string[]> {
  const emitter = new Emitter<unknown>(() => undefined);
  const runs = { onDidEmit: emitter.event } as unknown as RunService;
  const shownNotice = new PauseNotice(runs);
  const run = { state: { started: { title: 'a.prompts.md', agent: { provider } } } };
  const error = { kind, message: 'No.', attempts: 1 };
  emitter.fire({ run, event: { type: 'run.paused', error, seq: 1, atMs: 0 } });
  await Promise.resolve();
  shownNotice.dispose();
  return shown.choices;
}

describe('the notice of a paused run', () => {
  it.each([
    ['anthropic', 'auth', ['Set API Key…', 'Resume', 'Cancel Run']],
    ['anthropic', 'network', ['Resume', 'Cancel Run']],
    ['openai', 'quota', ['Resume', 'Cancel Run']],
    ['vscode', 'auth', ['Select Model…', 'Resume', 'Cancel Run']],
    ['vscode', 'not_found', ['Select Model…', 'Resume', 'Cancel Run']],
    ['vscode', 'quota', ['Select Model…', 'Resume', 'Cancel Run']],
  ] as const)('offers for %s and %s what helps', async (provider, kind, choices) => {
    expect(await notice(provider, kind)).toEqual(choices);
  });

  it.each([
    ['anthropic', 'Set API Key…', 'interleave.setApiKey'],
    ['vscode', 'Select Model…', 'interleave.selectModel'],
  ])('does for %s what is chosen', async (provider, choice, command) => {
    shown.choose = choice;
    await notice(provider, 'auth');
    await vi.waitFor(() => expect(shown.executed).toEqual([command]));
  });
});
