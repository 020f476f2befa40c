// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest';
import { previewOf } from '../../../../media/text/preview.ts';
import { RunScript } from '../../../support/panel/runScript.ts';
import {
  finishedRun,
  largeRun,
  queuedRun,
  runningRun,
} from '../../../support/panel/scriptedRuns.ts';
import { openPanel, setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

async function show(script: RunScript, count?: number): Promise<void> {
  panel = await showRun(script, count);
}

const indices = () =>
  panel.rows().map((row) => Number(row.querySelector('.index')?.textContent) - 1);

describe('the list', () => {
  it('says that it is ready and shows nothing before the snapshot', () => {
    panel = openPanel();
    expect(panel.posted).toEqual([{ type: 'ready' }]);
    expect(panel.rows()).toEqual([]);
  });

  it('shows every prompt in order before anything has started', async () => {
    await show(queuedRun());
    expect(indices()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(panel.row(0).getAttribute('data-phase')).toBe('queued');
  });

  it('stays in prompt order, whatever order conversations end in', async () => {
    const script = finishedRun();
    await show(script, 0);
    for (let at = 0; at < script.events.length; at += 5) {
      await panel.send({ type: 'events', events: script.events.slice(at, at + 5) });
    }
    expect(indices()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const phases = panel.rows().map((row) => row.getAttribute('data-phase'));
    expect(phases).toEqual(script.state().conversations.map(({ phase }) => phase));
  });

  it('draws only the visible rows of thousands', async () => {
    await show(largeRun(2000));
    expect(panel.rows().length).toBeGreaterThan(30);
    expect(panel.rows().length).toBeLessThan(80);
    expect(panel.rows()[0]?.getAttribute('aria-setsize')).toBe('2000');
  });

  it('does not touch rows whose conversation did not change', async () => {
    const script = finishedRun();
    await show(script, 0);
    const other = panel.row(11);
    const changed: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changed.push(...records));
    observer.observe(other, { subtree: true, childList: true, characterData: true });
    await panel.send({ type: 'events', events: script.events.slice(0, 8) });
    expect(panel.row(0).getAttribute('data-phase')).toBe('running');
    expect(changed).toEqual([]);
    observer.disconnect();
  });

  it('shows failures in their places among the others', async () => {
    await show(finishedRun());
    expect(panel.row(2).textContent).toContain('not found: gpt-9 is not offered');
    expect(panel.row(3).textContent).toContain('hallo');
  });

  it('asks for a snapshot when an event is missing', async () => {
    const script = finishedRun();
    await show(script, 3);
    await panel.send({ type: 'events', events: script.events.slice(5, 9) });
    expect(panel.posted).toEqual([{ type: 'ready' }, { type: 'ready' }]);
  });
});

describe('the header', () => {
  it('names run, model and times', async () => {
    await show(finishedRun());
    expect(panel.text('h1')).toBe('math.prompts.md');
    expect(panel.text('.run-model')).toBe('claude-opus-5-5');
    expect(panel.text('.run-times')).toMatch(/^about \S+ s of conversation in 5\.6 s, \d+ % less$/);
    expect(panel.element.querySelector('vscode-badge')).toBeNull();
  });

  it('says when the answers are simulated', async () => {
    await show(runningRun());
    expect(panel.text('vscode-badge')).toBe('Simulated by the demo model');
  });

  it('offers to cancel a running run, and says *Cancelling* once the host does', async () => {
    await show(runningRun());
    await panel.click(panel.button('Cancel Run'));
    expect(panel.asked()).toEqual([{ type: 'cancelRun' }]);
    expect(panel.button('Cancel Run')?.disabled).toBe(false);
    await panel.answer({ ok: true, message: 'Cancelling the run' });
    expect(panel.button('Cancelling')?.disabled).toBe(true);
    expect(panel.text('[role="status"]')).toBe('Cancelling the run');
    const { events } = runningRun();
    const end = {
      type: 'run.finished',
      state: 'cancelled',
      seq: events.length + 1,
      atMs: 6000,
    } as const;
    await panel.send({ type: 'events', events: [end] });
    expect(panel.button('Cancel Run')).toBeUndefined();
  });

  it.each([
    ['Rerun Failed', 'rerunFailed'],
    ['Copy All', 'copyAll'],
    ['Export', 'exportResults'],
    ['Show Log', 'showLog'],
  ])('sends the request of %s', async (label, type) => {
    await show(finishedRun());
    await panel.click(panel.button(label));
    expect(panel.asked().at(-1)).toEqual({ type });
  });

  it('has the same button in the strip of failed conversations', async () => {
    await show(finishedRun());
    const again = panel.element.querySelector('.failed-strip .strip-actions button');
    expect(again?.textContent).toBe('Rerun Failed');
    await panel.click(again);
    expect(panel.asked().at(-1)).toEqual({ type: 'rerunFailed' });
  });

  it('offers no rerun when all went well', async () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] })
      .steps(0, {
        type: 'conversation.finished',
        status: 'done',
        reason: 'final',
        answer: 'yes',
      })
      .finish();
    await show(script);
    expect(panel.button('Rerun Failed')).toBeUndefined();
    expect(panel.element.querySelector('.failed-strip')).toBeNull();
  });
});

