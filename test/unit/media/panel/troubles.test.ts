// @vitest-environment jsdom
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reasonLabel } from '../../../../media/text/labels.ts';
import { errorWords } from '../../../../src/shared/errorWords.ts';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';
import { finishedRun, runningRun } from '../../../support/panel/scriptedRuns.ts';
import {
  cancelledRun,
  partlyUndecidedRun,
  pausedRun,
  stoppedRun,
  undecidedRun,
  waitingRun,
} from '../../../support/panel/troubledRuns.ts';
import { defineElements, openPanel, stubLayout, type TestPanel } from './openPanel.ts';

beforeAll(() => {
  stubLayout();
  defineElements();
});

let panel: TestPanel;
afterEach(() => panel.close());

async function show(script: RunScript, count?: number): Promise<void> {
  panel = openPanel();
  await panel.send({ type: 'snapshot', run: script.state(count) });
}

function text(selector: string): string {
  const found = panel.element.querySelector(selector)?.textContent ?? '';
  return found.replace(/\s+/g, ' ').trim();
}

function button(label: string): HTMLButtonElement | undefined {
  return [...panel.element.querySelectorAll('button')].find((one) =>
    (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().startsWith(label),
  );
}

/** The buttons of the strip of a paused run. */
const remedies = () =>
  [...panel.element.querySelectorAll('.paused-strip button')].map((one) => one.textContent?.trim());

async function openTab(conversation: number, tab: string): Promise<string> {
  await panel.click(panel.row(conversation));
  await panel.click(panel.element.querySelector(`[data-tab="${tab}"]`));
  return text('[role="tabpanel"]');
}

describe('a paused run', () => {
  it('says once why it is paused, and offers to resume or to cancel', async () => {
    await show(pausedRun('quota'));
    const strip = text('.paused-strip');
    expect(strip).toMatch(/^Paused: quota used up: The spending limit .* is used up/);
    expect(strip).toContain('Resume continues from where the run paused');
    expect(remedies()).toEqual(['Resume', 'Cancel']);
    expect(panel.row(9).textContent).toContain('paused');
    expect(panel.row(9).textContent).not.toContain('spending limit');
    expect(text('[role="status"]')).toBe('Run paused: quota used up');
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
      expect(text('.paused-strip')).toContain('select another model and run again');
      await panel.click(panel.element.querySelector('.paused-strip button'));
      expect(panel.asked().at(-1)).toEqual({ type: 'selectModel' });
    },
  );

  it('says that it resumes automatically when the server does not answer', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] });
    await show(script.pause(failure('network', 'Nothing answers at api.example.com.')));
    expect(remedies()).toEqual(['Resume', 'Cancel']);
    expect(text('.paused-strip')).toContain('resumes automatically when the server answers');
  });

  it('says that it resumes once the host has begun, and can be resumed again after another pause', async () => {
    const script = pausedRun('quota');
    await show(script);
    await panel.click(button('Resume'));
    expect(panel.asked().at(-1)).toEqual({ type: 'resumeRun' });
    expect(button('Resume')?.disabled).toBe(false);
    await panel.answer({ ok: true, message: 'Resuming the run' });
    expect(button('Resuming…')?.disabled).toBe(true);
    const { length } = script.events;
    script.resume().pause(failure('quota', 'Still used up.'));
    await panel.send({ type: 'events', events: script.events.slice(length) });
    expect(text('.paused-strip')).toContain('Still used up.');
    expect(button('Resume')?.disabled).toBe(false);
  });

  it('is announced immediately, even right after another announcement', async () => {
    const script = pausedRun('auth');
    const before = script.events.findIndex(({ type }) => type === 'run.paused');
    await show(script, before);
    expect(text('[role="status"]')).toBe('1 of 24 finished');
    await panel.send({ type: 'events', events: script.events.slice(before) });
    expect(text('[role="status"]')).toBe('Run paused: authentication');
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
    expect(text('[role="status"]')).toBe('0 of 2 finished, 2 waiting for the rate limit');
  });

  it('says so in the place of the answer of an open row', async () => {
    await show(held());
    await panel.click(panel.row(0));
    expect(text('[role="tabpanel"]')).toMatch(/^Rate limit, \d+ s$/);
  });
});

