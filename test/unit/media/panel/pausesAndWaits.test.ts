// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';
import { finishedRun, runningRun } from '../../../support/panel/scriptedRuns.ts';
import {
  cancelledRun,
  partlyUndecidedRun,
  pausedRun,
  undecidedRun,
  waitingRun,
} from '../../../support/panel/troubledRuns.ts';
import { setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

async function show(script: RunScript, count?: number): Promise<void> {
  panel = await showRun(script, count);
}

/** The buttons of the strip of a paused run. */
const remedies = () =>
  [...panel.element.querySelectorAll('.paused-strip button')].map((one) => one.textContent?.trim());

describe('a paused run', () => {
  it('says once why it is paused, and offers to resume or to cancel', async () => {
    await show(pausedRun('quota'));
    const strip = panel.text('.paused-strip');
    expect(strip).toMatch(/^Paused: quota used up: The spending limit .* is used up/);
    expect(strip).toContain('Resume continues from where the run paused');
    expect(remedies()).toEqual(['Resume', 'Cancel']);
    expect(panel.row(9).textContent).toContain('paused');
    expect(panel.row(9).textContent).not.toContain('spending limit');
    expect(panel.text('[role="status"]')).toBe('Run paused: quota used up');
  });

  it('offers to set the key of the provider that refused it', async () => {
    await show(pausedRun('auth'));
    expect(remedies()).toEqual(['Set API Key…', 'Resume', 'Cancel']);
    await panel.click(panel.element.querySelector('.paused-strip button'));
    expect(panel.asked().at(-1)).toEqual({ type: 'setApiKey', conversation: 1 });
  });

  it.each(['auth', 'not_found', 'quota'] as const)(
    'offers another model, and no key, for a model in VS Code (%s)',
    async (kind) => {
      const prompts = ['a', 'b'].map((name) => ({ name, provider: 'vscode' }));
      const script = new RunScript({ prompts }).pause(failure(kind, 'VS Code says no.'));
      for (const index of [0, 1]) {
        script.steps(index, { type: 'conversation.waiting', reason: 'blocked' });
      }
      await show(script);
      expect(remedies()).toEqual(['Select Model…', 'Resume', 'Cancel']);
      expect(panel.text('.paused-strip')).toContain('select another model and run again');
      await panel.click(panel.element.querySelector('.paused-strip button'));
      expect(panel.asked().at(-1)).toEqual({ type: 'selectModel' });
    },
  );

  it('says that it resumes automatically when the server does not answer', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] });
    await show(script.pause(failure('network', 'Nothing answers at api.example.com.')));
    expect(remedies()).toEqual(['Resume', 'Cancel']);
    expect(panel.text('.paused-strip')).toContain('resumes automatically when the server answers');
  });

  it('says that it resumes once the host has begun, and can be resumed again after another pause', async () => {
    const script = pausedRun('quota');
    await show(script);
    await panel.click(panel.button('Resume'));
    expect(panel.asked().at(-1)).toEqual({ type: 'resumeRun' });
    expect(panel.button('Resume')?.disabled).toBe(false);
    await panel.answer({ ok: true, message: 'Resuming the run' });
    expect(panel.button('Resuming…')?.disabled).toBe(true);
    const { length } = script.events;
    script.resume().pause(failure('quota', 'Still used up.'));
    await panel.send({ type: 'events', events: script.events.slice(length) });
    expect(panel.text('.paused-strip')).toContain('Still used up.');
    expect(panel.button('Resume')?.disabled).toBe(false);
  });

  it('is announced immediately, even right after another announcement', async () => {
    const script = pausedRun('auth');
    const before = script.events.findIndex(({ type }) => type === 'run.paused');
    await show(script, before);
    expect(panel.text('[role="status"]')).toBe('1 of 24 finished');
    await panel.send({ type: 'events', events: script.events.slice(before) });
    expect(panel.text('[role="status"]')).toBe('Run paused: authentication');
  });

  it('disappears when the run resumes', async () => {
    const script = pausedRun('quota');
    await show(script);
    const { length } = script.events;
    script.resume();
    await panel.send({ type: 'events', events: script.events.slice(length) });
    expect(panel.element.querySelector('.paused-strip')).toBeNull();
  });

  it('can be cancelled', async () => {
    await show(pausedRun('quota'));
    const cancel = panel.element.querySelector('.paused-strip button:last-child');
    await panel.click(cancel);
    expect(panel.asked().at(-1)).toEqual({ type: 'cancelRun' });
    await panel.answer({ ok: true, message: 'Cancelling the run' });
    const disabled = [...panel.element.querySelectorAll<HTMLButtonElement>('.paused-strip button')];
    expect(disabled.map((one) => one.disabled)).toEqual([true, true]);
  });
});