describe('filters', () => {
  it('counts by state and hides states without conversations', async () => {
    await show(finishedRun());
    expect(panel.text('.counters')).toBe('All 12 7 done 3 failed 1 stopped 1 cancelled');
  });

  it('shows failed conversations, then stopped ones too, then all again', async () => {
    await show(finishedRun());
    const [all, , failed, stopped] = panel.element.querySelectorAll('.counter');
    await panel.click(failed);
    expect(indices()).toEqual([2, 6, 9]);
    expect(failed?.getAttribute('aria-pressed')).toBe('true');
    await panel.click(stopped);
    expect(indices()).toEqual([2, 6, 7, 9]);
    await panel.click(all);
    expect(indices()).toHaveLength(12);
  });

  it('finds text in names, answers and errors, and Escape clears it', async () => {
    await show(finishedRun());
    const search = panel.element.querySelector<HTMLInputElement>('.search')!;
    search.tabIndex = 0;
    await panel.press('/');
    expect(document.activeElement).toBe(search);
    search.value = 'gpt-9';
    search.dispatchEvent(new Event('input', { bubbles: true }));
    await panel.drawn();
    expect(indices()).toEqual([2]);
    await panel.press('Escape');
    expect(indices()).toHaveLength(12);
  });

  it('says when nothing matches, and shows all again', async () => {
    await show(finishedRun());
    const search = panel.element.querySelector<HTMLInputElement>('.search')!;
    search.value = 'no such text';
    search.dispatchEvent(new Event('input', { bubbles: true }));
    await panel.drawn();
    expect(panel.text('.empty')).toContain('No conversation matches the filter.');
    await panel.click(panel.button('Show All'));
    expect(indices()).toHaveLength(12);
  });

  it('goes from failure to failure', async () => {
    await show(finishedRun());
    expect(panel.text('.failed-groups')).toBe('not found (1)authentication (1)overloaded (1)');
    const next = () => panel.element.querySelector('.show-failed');
    await panel.click(next());
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(panel.row(2));
    await panel.click(next());
    expect(document.activeElement).toBe(panel.row(6));
  });
});

/** Types into the search field. */
async function type(text: string): Promise<void> {
  const search = panel.element.querySelector<HTMLInputElement>('.search')!;
  search.tabIndex = 0;
  search.focus();
  search.value = text;
  search.dispatchEvent(new Event('input', { bubbles: true }));
  await panel.drawn();
}

describe('a search', () => {
  it('finds prompts, tool calls and their results, shows the place, and says how many', async () => {
    await show(finishedRun());
    const { conversations } = finishedRun().state();
    const call = conversations.flatMap(({ toolCalls }) => toolCalls).find((one) => one.output);
    for (const text of [conversations[1]!.prompt, call!.output!, JSON.stringify(call!.input)]) {
      await type(text.toUpperCase());
      expect(indices().length, text).toBeGreaterThan(0);
      expect(panel.text('.found')).toBe(`${indices().length} of 12 found`);
    }
    await type(conversations[1]!.prompt);
    expect(panel.row(1).querySelector('.preview')?.textContent).toContain('prompt: ');
    await panel.click(panel.row(1));
    expect(panel.element.querySelector('[aria-selected="true"]')?.textContent?.trim()).toBe(
      'Prompt',
    );
  });
});