describe('running again', () => {
  it('offers the cancelled ones if none failed or was stopped', async () => {
    await show(cancelledRun());
    expect(button('Rerun Failed')).toBeUndefined();
    await panel.click(button('Run Remaining: Run 6 cancelled'));
    expect(panel.asked().at(-1)).toEqual({ type: 'runRemaining' });
  });

  it('counts what it runs again, without the cancelled ones', async () => {
    await show(finishedRun());
    expect(button('Run Remaining')).toBeUndefined();
    expect(button('Rerun Failed')?.title).toBe('Rerun Failed: Run 3 failed, 1 stopped Again');
  });
});

describe('tool calls that wait for a decision', () => {
  it('are counted in a strip that leads to where they are decided', async () => {
    await show(undecidedRun());
    expect(text('.approvals-strip')).toMatch(
      /^3 tool calls wait for a decision run_command \(2\) ?fetch_url \(1\) Review Approvals$/,
    );
    await panel.click(button('Review Approvals'));
    expect(panel.asked()).toEqual([{ type: 'reviewApprovals' }]);
    await panel.click(button('fetch_url'));
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('true');
  });

  it('are named in the rows of their conversations, with words for a screen reader', async () => {
    await show(undecidedRun());
    expect(panel.row(0).textContent).toContain('waiting for a decision: run_command');
    expect(panel.row(2).textContent).toContain('waiting for 2 decisions: run_command, fetch_url');
    const state = panel.row(0).querySelector('.state [role="img"]');
    expect(state?.getAttribute('aria-label')).toBe('waiting for a decision');
    expect(text('[role="status"]')).toBe('1 of 4 finished, 2 waiting for a decision');
    await panel.click(panel.row(2).querySelector('[aria-label="Review Approval"]'));
    expect(panel.asked()).toEqual([{ type: 'reviewApproval', conversation: 2 }]);
  });

  it('are questions where they are answered: in the strip, the row and for a screen reader', async () => {
    await show(undecidedRun('ask_user'));
    expect(text('.approvals-strip')).toMatch(
      /^2 tool calls wait for a decision, 1 question waits for an answer /,
    );
    expect(panel.row(0).textContent).toContain('waiting for an answer: ask_user');
    const state = panel.row(0).querySelector('.state [role="img"]');
    expect(state?.getAttribute('aria-label')).toBe('waiting for an answer');
    expect(text('[role="status"]')).toBe(
      '1 of 4 finished, 1 waiting for a decision, 1 waiting for an answer',
    );
    await panel.click(panel.row(0).querySelector('[aria-label="Review Question"]'));
    expect(panel.asked()).toEqual([{ type: 'reviewApproval', conversation: 0 }]);
  });

  it('are seen while other calls of their conversations run, also those of an agent that was asked', async () => {
    const script = partlyUndecidedRun();
    expect(script.state().counts).toMatchObject({ waiting: 0, running: 3 });
    await show(script);
    expect(text('.approvals-strip')).toMatch(
      /^1 tool call waits for a decision, 1 question waits for an answer run_command \(1\) ?ask_user \(1\)/,
    );
    await panel.click(panel.row(0).querySelector('[aria-label="Review Approval"]'));
    await panel.click(panel.row(1).querySelector('[aria-label="Review Question"]'));
    expect(panel.asked()).toEqual([
      { type: 'reviewApproval', conversation: 0 },
      { type: 'reviewApproval', conversation: 1 },
    ]);
    expect(panel.row(2).querySelector('[aria-label^="Review"]')).toBeNull();
    expect(text('[role="status"]')).toBe(
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
    const tools = await openTab(0, 'tools');
    expect(tools).toContain('needs a decision: No rule allows it.');
    expect(tools).toContain('npm test: needs a decision: the rule "ask *" of this run');
  });

  it('are not counted any more once they are decided', async () => {
    const decision = { verdict: 'deny', by: { kind: 'person', reason: 'No.' } } as const;
    const call = { conversation: 2, turn: 1, callId: 'c0' };
    await show(undecidedRun().decide(decision, call));
    expect(text('.approvals-strip')).toMatch(/^2 tool calls wait for a decision/);
    panel.close();
    const all = [call, { ...call, callId: 'c1' }, { ...call, conversation: 0 }];
    await show(undecidedRun().decide(decision, ...all));
    expect(panel.element.querySelector('.approvals-strip')).toBeNull();
  });
});

describe('waiting', () => {
  it('is shown in the row, and once in the header for several with the same reason', async () => {
    await show(waitingRun());
    expect(panel.row(4).querySelector('.preview')?.textContent).toMatch(/^rate limit, 1[012] s$/);
    expect(text('.run-wait')).toMatch(/^18 waiting for the rate limit, 1[012] s$/);
  });

  it('is not shown in the header when only one waits', async () => {
    await show(runningRun());
    expect(panel.element.querySelector('.run-wait')).toBeNull();
  });
});

describe('costs', () => {
  it('are shown in the totals, in the rows and for each turn', async () => {
    await show(finishedRun());
    expect(text('.totals-cached')).toMatch(/^\d+ % cached$/);
    expect(text('.totals-cost')).toBe('$0.041');
    expect(panel.row(0).querySelector('.column-cost')?.textContent).toBe('$0.008');
    const usage = await openTab(0, 'usage');
    expect(usage).toContain('2,460 tokens in (62 % from the cache), 192 out: $0.008 at $4 in');
  });

  it('are a dash with the reason when they are unknown', async () => {
    await show(stoppedRun());
    expect(text('.totals-cost [aria-hidden]')).toBe('cost –');
    const title = panel.element.querySelector('.totals-cost')?.getAttribute('title');
    expect(title).toContain('no price for local/qwen-4');
    expect(panel.row(0).querySelector('.column-cost')?.textContent).toBe('–');
    expect(await openTab(0, 'usage')).toContain('interleave.prices');
    expect(panel.element.textContent).not.toContain('$0');
  });

  it('are not shown for free models', async () => {
    await show(runningRun());
    expect(panel.element.querySelector('.totals-cost')).toBeNull();
    expect(panel.element.querySelector('interleave-list')?.hasAttribute('data-costs')).toBe(false);
    expect(panel.element.textContent).not.toMatch(/[–$]\d?/);
  });

  it('are estimated until something has been used', async () => {
    const estimate = { inputTokens: 1_200, costUsd: 0.005 };
    const script = new RunScript({ prompts: [{ name: 'A' }], estimate });
    await show(script);
    expect(text('.totals-tokens')).toBe('at least 1.2k tokens in, $0.005');
    panel.close();
    const usage = tokens(1_500, 20);
    await show(
      script.steps(
        0,
        { type: 'conversation.started' },
        { type: 'turn.started', turn: 1, attempt: 1 },
        { type: 'turn.finished', turn: 1, text: 'Yes.', toolCalls: [], usage },
      ),
    );
    expect(text('.totals-tokens')).toBe('1.5k in, 20 out');
  });

  it('have a column from the start, so that nothing moves later', async () => {
    await show(finishedRun(), 0);
    expect(panel.element.querySelector('interleave-list')?.hasAttribute('data-costs')).toBe(true);
  });

  it('include discarded attempts, and the table says so', async () => {
    const script = waitingRun().steps(1, { type: 'turn.started', turn: 1, attempt: 2 });
    script.steps(1, {
      type: 'turn.finished',
      turn: 1,
      text: 'ok',
      toolCalls: [],
      usage: tokens(10, 5),
    });
    await show(script);
    expect(await openTab(1, 'usage')).toContain('with discarded attempts');
  });
});

describe('times', () => {
  const timedRun = () =>
    new RunScript({ prompts: [{ name: 'a' }] })
      .steps(0, { type: 'conversation.waiting', reason: 'slot' })
      .at(500)
      .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
      .at(900)
      .steps(0, { type: 'turn.delta', turn: 1, text: 'Y' })
      .at(1_500)
      .steps(0, {
        type: 'turn.finished',
        turn: 1,
        text: 'Yes.',
        toolCalls: [],
        usage: tokens(1, 1),
      })
      .steps(0, { type: 'conversation.waiting', reason: 'rate_limit' })
      .at(4_500)
      .steps(0, { type: 'turn.started', turn: 2, attempt: 1 });

  it('are in the tooltip of a row: the first token, and waits by cause', async () => {
    await show(timedRun());
    const title = panel.element.querySelector('.column-duration')?.getAttribute('title');
    expect(title?.split('\n')).toEqual([
      'Own time, without waits for other conversations',
      'First token after 400 ms',
      'Waited 3.0 s for the rate limit',
      'Waited 500 ms for a free slot',
    ]);
  });

  it('are shown beside the turns, with the time to the first token', async () => {
    await show(timedRun());
    const usage = await openTab(0, 'usage');
    expect(usage).toContain('First token');
    expect(usage).toContain('1.0 s 400 ms');
    await switchTo('transcript');
    expect(text('.turn-time:nth-of-type(2)')).toBe('1.0 s');
    const title = panel.element.querySelectorAll('.turn-time')[1]?.getAttribute('title');
    expect(title).toBe('First token after 400 ms');
  });
});

describe('a discarded attempt', () => {
  it('is named with its cause, without its text', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      { type: 'turn.delta', turn: 1, text: 'half an answer' },
      { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('network', 'It was lost.') },
      { type: 'conversation.waiting', reason: 'retry', untilMs: 3000 },
    );
    await show(script);
    const said = 'Attempt 1 was discarded, with all it had written: network: It was lost.';
    expect(await openTab(0, 'transcript')).toContain(said);
    expect(await switchTo('answer')).toContain(said);
    const { length } = script.events;
    script.steps(
      0,
      { type: 'turn.started', turn: 1, attempt: 2 },
      { type: 'turn.delta', turn: 1, text: 'a whole answer' },
    );
    await panel.send({ type: 'events', events: script.events.slice(length) });
    const transcript = await switchTo('transcript');
    expect(transcript).toContain(said);
    expect(transcript).toContain('a whole answer');
    expect(panel.element.textContent).not.toContain('half an answer');
  });

  it('without any text says nothing about text', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('rate_limit', 'Slow down.') },
      { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 3000 },
    );
    await show(script);
    const said = 'Attempt 1 was discarded: rate limit: Slow down.';
    expect(await openTab(0, 'transcript')).toContain(said);
  });

  it('stays in the transcript, with its cause, when the conversation fails', async () => {
    const error = failure('overloaded', 'Still busy.');
    const end = { status: 'failed', reason: 'overloaded', answer: '', error } as const;
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('network', 'Reset.') },
      { type: 'turn.started', turn: 1, attempt: 2 },
      { type: 'conversation.finished', ...end },
    );
    await show(script);
    const transcript = await openTab(0, 'transcript');
    expect(transcript).toContain('Attempt 1 was discarded: network: Reset.');
    expect(transcript).toContain('Attempt 2 was discarded: overloaded: Still busy.');
  });

  it('stays in the transcript, with its cause, when the turn has succeeded', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('network', 'Reset.') },
      { type: 'turn.started', turn: 1, attempt: 2 },
      { type: 'turn.discarded', turn: 1, attempt: 2, error: failure('overloaded', 'Busy.') },
      { type: 'turn.started', turn: 1, attempt: 3 },
      { type: 'turn.finished', turn: 1, text: 'Yes.', toolCalls: [], usage: tokens(1, 1) },
    );
    await show(script);
    const transcript = await openTab(0, 'transcript');
    expect(transcript).toContain('Attempt 1 was discarded: network: Reset.');
    expect(transcript).toContain('Attempt 2 was discarded: overloaded: Busy.');
    expect(text('.earlier')).not.toContain('Yes.');
  });
});

