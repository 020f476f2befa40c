import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { defaultSleepWatch } from '../../../src/core/agent/awakeClock.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { LanguageModelProvider } from '../../../src/host/languageModels/languageModelProvider.ts';
import { JumpingClock } from '../../support/faults/jumpingClock.ts';
import { record, testAgent, testRun } from '../../support/runs.ts';
import { settled } from '../../support/settled.ts';
import type { ChatAnswer } from '../../support/vscode/fakeLanguageModels.ts';
import { startFakeModel } from '../../support/vscode/fakeLanguageModels.ts';
import { LanguageModelError, LanguageModelTextPart } from '../../support/vscode/fakeVscode.ts';
import { waitsOf } from './stage.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const prompts = Array.from({ length: 20 }, (_, index) => `p${index}`);
const done: ChatAnswer = { parts: [new LanguageModelTextPart('Done.')] };

describe("F30: VS Code's language models", () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0).reverse()) cleanup();
  });

  function start(answer: () => ChatAnswer, canSendRequest: () => boolean | undefined = () => true) {
    const model = startFakeModel('model', answer);
    const provider = new LanguageModelProvider({ canSendRequest });
    const sleep = { ...defaultSleepWatch, beatMs: Number.MAX_SAFE_INTEGER };
    const runner = new Runner({ clock: new JumpingClock(), sleep });
    const limits = { ...defaultLimits, timeoutMs: 1e9 };
    const agent = testAgent(provider, { model: 'test/model', limits });
    const run = testRun(agent, prompts, { runner, whenBlocked: 'pause', concurrency: 'auto' });
    const events = record(run);
    cleanups.push(() => {
      run.cancel();
      model.dispose();
      provider.dispose();
    });
    run.start();
    const pauses = () => events.filter(({ type }) => type === 'run.paused').length;
    return { run, events, model, pauses };
  }

  it('that limit requests are left alone for a while by all conversations', async () => {
    let blocked = 0;
    const { run, events, model } = start(() =>
      blocked++ < 8 ? { refuses: LanguageModelError.Blocked('Slow down.') } : done,
    );
    expect((await run.ended()).counts.done).toBe(20);
    const waits = waitsOf(events).filter(({ reason }) => reason === 'rate_limit');
    expect(waits.length).toBeGreaterThan(16);
    expect(Math.min(...waits.map(({ ms }) => ms))).toBe(10_000);
    // Conversations that resume one after another wait longer.
    expect(Math.max(...waits.map(({ ms }) => ms))).toBeLessThanOrEqual(30_000);
    expect(model.requests.length).toBeLessThanOrEqual(28);
  });

  it.each<[string, ChatAnswer, string, RegExp]>([
    ['are gone', { gone: true }, 'not_found', /offers no model test\/model\. Resume when/],
    [
      'are no longer found',
      { refuses: LanguageModelError.NotFound('It left.') },
      'not_found',
      /: It left\. .*Select Model…/,
    ],
    [
      'may not be used',
      { refuses: LanguageModelError.NoPermissions('Not you.') },
      'auth',
      /: Not you\. Allow it when VS Code asks/,
    ],
    [
      'may be used up',
      { refuses: Object.assign(new Error('Next month.'), { name: 'ChatQuotaExceeded' }) },
      'quota',
      /is used up: Next month\. Wait until it is renewed/,
    ],
  ])('that %s pause the run once, and it continues when that is fixed', async (...row) => {
    const [, trouble, kind, message] = row;
    let requests = 0;
    let isFixed = false;
    const { run, model, pauses } = start(() => (++requests > 10 && !isFixed ? trouble : done));
    await vi.waitFor(() => expect(run.state.paused).toMatchObject({ kind }));
    expect(run.state.paused!.message).toMatch(message);
    await vi.waitFor(() => expect(run.state.counts.running).toBe(0));
    expect(pauses()).toBe(1);
    const sent = model.requests.length + model.missed;
    await settled();
    expect(model.requests.length + model.missed).toBe(sent);
    isFixed = true;
    run.resume();
    expect((await run.ended()).counts.done).toBe(20);
    expect(pauses()).toBe(1);
  });

  it('ask once for consent; closing the question pauses the run, and Resume asks again', async () => {
    const dismissed = Object.assign(new Error('Canceled'), { name: 'Canceled' });
    let allowed: boolean | undefined;
    let isFixed = false;
    const { run, model, pauses } = start(
      () => {
        if (!isFixed) return { refuses: dismissed };
        allowed = true;
        return done;
      },
      () => allowed,
    );
    await vi.waitFor(() => expect(run.state.paused).toMatchObject({ kind: 'auth' }));
    await vi.waitFor(() => expect(run.state.counts.waiting).toBe(20));
    expect(model.requests).toHaveLength(1);
    expect(pauses()).toBe(1);
    isFixed = true;
    run.resume();
    expect((await run.ended()).counts.done).toBe(20);
    expect(model.requests).toHaveLength(21);
  });
});