describe('a run that waits as a whole', () => {
  const held = (): RunScript => {
    const startedAt = new Date(Date.now() - 5000).toISOString();
    const prompts = ['a', 'b'].map((name) => ({ name }));
    const script = new RunScript({ prompts, startedAt }).at(4000);
    for (const index of [0, 1]) {
      script.steps(index, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 16_000 });
    }
    return script;
  };

  it('is announced with the reason and without a count-down', async () => {
    await show(held());
    expect(panel.text('[role="status"]')).toBe('0 of 2 finished, 2 waiting for the rate limit');
  });

  it('says so in the place of the answer of an open row', async () => {
    await show(held());
    await panel.click(panel.row(0));
    expect(panel.text('[role="tabpanel"]')).toMatch(/^Rate limit, \d+ s$/);
  });
});

describe('running again', () => {
  it('offers the cancelled ones if none failed or was stopped', async () => {
    await show(cancelledRun());
    expect(panel.button('Rerun Failed')).toBeUndefined();
    await panel.click(panel.button('Run Remaining: Run 6 cancelled'));
    expect(panel.asked().at(-1)).toEqual({ type: 'runRemaining' });
  });

  it('counts what it runs again, without the cancelled ones', async () => {
    await show(finishedRun());
    expect(panel.button('Run Remaining')).toBeUndefined();
    expect(panel.button('Rerun Failed')?.title).toBe('Rerun Failed: Run 3 failed, 1 stopped Again');
  });
});

describe('waiting', () => {
  it('is shown in the row, and once in the header for several with the same reason', async () => {
    await show(waitingRun());
    expect(panel.row(4).querySelector('.preview')?.textContent).toMatch(/^rate limit, 1[012] s$/);
    expect(panel.text('.run-wait')).toMatch(/^18 waiting for the rate limit, 1[012] s$/);
  });

  it('is not shown in the header when only one waits', async () => {
    await show(runningRun());
    expect(panel.element.querySelector('.run-wait')).toBeNull();
  });
});