/** Switches to another tab of the open row. */
async function switchTo(tab: string): Promise<string> {
  await panel.click(panel.element.querySelector(`[data-tab="${tab}"]`));
  return text('[role="tabpanel"]');
}

describe('thinking', () => {
  it('is shown in the row until there is text, and folded in the details', async () => {
    await show(waitingRun());
    expect(panel.row(2).querySelector('.preview-thinking')?.textContent).toContain('two invoices');
    await openTab(2, 'answer');
    const folded = panel.element.querySelector<HTMLDetailsElement>('details.thinking');
    expect(folded?.open).toBe(false);
    expect(folded?.textContent).toContain('The customer mentions two invoices.');
    expect(await switchTo('transcript')).toContain('The customer mentions two invoices.');
    expect(text('[role="tabpanel"]')).not.toContain('Waiting for the model');
  });

  it('is drawn only in part, however long it is', async () => {
    const script = waitingRun();
    script.steps(2, { type: 'turn.thinking', turn: 1, text: `${'x'.repeat(100_000)} the end` });
    await show(script);
    await openTab(2, 'answer');
    const shown = text('.thinking-text');
    expect(shown.length).toBeLessThan(5000);
    expect(shown.endsWith('the end')).toBe(true);
  });
});

describe('a stopped conversation', () => {
  it('names its limit the same in row and details, even when an error reported the limit', async () => {
    const error = failure('invalid_request', 'prompt is too long');
    const end = { status: 'stopped', reason: 'context_full', answer: '', error } as const;
    await show(
      new RunScript({ prompts: [{ name: 'a' }] }).steps(0, {
        type: 'conversation.finished',
        ...end,
      }),
    );
    expect(panel.row(0).querySelector('.preview')?.textContent).toContain('context full');
    await openTab(0, 'answer');
    expect(text('.outcome-title')).toBe('Context full');
    expect(text('.outcome-message')).toBe('prompt is too long');
  });

  it.each([
    ['maxCostUsd', 'cost limit of the run reached'],
    ['maxRunTokens', 'token limit of the run reached'],
    ['maxConversationCostUsd', 'cost limit reached'],
    ['maxConversationTokens', 'token limit reached'],
  ] as const)('names the limit of the budget that was reached: %s', async (limit, words) => {
    const script = new RunScript({ prompts: [{ name: 'One' }] });
    const end = { status: 'stopped', reason: 'budget', limit, answer: '' } as const;
    await show(script.steps(0, { type: 'conversation.finished', ...end }));
    expect(panel.row(0).querySelector('.preview')?.textContent).toContain(words);
    await openTab(0, 'answer');
    expect(text('.outcome-title').toLowerCase()).toBe(words);
    const advice = text('.outcome-advice');
    expect(advice).toContain('Select Raise Limit and Continue');
    expect(advice.match(/interleave\.\w+/g)).toEqual([`interleave.${limit}`]);
  });

  it.each(
    stoppedRun()
      .state()
      .conversations.map(({ reason, index }) => [reason, index] as const),
  )('names the limit and says what to do: %s', async (reason, index) => {
    await show(stoppedRun());
    const label = reasonLabel({ reason: reason ?? 'internal' });
    expect(panel.row(index).querySelector('.preview')?.textContent).toContain(label);
    await openTab(index, 'answer');
    expect(text('.outcome-title').toLowerCase()).toBe(label);
    expect(text('.outcome-advice')).toMatch(/ retry\.$/);
    expect(text('.outcome')).not.toContain('_');
    const goesOn = ['max_tokens', 'max_wait', 'denied', 'needs_approval'].includes(reason ?? '');
    const labels = [...panel.element.querySelectorAll('.remedy')].map((it) => it.textContent);
    const never = ['context_full', 'refused'].includes(reason ?? '');
    const isRaised = !goesOn && !never;
    expect(labels).toEqual([
      ...(goesOn ? ['Continue'] : []),
      ...(isRaised ? ['Raise Limit and Continue'] : []),
      'Retry',
    ]);
    await panel.click(panel.element.querySelector('.remedy'));
    const type = goesOn || isRaised ? 'continueConversation' : 'retryConversation';
    expect(panel.asked().at(-1)).toEqual({ type, conversation: index });
  });

  it('gives no advice for a failure: its message does', async () => {
    await show(finishedRun());
    await openTab(2, 'answer');
    expect(text('.outcome-title').toLowerCase()).toBe(errorWords.not_found);
    expect(panel.element.querySelector('.outcome-advice')).toBeNull();
  });
});

describe('notes', () => {
  it('have their own line, without hidden characters', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).note('one\u202e').note('two');
    await show(script);
    expect(text('.notes-strip')).toBe('one[U+202E] · two');
  });

  it('take no space when there are none', async () => {
    await show(finishedRun());
    expect(panel.element.querySelector('.notes-strip')).toBeNull();
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
      expect(await openTab(0, 'tools')).toContain(open);
      panel.close();
      const end = { status: 'cancelled', reason: 'cancelled', answer: '' } as const;
      await show(script.steps(0, { type: 'conversation.finished', ...end }));
      expect(await openTab(0, 'tools')).toContain(ended);
    },
  );
});
