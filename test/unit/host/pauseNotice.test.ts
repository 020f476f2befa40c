import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/emitter.ts';
import { Notices } from '../../../src/host/notices.ts';
import { PauseNotice } from '../../../src/host/pauseNotice.ts';
import type { RunService } from '../../../src/host/runService.ts';
import type { ErrorKind } from '../../../src/shared/outcome.ts';
import { settled } from '../../support/settled.ts';

const shown = vi.hoisted(() => ({
  choices: [] as string[],
  choose: '',
  executed: [] as string[],
  /** Called while the notification is shown. */
  meanwhile: () => {},
}));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  window: {
    showWarningMessage: async (_message: string, ...choices: string[]) => {
      shown.choices = choices;
      shown.meanwhile();
      return choices.includes(shown.choose) ? shown.choose : undefined;
    },
  },
  commands: { executeCommand: async (command: string) => shown.executed.push(command) },
}));

beforeEach(() => {
  shown.executed = [];
  shown.choose = '';
  shown.meanwhile = () => {};
  pausedRun.resume.mockClear();
  pausedRun.cancel.mockClear();
});

/** The paused run. It records the calls of its methods. */
const pausedRun = {
  state: {} as { started?: unknown; paused?: unknown },
  resume: vi.fn(),
  cancel: vi.fn(),
};

async function notice(provider: string, kind: ErrorKind): Promise<readonly string[]> {
  const emitter = new Emitter<unknown>(() => undefined);
  const runs = { onDidEmit: emitter.event } as unknown as RunService;
  const shownNotice = new PauseNotice(runs, new Notices());
  const error = { kind, message: 'No.', attempts: 1 };
  pausedRun.state = { started: { title: 'a.prompts.md', agent: { provider } }, paused: error };
  const run = pausedRun;
  emitter.fire({ run, event: { type: 'run.paused', error, seq: 1, atMs: 0 } });
  await Promise.resolve();
  shownNotice.dispose();
  return shown.choices;
}

describe('the notification of a paused run', () => {
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
  ])('runs the selected command for %s', async (provider, choice, command) => {
    shown.choose = choice;
    await notice(provider, 'auth');
    await vi.waitFor(() => expect(shown.executed).toEqual([command]));
  });

  it.each(['Resume', 'Cancel Run'] as const)('%s acts on the run', async (choice) => {
    shown.choose = choice;
    await notice('anthropic', 'quota');
    const acted = choice === 'Resume' ? pausedRun.resume : pausedRun.cancel;
    await vi.waitFor(() => expect(acted).toHaveBeenCalledOnce());
  });

  it.each([
    ['the pause has ended', undefined],
    ['another pause came', { kind: 'quota', message: 'No.', attempts: 1 }],
  ])('does nothing once %s', async (_, paused) => {
    for (const choice of ['Resume', 'Cancel Run', 'Set API Key…']) {
      shown.choose = choice;
      shown.meanwhile = () => {
        pausedRun.state.paused = paused;
      };
      await notice('anthropic', 'auth');
      await settled();
    }
    expect([pausedRun.resume.mock.calls, pausedRun.cancel.mock.calls]).toEqual([[], []]);
    expect(shown.executed).toEqual([]);
  });
});