describe('a question that waits for the user', () => {
  it('is a strip with its choices until it is answered', async () => {
    await show(runningRun());
    const question = { id: 'no key', text: 'No key is set.', choices: ['Use Demo Model'] };
    await panel.send({ type: 'notices', notices: [question] });
    expect(panel.text('.question-strip')).toBe('No key is set. Use Demo ModelDismiss');
    await panel.click(panel.button('Use Demo Model'));
    expect(panel.asked()).toEqual([
      { type: 'answerNotice', notice: 'no key', choice: 'Use Demo Model' },
    ]);
    await panel.send({ type: 'notices', notices: [] });
    expect(panel.text('.question-strip')).toBe('');
  });
});

describe('the focus', () => {
  it('moves to the next row when its row leaves the filter', async () => {
    await show(finishedRun());
    panel.row(2).focus();
    await panel.press('End');
    panel.row(4).focus();
    await panel.click(panel.button('2 failed') ?? panel.button('3 failed'));
    // A counter has the focus; the row is gone without it.
    expect(document.activeElement).not.toBe(document.body);
  });

  it('stays in the panel when the button that has it goes away', async () => {
    await show(runningRun());
    const cancel = panel.button('Cancel Run')!;
    cancel.focus();
    await panel.send({ type: 'snapshot', run: finishedRun().state() });
    expect(cancel.isConnected).toBe(false);
    expect(document.activeElement?.classList.contains('row')).toBe(true);
  });

  it('moves to the row when a button of the row goes away', async () => {
    const script = runningRun();
    await show(script);
    const running = script.state().conversations.find(({ phase }) => phase === 'running')!.index;
    const cancel = panel.button('Cancel', panel.row(running))!;
    cancel.focus();
    script.steps(running, {
      ...{ type: 'conversation.finished', status: 'cancelled', reason: 'cancelled', answer: '' },
    } as const);
    await panel.send({ type: 'events', events: script.events.slice(-1) });
    expect(cancel.isConnected).toBe(false);
    expect(document.activeElement).toBe(panel.row(running));
  });
});

describe('what a screen reader says of a row', () => {
  it('is its number, name, file, state and time', async () => {
    await show(finishedRun());
    expect(panel.row(2).getAttribute('aria-label')).toMatch(
      /^3, .+, math\.prompts\.md, failed, [\d.]+ m?s$/,
    );
  });
});

describe('a silent stream', () => {
  it('says so after some seconds, until something arrives', async () => {
    const script = new RunScript({ prompts: [{ name: 'One' }] })
      .at(0)
      .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
      .steps(0, { type: 'turn.delta', turn: 1, text: 'Beginning' });
    const conversation = script.state().conversations[0]!;
    expect(previewOf(conversation, 4_000, 0).text).toBe('Beginning');
    expect(previewOf(conversation, 9_200, 0)).toMatchObject({ text: 'no data for 9 s' });
    expect(previewOf(conversation, 9_200, 8_000).text).toBe('Beginning');
    const waiting = new RunScript({ prompts: [{ name: 'One' }] })
      .at(1_000)
      .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 });
    const silent = waiting.state().conversations[0]!;
    expect(previewOf(silent, 2_000).text).toBe('waiting for the model');
    expect(previewOf(silent, 8_000).text).toBe('waiting for the model, 7 s');
  });
});

