// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { reasonLabel } from '../../../../media/text/labels.ts';
import { errorWords } from '../../../../src/shared/errorWords.ts';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';
import { finishedRun } from '../../../support/panel/scriptedRuns.ts';
import { stoppedRun, waitingRun } from '../../../support/panel/troubledRuns.ts';
import { setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

async function show(script: RunScript, count?: number): Promise<void> {
  panel = await showRun(script, count);
}

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
    expect(await panel.openTab(0, 'transcript')).toContain(said);
    expect(await panel.switchTo('answer')).toContain(said);
    const { length } = script.events;
    script.steps(
      0,
      { type: 'turn.started', turn: 1, attempt: 2 },
      { type: 'turn.delta', turn: 1, text: 'a whole answer' },
    );
    await panel.send({ type: 'events', events: script.events.slice(length) });
    const transcript = await panel.switchTo('transcript');
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
    expect(await panel.openTab(0, 'transcript')).toContain(said);
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
    const transcript = await panel.openTab(0, 'transcript');
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
    const transcript = await panel.openTab(0, 'transcript');
    expect(transcript).toContain('Attempt 1 was discarded: network: Reset.');
    expect(transcript).toContain('Attempt 2 was discarded: overloaded: Busy.');
    expect(panel.text('.earlier')).not.toContain('Yes.');
  });
});

describe('thinking', () => {
  it('is shown in the row until there is text, and folded in the details', async () => {
    await show(waitingRun());
    expect(panel.row(2).querySelector('.preview-thinking')?.textContent).toContain('two invoices');
    await panel.openTab(2, 'answer');
    const folded = panel.element.querySelector<HTMLDetailsElement>('details.thinking');
    expect(folded?.open).toBe(false);
    expect(folded?.textContent).toContain('The customer mentions two invoices.');
    expect(await panel.switchTo('transcript')).toContain('The customer mentions two invoices.');
    expect(panel.text('[role="tabpanel"]')).not.toContain('Waiting for the model');
  });

  it('is drawn only in part, however long it is', async () => {
    const script = waitingRun();
    script.steps(2, { type: 'turn.thinking', turn: 1, text: `${'x'.repeat(100_000)} the end` });
    await show(script);
    await panel.openTab(2, 'answer');
    const shown = panel.text('.thinking-text');
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
    await panel.openTab(0, 'answer');
    expect(panel.text('.outcome-title')).toBe('Context full');
    expect(panel.text('.outcome-message')).toBe('prompt is too long');
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
    await panel.openTab(0, 'answer');
    expect(panel.text('.outcome-title').toLowerCase()).toBe(words);
    const advice = panel.text('.outcome-advice');
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
    await panel.openTab(index, 'answer');
    expect(panel.text('.outcome-title').toLowerCase()).toBe(label);
    expect(panel.text('.outcome-advice')).toMatch(/ retry\.$/);
    expect(panel.text('.outcome')).not.toContain('_');
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
    await panel.openTab(2, 'answer');
    expect(panel.text('.outcome-title').toLowerCase()).toBe(errorWords.not_found);
    expect(panel.element.querySelector('.outcome-advice')).toBeNull();
  });
});

describe('notes', () => {
  it('have their own line, without hidden characters', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).note('one\u202e').note('two');
    await show(script);
    expect(panel.text('.notes-strip')).toBe('one[U+202E] · two');
  });

  it('take no space when there are none', async () => {
    await show(finishedRun());
    expect(panel.element.querySelector('.notes-strip')).toBeNull();
  });
});
