// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { noUsage } from '../../../../src/shared/usage.ts';
import { RunScript } from '../../../support/panel/runScript.ts';
import { finishedRun, runningRun } from '../../../support/panel/scriptedRuns.ts';
import { setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

async function show(script: RunScript, count?: number): Promise<void> {
  panel = await showRun(script, count);
}

describe('the details', () => {
  it('renders the answer, and shows its source when asked', async () => {
    await show(finishedRun());
    await panel.openTab(1, 'answer');
    expect(panel.element.querySelector('interleave-markdown h3')?.textContent).toBe(
      'What to change',
    );
    await panel.click(panel.button('Source'));
    expect(panel.text('.answer-source')).toContain('## What to change');
  });

  it('follows an answer that is being written', async () => {
    const script = runningRun();
    await show(script);
    await panel.openTab(1, 'answer');
    expect(panel.text('interleave-markdown')).toContain('opens a connection and returns it');
  });

  it('shows every tool call with arguments, result and place in the run', async () => {
    await show(finishedRun());
    expect(await panel.openTab(0, 'tools')).toMatch(/sum_numbers \{"numbers":\[2,3\]\} 5/);
    expect(panel.text('.tools-table tbody')).toMatch(/^\d+ 00:00\.900 38 ms sum_numbers/);
  });

  it('marks a tool call that failed', async () => {
    await show(finishedRun());
    await panel.openTab(5, 'tools');
    expect(panel.text('.tool-error')).toBe('error');
  });

  it('marks a tool call that no tool ran', async () => {
    const call = { turn: 1, callId: 'x', name: 'send' };
    const toolCalls = [{ callId: 'x', name: 'send', input: {} }];
    const script = new RunScript({ prompts: [{ name: 'A' }] })
      .steps(0, { type: 'conversation.started' })
      .steps(0, { type: 'turn.finished', turn: 1, text: '', toolCalls, usage: noUsage })
      .steps(0, { type: 'tool.finished', ...call, output: 'no', isError: true, wasRun: false });
    await show(script);
    await panel.openTab(0, 'tools');
    expect(panel.text('.tool-error')).toBe('not run');
  });

  it('shows the prompt as it was sent', async () => {
    await show(finishedRun());
    expect(await panel.openTab(2, 'prompt')).toContain('Please do this: Dead code.');
  });

  it('shows the conversation turn by turn', async () => {
    await show(finishedRun());
    const transcript = await panel.openTab(0, 'transcript');
    expect(transcript).toMatch(/Prompt Please do this.*Turn 1.*I will add first.*sum_numbers/);
    expect(transcript).toMatch(/Turn 2.*multiply_numbers.*Turn 3.*The answer is 20/);
  });

  it('adds up the tokens', async () => {
    await show(finishedRun());
    await panel.openTab(0, 'usage');
    const cells = [...panel.element.querySelectorAll('tfoot .number')];
    const sums = ['Sum', '2,460', '1,536 (62 %)', '0', '192', '$0.008'];
    expect(cells.map((cell) => cell.textContent)).toEqual(sums);
    const turn = [...panel.element.querySelectorAll('.usage-table tbody tr:first-child .number')];
    expect(turn.map((cell) => cell.textContent).slice(4)).toEqual([
      ...['820', '512 (62 %)', '0', '64', '$0.003'],
    ]);
  });

  it('shows the data as JSON', async () => {
    await show(finishedRun());
    await panel.openTab(2, 'raw');
    const raw: unknown = JSON.parse(panel.text('[role="tabpanel"] .plain-text'));
    expect(raw).toMatchObject({ index: 2, phase: 'failed' });
  });

  it('explains a failure: error, attempts, work done, remedies', async () => {
    await show(finishedRun());
    await panel.openTab(6, 'answer');
    expect(panel.text('.outcome')).toContain('Authentication');
    expect(panel.text('.outcome-message')).toContain('The API key for Anthropic was not accepted');
    expect(panel.text('.outcome-facts')).toContain('HTTP 401 · 1 attempt · part of an answer');
    expect(panel.text('interleave-markdown')).toBe('I started to');
    await panel.click(panel.button('Set API Key…'));
    expect(panel.asked().at(-1)).toEqual({ type: 'setApiKey', conversation: 6 });
  });

  it('offers to set the key only after an authentication error', async () => {
    await show(finishedRun());
    await panel.openTab(2, 'answer');
    expect(panel.button('Set API Key…')).toBeUndefined();
    await panel.click(panel.button('Retry', panel.element.querySelector('.remedies')!));
    expect(panel.asked().at(-1)).toEqual({ type: 'retryConversation', conversation: 2 });
  });

  it('offers another model when the model was not found', async () => {
    await show(finishedRun());
    await panel.openTab(6, 'answer');
    expect(panel.button('Select Model…')).toBeUndefined();
    await panel.openTab(2, 'answer');
    await panel.click(panel.button('Select Model…'));
    expect(panel.asked().at(-1)).toEqual({ type: 'selectModel' });
  });

  it('shows how it ended before while it runs again', async () => {
    const script = finishedRun();
    const seq = script.events.length;
    await show(script);
    await panel.click(panel.row(2));
    await panel.send({
      type: 'events',
      events: [
        { type: 'run.reopened', seq: seq + 1, atMs: 9000 },
        { type: 'conversation.requeued', conversation: 2, seq: seq + 2, atMs: 9000 },
      ],
    });
    expect(panel.text('.earlier')).toContain('failed, not found: gpt-9 is not offered');
  });

  it('opens links by message only', async () => {
    await show(finishedRun());
    await panel.openTab(1, 'answer');
    const link = panel.element.querySelector<HTMLElement>('a[role="link"]');
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    link?.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    expect(panel.asked().at(-1)).toEqual({
      type: 'openLink',
      url: 'https://example.com/docs/pool?id=1',
    });
  });

  it('copies a code block', async () => {
    await show(finishedRun());
    await panel.openTab(1, 'answer');
    await panel.click(panel.element.querySelector('.copy-code'));
    expect(panel.asked().at(-1)).toMatchObject({ type: 'copyText' });
    expect(JSON.stringify(panel.asked().at(-1))).toContain('export async function closeAll');
  });
});
