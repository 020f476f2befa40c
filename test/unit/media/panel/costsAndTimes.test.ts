// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { RunScript, tokens } from '../../../support/panel/runScript.ts';
import { finishedRun, runningRun } from '../../../support/panel/scriptedRuns.ts';
import { stoppedRun, waitingRun } from '../../../support/panel/troubledRuns.ts';
import { setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

async function show(script: RunScript, count?: number): Promise<void> {
  panel = await showRun(script, count);
}

describe('costs', () => {
  it('are shown in the totals, in the rows and for each turn', async () => {
    await show(finishedRun());
    expect(panel.text('.totals-cached')).toMatch(/^\d+ % cached$/);
    expect(panel.text('.totals-cost')).toBe('$0.041');
    expect(panel.row(0).querySelector('.column-cost')?.textContent).toBe('$0.008');
    const usage = await panel.openTab(0, 'usage');
    expect(usage).toContain('2,460 tokens in (62 % from the cache), 192 out: $0.008 at $4 in');
  });

  it('are a dash with the reason when they are unknown', async () => {
    await show(stoppedRun());
    expect(panel.text('.totals-cost')).toBe('cost unknown');
    const title = panel.element.querySelector('.totals-cost')?.getAttribute('title');
    expect(title).toContain('no price for local/qwen-4');
    expect(panel.row(0).querySelector('.column-cost')?.textContent).toBe('–');
    expect(await panel.openTab(0, 'usage')).toContain('interleave.prices');
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
    expect(panel.text('.totals-tokens')).toBe('at least 1.2k tokens in, $0.005');
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
    expect(panel.text('.totals-tokens')).toBe('1.5k in, 20 out');
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
    expect(await panel.openTab(1, 'usage')).toContain('with discarded attempts');
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
    const usage = await panel.openTab(0, 'usage');
    expect(usage).toContain('First token');
    expect(usage).toContain('1.0 s 400 ms');
    await panel.switchTo('transcript');
    expect(panel.text('.turn-time:nth-of-type(2)')).toBe('1.0 s');
    const title = panel.element.querySelectorAll('.turn-time')[1]?.getAttribute('title');
    expect(title).toBe('First token after 400 ms');
  });
});
