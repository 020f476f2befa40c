import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cancelConversation, cancelRun } from '../../../src/commands/cancel.ts';
import { CommandRunner } from '../../../src/commands/commandRunner.ts';
import type { CommandServices } from '../../../src/commands/commandServices.ts';
import { copyAll, copyAnswer } from '../../../src/commands/copy.ts';
import { registerCommands } from '../../../src/commands/registerCommands.ts';
import {
  continueConversation,
  rerunFailed,
  resumeRun,
  retryConversation,
  runRemaining,
} from '../../../src/commands/rerun.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { commands } from '../../../src/host/contributionIds.ts';
import { HostError } from '../../../src/host/hostError.ts';
import { RunService } from '../../../src/host/runService.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  clipboard: { text: '', fails: false },
  registered: new Map<string, (...args: readonly unknown[]) => unknown>(),
}));
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  env: {
    clipboard: {
      writeText: async (text: string) => {
        if (fake.clipboard.fails) throw new Error('It is locked.');
        fake.clipboard.text = text;
      },
    },
  },
  commands: {
    registerCommand: (id: string, handler: () => unknown) => fake.registered.set(id, handler),
  },
  workspace: { isTrusted: true },
  Disposable: { from: () => ({ dispose: () => undefined }) },
}));

beforeEach(() => {
  person.reset();
  fake.clipboard = { text: '', fails: false };
});

/** A run that records the calls of its methods and never ends. */
class AskedRun extends SteppedRun {
  readonly calls: string[] = [];
  readonly onEvent = (): void => undefined;
  readonly cancel = (): number => this.calls.push('cancel');
  readonly cancelConversation = (index: number): number => this.calls.push(`cancel ${index}`);
  readonly rerun = (indices: readonly number[]): number => this.calls.push(`rerun ${indices}`);
  readonly continue = (indices: readonly number[]): number =>
    this.calls.push(`continue ${indices}`);
  readonly resume = (): number => this.calls.push('resume');
  readonly result = (): object => ({});
  readonly ended = (): Promise<unknown> => new Promise(() => undefined);
}

/** The first conversation is done, the second failed, the third cancelled, and the fourth is running. */
function mixedRun(): AskedRun {
  const run = new AskedRun(['One', 'Two', 'Three', 'Four']);
  run.step(0, steps.started);
  run.step(0, { ...steps.done, answer: 'a\u202eb' });
  run.step(1, steps.failed);
  run.step(2, steps.cancelled);
  return run;
}

function windowWith(run: AskedRun) {
  const runs = new RunService();
  runs.adopt(run as unknown as Run);
  const engine = { get: async () => ({ toMarkdown: () => '# Report' }) };
  const parts = {
    ...{ runs, engine, results: { show: () => undefined } },
    history: { open: async () => run, restore: async () => run },
    log: { error: () => undefined, safe: (text: string) => text, show: () => undefined },
  };
  return parts as unknown as CommandServices;
}

const asked = (conversation?: number) => ({
  ...{ runId: 'run-1', interactive: true, answers: true },
  ...(conversation === undefined ? {} : { conversation }),
});