describe('the keyboard', () => {
  it('moves through the rows, one of which is in the tab order', async () => {
    await show(finishedRun());
    const inOrder = () => panel.rows().filter((row) => row.tabIndex === 0);
    expect(inOrder()).toEqual([panel.row(0)]);
    panel.row(0).focus();
    await panel.press('ArrowDown');
    await panel.press('ArrowDown');
    expect(document.activeElement).toBe(panel.row(2));
    expect(inOrder()).toEqual([panel.row(2)]);
    await panel.press('End');
    expect(document.activeElement).toBe(panel.row(11));
    await panel.press('Home');
    expect(document.activeElement).toBe(panel.row(0));
  });

  it('closes an open row with Escape, and only then clears the filter', async () => {
    await show(finishedRun());
    panel.row(2).focus();
    await panel.press('Enter');
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('true');
    await panel.press('Escape');
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(panel.row(2));
  });

  it('leads from the search field to the first row that was found', async () => {
    await show(finishedRun());
    for (const key of ['Enter', 'ArrowDown']) {
      await type('gpt-9');
      await panel.press(key);
      expect(document.activeElement, key).toBe(panel.row(2));
    }
  });

  it('types letters into the search field, whatever they do on a row', async () => {
    await show(finishedRun());
    await type('r4r');
    for (const key of ['r', '4', 'r', 'c']) await panel.press(key);
    expect(panel.asked()).toEqual([]);
    expect(panel.text('.found')).toBe('0 of 12 found');
  });

  it('opens, closes, copies and retries', async () => {
    await show(finishedRun());
    panel.row(2).focus();
    await panel.press('ArrowRight');
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('true');
    await panel.press('c');
    await panel.press('r');
    await panel.press('ArrowLeft');
    expect(panel.row(2).getAttribute('aria-expanded')).toBe('false');
    panel.row(0).focus();
    await panel.press('c');
    await panel.press('r');
    const requests = panel.asked();
    // The host says what cannot be done, and asks before it replaces an answer.
    expect(requests).toEqual([
      { type: 'copyAnswer', conversation: 2 },
      { type: 'retryConversation', conversation: 2 },
      { type: 'copyAnswer', conversation: 0 },
      { type: 'retryConversation', conversation: 0 },
    ]);
  });

  it('does not retry while text is typed', async () => {
    await show(finishedRun());
    const search = panel.element.querySelector<HTMLInputElement>('.search')!;
    search.tabIndex = 0;
    search.focus();
    await panel.press('r');
    await panel.press('c');
    expect(panel.asked()).toEqual([]);
  });

  it('returns from the details to the row with Escape', async () => {
    await show(finishedRun());
    await panel.click(panel.row(1));
    panel.element.querySelector<HTMLElement>('[role="tab"]')?.focus();
    await panel.press('Escape');
    expect(document.activeElement).toBe(panel.row(1));
  });
});

describe('coming back', () => {
  it('restores filter, open rows, tabs and the current row of the same run', async () => {
    const script = finishedRun();
    await show(script);
    await panel.openTab(6, 'usage');
    await panel.click(panel.element.querySelectorAll('.counter')[2]);
    await vi.waitFor(() => expect(panel.saved?.phases.length).toBeGreaterThan(0));
    const { saved } = panel;
    panel.close();
    panel = openPanel(saved);
    await panel.send({ type: 'snapshot', run: script.state() });
    expect(indices()).toEqual([2, 6, 9]);
    expect(panel.row(6).getAttribute('aria-expanded')).toBe('true');
    expect(panel.row(6).tabIndex).toBe(0);
    expect(panel.text('[role="tab"][aria-selected="true"]')).toBe('Usage');
  });

  it('reveals a conversation that a filter hides, even before the run is there', async () => {
    panel = openPanel();
    await panel.send({ type: 'reveal', conversation: 4 });
    await panel.send({ type: 'snapshot', run: finishedRun().state() });
    expect(document.activeElement).toBe(panel.row(4));
    await panel.click(panel.element.querySelectorAll('.counter')[2]);
    expect(indices()).not.toContain(0);
    await panel.send({ type: 'reveal', conversation: 0 });
    expect(panel.row(0).getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(panel.row(0));
  });

  it('announces the progress of the run', async () => {
    await show(runningRun());
    expect(panel.text('[role="status"]')).toBe('6 of 12 finished, 2 failed');
    panel.close();
    await show(finishedRun());
    expect(panel.text('[role="status"]')).toBe('Run finished. 12 of 12 finished, 3 failed');
  });
});
