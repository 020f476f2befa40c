// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { RunScript } from '../../../support/panel/runScript.ts';
import { finishedRun, runningRun } from '../../../support/panel/scriptedRuns.ts';
import { pausedRun } from '../../../support/panel/troubledRuns.ts';
import { openPanel, setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

async function show(script: RunScript): Promise<void> {
  panel = await showRun(script);
}

function button(label: string): HTMLButtonElement | undefined {
  return [...panel.element.querySelectorAll('button')].find((one) =>
    (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().startsWith(label),
  );
}

const isChecked = (one: Element | undefined): boolean =>
  one?.querySelector('.codicon-check') != null;

describe('a request of the panel', () => {
  it('has a unique id', async () => {
    await show(finishedRun());
    await panel.click(button('Copy All'));
    await panel.click(button('Show Log'));
    const ids = panel.posted.flatMap((message) => (message.type === 'ready' ? [] : [message.id]));
    expect(new Set(ids).size).toBe(2);
  });

  it('says *Copied* after the host has copied, and how much', async () => {
    await show(finishedRun());
    await panel.click(panel.row(1));
    await panel.click(button('Copy Answer'));
    expect(isChecked(button('Copy Answer'))).toBe(false);
    expect(panel.text('[role="status"]')).not.toContain('Copied');
    await panel.answer({ ok: true, message: 'Copied 14 characters' });
    expect(isChecked(button('Copy Answer'))).toBe(true);
    expect(panel.text('[role="status"]')).toBe('Copied 14 characters');
    expect(panel.element.querySelector('.failure-strip')).toBeNull();
  });

  it.each([
    ['an answer', () => button('Copy Answer')],
    ['a tab', () => panel.element.querySelector<HTMLElement>('.tab-actions [aria-label^="Copy"]')],
    ['a code block', () => panel.element.querySelector<HTMLElement>('.copy-code')],
  ])('says why %s was not copied, and shows no check mark', async (_, find) => {
    await show(finishedRun());
    await panel.click(panel.row(1));
    await panel.click(find());
    await panel.answer({ ok: false, message: 'Nothing was copied. The clipboard is locked.' });
    expect(isChecked(find() ?? undefined)).toBe(false);
    expect(panel.text('.failure-text')).toBe('Nothing was copied. The clipboard is locked.');
    expect(panel.text('[role="status"]')).toBe('Nothing was copied. The clipboard is locked.');
    await panel.click(button('Dismiss'));
    expect(panel.element.querySelector('.failure-strip')).toBeNull();
  });

  it('shows the failure until the next request, whose answer may come out of order', async () => {
    await show(finishedRun());
    await panel.click(button('Copy All'));
    await panel.click(button('Rerun Failed'));
    await panel.answer({ ok: false, message: 'Second.' });
    expect(panel.text('.failure-text')).toBe('Second.');
    await panel.answer({ ok: true, message: 'Copied 9 characters' }, 0);
    expect(panel.text('[role="status"]')).toBe('Copied 9 characters');
    await panel.click(button('Show Log'));
    expect(panel.element.querySelector('.failure-strip')).toBeNull();
  });

  it('shows nothing when VS Code has already told the user', async () => {
    await show(finishedRun());
    await panel.click(button('Rerun Failed'));
    await panel.answer({ ok: false });
    expect(panel.element.querySelector('.failure-strip')).toBeNull();
  });

  it('leaves everything as it was while there is no answer', async () => {
    await show(runningRun());
    await panel.click(button('Cancel Run'));
    await panel.drawn();
    expect(button('Cancel Run')?.disabled).toBe(false);
    expect(button('Cancelling')).toBeUndefined();
  });

  it('to cancel a run that is over shows no *Cancelling*', async () => {
    await show(runningRun());
    await panel.click(button('Cancel Run'));
    await panel.answer({ ok: false, message: 'This run is not running.' });
    expect(button('Cancel Run')?.disabled).toBe(false);
    expect(panel.text('.failure-text')).toBe('This run is not running.');
  });

  it('to cancel shows no *Cancelling* when the run ended before the answer', async () => {
    const script = runningRun();
    await show(script);
    await panel.click(button('Cancel Run'));
    const { length } = script.events;
    script.finish('cancelled');
    await panel.send({ type: 'events', events: script.events.slice(length) });
    await panel.answer({ ok: true, message: 'Cancelling the run' });
    expect(button('Cancelling')).toBeUndefined();
    script.reopen();
    await panel.send({ type: 'events', events: script.events.slice(length + 1) });
    expect(button('Cancel Run')?.disabled).toBe(false);
  });

  it('to resume that is refused shows the reason and can be sent again', async () => {
    await show(pausedRun('quota'));
    await panel.click(button('Resume'));
    await panel.answer({ ok: false, message: 'There is no run to resume.' });
    expect(button('Resume')?.disabled).toBe(false);
    expect(panel.text('.failure-text')).toBe('There is no run to resume.');
  });

  it('to resume does not apply to a later pause', async () => {
    const script = pausedRun('quota');
    await show(script);
    await panel.click(button('Resume'));
    const { length } = script.events;
    script.resume().pause({ kind: 'quota', message: 'Again.', attempts: 1 });
    await panel.send({ type: 'events', events: script.events.slice(length) });
    await panel.answer({ ok: true, message: 'Resuming the run' });
    expect(button('Resume')?.disabled).toBe(false);
  });

  it('to resume an interrupted run shows *Resuming* once the host has begun', async () => {
    panel = openPanel();
    await panel.send({ type: 'snapshot', run: { ...runningRun().state(), state: 'interrupted' } });
    await panel.click(panel.element.querySelector('.paused-strip button'));
    await panel.answer({ ok: true, message: 'Resuming the run' });
    const resuming = [...panel.element.querySelectorAll('button')].filter((one) =>
      one.textContent?.includes('Resuming…'),
    );
    expect(resuming.map(({ disabled }) => disabled)).toEqual([true, true]);
  });

  it('that is too long is not sent', async () => {
    await show(finishedRun());
    const { RequestEvent } = await import('../../../../media/panel/events.ts');
    const { maxCopyLength } = await import('../../../../src/shared/panelProtocol.ts');
    const request = { type: 'copyText', text: 'x'.repeat(maxCopyLength + 1) } as const;
    panel.row(0).dispatchEvent(new RequestEvent(request));
    await panel.drawn();
    expect(panel.asked()).toEqual([]);
    expect(panel.text('.failure-text')).toContain('too long to copy');
  });

  it('of the page before a reload shows its answer, which does not match a new request', async () => {
    await show(runningRun());
    await panel.click(button('Cancel Run'));
    const [earlier] = panel.posted.flatMap((message) => ('id' in message ? [message.id] : []));
    panel.close();
    await show(runningRun());
    await panel.click(button('Cancel Run'));
    await panel.send({ type: 'answer', id: earlier!, ok: false, message: 'It was not saved.' });
    expect(button('Cancelling')).toBeUndefined();
    expect(panel.text('.failure-text')).toBe('It was not saved.');
    await panel.answer({ ok: true, message: 'Cancelling the run' });
    expect(button('Cancelling')?.disabled).toBe(true);
  });
});