describe('a command whose caller shows the outcome answers immediately', () => {
  it('with the number of characters copied, as shown', async () => {
    const services = windowWith(mixedRun());
    expect(await copyAnswer(services)(asked(0))).toEqual({
      ok: true,
      message: `Copied ${fake.clipboard.text.length} characters`,
    });
    expect(fake.clipboard.text).not.toContain('\u202e');
    expect(await copyAll(services)(asked())).toEqual({ ok: true, message: 'Copied 8 characters' });
    expect(fake.clipboard.text).toBe('# Report');
  });

  it('that a running run or conversation is cancelled', async () => {
    const run = mixedRun();
    const services = windowWith(run);
    expect(await cancelRun(services)(asked())).toEqual({ ok: true, message: 'Cancelling the run' });
    expect(await cancelConversation(services)(asked(3))).toEqual({
      ok: true,
      message: 'Cancelling the conversation',
    });
    expect(run.calls).toEqual(['cancel', 'cancel 3']);
  });

  it('that there is nothing to cancel', async () => {
    const run = mixedRun();
    const services = windowWith(run);
    expect(await cancelConversation(services)(asked(0))).toEqual({
      ok: false,
      message: 'This conversation has already ended.',
    });
    run.finish('finished');
    expect(await cancelRun(services)(asked())).toEqual({
      ok: false,
      message: 'This run is not running.',
    });
  });

  it('that conversations run again, without waiting for their end', async () => {
    const run = mixedRun();
    const services = windowWith(run);
    person.chooses = 'Run Again';
    const begun = [
      await retryConversation(services)(asked(0)),
      await Promise.resolve(continueConversation(services)(asked(3))).catch(() => 'refused'),
      await rerunFailed(services)(asked()),
      await runRemaining(services)(asked()),
    ];
    expect(begun).toEqual([
      { ok: true, message: 'Running again' },
      'refused',
      { ok: true, message: 'Running 1 conversation again' },
      { ok: true, message: 'Running 1 conversation again' },
    ]);
    expect(run.calls).toEqual(['rerun 0', 'rerun 1', 'rerun 2']);
  });

  it('that the user declined', async () => {
    const run = mixedRun();
    expect(await retryConversation(windowWith(run))(asked(0))).toEqual({ ok: false });
    expect(run.calls).toEqual([]);
  });

  it('that a paused run resumes', async () => {
    const run = mixedRun();
    run.own({ type: 'run.paused', error: { kind: 'quota', message: 'Used up.', attempts: 1 } });
    expect(await resumeRun(windowWith(run))(asked())).toEqual({
      ok: true,
      message: 'Resuming the run',
    });
    expect(run.calls).toEqual(['resume']);
  });
});

describe('a command that fails', () => {
  const call = (services: CommandServices, id: string, ...args: readonly unknown[]) => {
    registerCommands((name, given) => new CommandRunner(services).run(name, given));
    return fake.registered.get(id)!(...args);
  };

  it('answers the view that shows the outcome, and shows no notification', async () => {
    fake.clipboard.fails = true;
    const message = 'Nothing was copied. Could not write to the clipboard: It is locked.';
    expect(await call(windowWith(mixedRun()), commands.copyAnswer, asked(0))).toEqual({
      ok: false,
      message,
    });
    expect(person.messages).toEqual([]);
  });

  it('shows a notification to other callers', async () => {
    fake.clipboard.fails = true;
    const target = { runId: 'run-1', conversation: 0, interactive: true };
    expect(await call(windowWith(mixedRun()), commands.copyAnswer, target)).toBeUndefined();
    expect(person.messages).toMatchObject([{ text: expect.stringContaining('It is locked.') }]);
  });

  it.each([
    [
      'with remedies shows them as buttons',
      new HostError('No key.', [{ title: 'Set API Key', command: 'x' }]),
      ['No key.', ['Set API Key']],
    ],
    [
      'that is a bug offers to show the log',
      new TypeError('x is undefined'),
      ['Interleave failed: x is undefined', ['Show Log']],
    ],
  ])('%s, even if a view shows the outcome', async (_, error, [text, buttons]) => {
    const services = windowWith(mixedRun());
    const history = { open: () => Promise.reject(error) };
    const answer = await call({ ...services, history } as never, commands.rerunFailed, asked());
    expect(answer).toEqual({ ok: false });
    expect(person.messages).toMatchObject([{ text, buttons }]);
  });

  it('answers a request for a key, whose target is the provider', async () => {
    const services = {
      ...windowWith(mixedRun()),
      engine: { get: () => Promise.reject(new HostError('The engine is not there.')) },
    };
    const args = ['anthropic', { answers: true }];
    expect(await call(services as never, commands.setApiKey, ...args)).toEqual({
      ok: false,
      message: 'The engine is not there.',
    });
  });
});