describe('tool calls that wait for a decision', () => {
  it('are counted in a strip that leads to where they are decided', async () => {
    await show(undecidedRun());
    expect(panel.text('.approvals-strip')).toMatch(
      /^3 tool calls wait for a decision run_command \(2\) ?fetch_url \(1\) Review Approvals$/,
    );
    await panel.click(panel.button('Review Approvals'));
    expect(panel.asked()).toEqual([{ type: 'reviewApprovals' }]);
    await panel.click(panel.button('fetch_url'));
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('true');
  });

  it('are named in the rows of their conversations, with words for a screen reader', async () => {
    await show(undecidedRun());
    expect(panel.row(0).textContent).toContain('waiting for a decision: run_command');
    expect(panel.row(2).textContent).toContain('waiting for 2 decisions: run_command, fetch_url');
    const state = panel.row(0).querySelector('.state [role="img"]');
    expect(state?.getAttribute('aria-label')).toBe('waiting for a decision');
    expect(panel.text('[role="status"]')).toBe('1 of 4 finished, 2 waiting for a decision');
    await panel.click(panel.row(2).querySelector('[aria-label="Review Approval"]'));
    expect(panel.asked()).toEqual([{ type: 'reviewApproval', conversation: 2 }]);
  });

  it('are questions where they are answered: in the strip, the row and for a screen reader', async () => {
    await show(undecidedRun('ask_user'));
    expect(panel.text('.approvals-strip')).toMatch(
      /^2 tool calls wait for a decision, 1 question waits for an answer /,
    );
    expect(panel.row(0).textContent).toContain('waiting for an answer: ask_user');
    const state = panel.row(0).querySelector('.state [role="img"]');
    expect(state?.getAttribute('aria-label')).toBe('waiting for an answer');
    expect(panel.text('[role="status"]')).toBe(
      '1 of 4 finished, 1 waiting for a decision, 1 waiting for an answer',
    );
    await panel.click(panel.row(0).querySelector('[aria-label="Review Question"]'));
    expect(panel.asked()).toEqual([{ type: 'reviewApproval', conversation: 0 }]);
  });

  it('are seen while other calls of their conversations run, also those of an agent that was asked', async () => {
    const script = partlyUndecidedRun();
    expect(script.state().counts).toMatchObject({ waiting: 0, running: 3 });
    await show(script);
    expect(panel.text('.approvals-strip')).toMatch(
      /^1 tool call waits for a decision, 1 question waits for an answer run_command \(1\) ?ask_user \(1\)/,
    );
    await panel.click(panel.row(0).querySelector('[aria-label="Review Approval"]'));
    await panel.click(panel.row(1).querySelector('[aria-label="Review Question"]'));
    expect(panel.asked()).toEqual([
      { type: 'reviewApproval', conversation: 0 },
      { type: 'reviewApproval', conversation: 1 },
    ]);
    expect(panel.row(2).querySelector('[aria-label^="Review"]')).toBeNull();
    expect(panel.text('[role="status"]')).toBe(
      '0 of 3 finished, 1 waiting for a decision, 1 waiting for an answer',
    );
  });

  it('of an agent that was asked are named in the row', async () => {
    const script = partlyUndecidedRun();
    const { type, reason } = { type: 'conversation.waiting', reason: 'decision' } as const;
    await show(script.steps(1, { type, reason, within: ['1 a0'] }));
    expect(panel.row(1).textContent).toContain('waiting for an answer: ask_user');
  });

  it('say why somebody has to decide, of each command', async () => {
    await show(undecidedRun());
    const tools = await panel.openTab(0, 'tools');
    expect(tools).toContain('needs a decision: No rule allows it.');
    expect(tools).toContain('npm test: needs a decision: the rule "ask *" of this run');
  });

  it('are not counted any more once they are decided', async () => {
    const decision = { verdict: 'deny', by: { kind: 'person', reason: 'No.' } } as const;
    const call = { conversation: 2, turn: 1, callId: 'c0' };
    await show(undecidedRun().decide(decision, call));
    expect(panel.text('.approvals-strip')).toMatch(/^2 tool calls wait for a decision/);
    panel.close();
    const all = [call, { ...call, callId: 'c1' }, { ...call, conversation: 0 }];
    await show(undecidedRun().decide(decision, ...all));
    expect(panel.element.querySelector('.approvals-strip')).toBeNull();
  });
});

describe('a tool call without a result', () => {
  it.each([
    ['asked', [], 'asked for', 'not run'],
    ['checked', ['tool.checked'], 'waiting for other calls', 'not run'],
    ['waiting', ['tool.waiting'], 'waiting for a decision', 'not run'],
    ['running', ['tool.started'], 'running', 'no result'],
  ] as const)(
    'that is %s says so, and after the end of its conversation',
    async (_, types, open, ended) => {
      const call = { turn: 1, callId: 'a', name: 'send', input: {} };
      const usage = tokens(1, 1);
      const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
        0,
        { type: 'conversation.started' },
        { type: 'turn.started', turn: 1, attempt: 1 },
        { type: 'turn.finished', turn: 1, text: '', toolCalls: [call], usage },
        ...types.map((type) => ({ type, ...call })),
      );
      await show(script);
      expect(await panel.openTab(0, 'tools')).toContain(open);
      panel.close();
      const end = { status: 'cancelled', reason: 'cancelled', answer: '' } as const;
      await show(script.steps(0, { type: 'conversation.finished', ...end }));
      expect(await panel.openTab(0, 'tools')).toContain(ended);
    },
  );
});
