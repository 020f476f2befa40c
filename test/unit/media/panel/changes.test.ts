// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import type { ProposalStep } from '../../../../src/shared/proposals.ts';
import { RunScript, tokens } from '../../../support/panel/runScript.ts';
import { setUpPanels, showRun, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

/** A turn that calls a tool, which proposes this. */
function proposing(...proposed: readonly ProposalStep[]): readonly ConversationStep[] {
  const call = { callId: 'c1', name: 'edit_file' };
  return [
    { type: 'conversation.started' },
    { type: 'turn.started', turn: 1, attempt: 1 },
    {
      ...{ type: 'turn.finished', turn: 1, text: '', usage: tokens(1, 1) },
      toolCalls: [{ ...call, input: {} }],
    },
    { type: 'tool.started', turn: 1, ...call, input: {} },
    { type: 'tool.finished', turn: 1, ...call, output: 'ok', isError: false, proposed },
  ];
}

const done: ConversationStep = {
  ...{ type: 'conversation.finished', status: 'done', reason: 'final', answer: 'Done.' },
};

const changes: readonly ProposalStep[] = [
  { path: 'src/a.ts', kind: 'change', added: 1_200, removed: 3 },
  { path: 'src/gone.ts', kind: 'delete', added: 0, removed: 9 },
  { path: 'src/new\u202e.ts', kind: 'create', added: 4, removed: 0 },
  { path: 'src/to.ts', kind: 'rename', from: 'src/from.ts', added: 0, removed: 0 },
];

function script(): RunScript {
  const names = ['Edits', 'Reads', 'Edits too', 'Goes on'];
  return new RunScript({ prompts: names.map((name) => ({ name })) })
    .steps(0, ...proposing(...changes), done)
    .steps(1, { type: 'conversation.started' }, done)
    .steps(2, ...proposing({ path: 'src/a.ts', kind: 'change', added: 1, removed: 1 }), done)
    .steps(3, ...proposing({ path: 'src/b.ts', kind: 'change', added: 1, removed: 1 }));
}

async function show(run = script()): Promise<void> {
  panel = await showRun(run);
}

function button(label: string, within: Element | null): HTMLButtonElement {
  const found = [...(within?.querySelectorAll('button') ?? [])].find((one) =>
    (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().startsWith(label),
  );
  return found ?? expect.fail(`There is no button ${label}`);
}

async function openChanges(conversation: number): Promise<HTMLElement> {
  await panel.click(panel.row(conversation));
  await panel.click(panel.element.querySelector('[data-tab="changes"]'));
  return panel.element.querySelector<HTMLElement>('[role="tabpanel"]') ?? expect.fail();
}

describe('Proposed changes in the panel', () => {
  it('are counted over all conversations, with buttons for all of them', async () => {
    await show();
    expect(panel.text('.changes-text')).toBe('5 files proposed by 3 conversations');
    const strip = panel.element.querySelector('.changes-strip');
    await panel.click(button('Review Changes', strip));
    await panel.click(button('Apply All', strip));
    expect(panel.asked()).toEqual([{ type: 'reviewAllChanges' }, { type: 'applyAllChanges' }]);
    await panel.answer({ ok: true, message: 'Changed 3 files. Undo takes all of it back.' });
    expect(panel.text('[role="status"]')).toBe('Changed 3 files. Undo takes all of it back.');
  });

  it('are listed by file with what happens to it and its lines', async () => {
    await show();
    const tab = await openChanges(0);
    const cells = [...tab.querySelectorAll('tbody tr')].map((row) =>
      [...row.querySelectorAll('td')]
        .slice(0, 3)
        .map((cell) => cell.textContent?.replace(/\s+/g, ' ').trim()),
    );
    expect(cells).toEqual([
      ['changed', 'src/a.ts', '+1,200 −31,200 added, 3 removed'],
      ['deleted', 'src/gone.ts', '+0 −90 added, 9 removed'],
      ['created', 'src/new[U+202E].ts', '+4 −04 added, 0 removed'],
      ['renamed', 'src/from.ts → src/to.ts', '+0 −00 added, 0 removed'],
    ]);
    expect(panel.text('[data-tab="changes"] .tab-count')).toBe('4');
  });

  it('can be reviewed and applied for one conversation, and applied for one file', async () => {
    await show();
    const tab = await openChanges(0);
    await panel.click(button('Review Changes', tab));
    await panel.click(button('Apply', tab.querySelector('.changes-note')));
    await panel.click(button('Apply src/new', tab));
    expect(panel.asked()).toEqual([
      { type: 'reviewChanges', conversation: 0 },
      { type: 'applyChanges', conversation: 0 },
      { type: 'applyFile', conversation: 0, path: 'src/new\u202e.ts' },
    ]);
    await panel.answer({ ok: false, message: 'No file was changed. 1 conflict.' });
    expect(panel.text('.failure-text')).toContain('1 conflict');
  });

  it('are copied one a line', async () => {
    await show();
    await openChanges(0);
    await panel.click(button('Copy Changes', panel.element));
    expect(panel.asked().at(-1)).toEqual({
      type: 'copyText',
      text: [
        'changed src/a.ts (+1200 −3)',
        'deleted src/gone.ts (+0 −9)',
        'created src/new\u202e.ts (+4 −0)',
        'renamed src/from.ts → src/to.ts (+0 −0)',
      ].join('\n'),
    });
  });

  it('cannot be applied while their conversation goes on', async () => {
    await show();
    const tab = await openChanges(3);
    expect(button('Apply', tab.querySelector('.changes-note')).disabled).toBe(true);
    expect(button('Changes can be applied', tab).disabled).toBe(true);
    const run = script().steps(3, done);
    await panel.send({ type: 'events', events: run.events.slice(-1) });
    expect(button('Apply src/b.ts', tab).disabled).toBe(false);
  });

  it('have no tab and no strip where there are none, and vanish when they are taken back', async () => {
    await show(script());
    await panel.click(panel.row(1));
    expect(panel.element.querySelector('[data-tab="changes"]')).toBeNull();
    panel.close();
    const run = new RunScript({ prompts: [{ name: 'One' }] })
      .steps(0, ...proposing({ path: 'a.ts', kind: 'create', added: 1, removed: 0 }))
      .steps(0, {
        ...{ type: 'turn.finished', turn: 2, text: '', usage: tokens(1, 1) },
        toolCalls: [{ callId: 'c2', name: 'delete_file', input: {} }],
      })
      .steps(0, {
        ...{ type: 'tool.started', turn: 2, callId: 'c2', name: 'delete_file', input: {} },
      })
      .steps(0, {
        ...{ type: 'tool.finished', turn: 2, callId: 'c2', name: 'delete_file' },
        ...{ output: 'ok', isError: false, proposed: [{ path: 'a.ts', kind: 'none' }] },
      });
    await show(run);
    expect(panel.element.querySelector('.changes-strip')).toBeNull();
  });

  it('can be reached with the keyboard among the other tabs', async () => {
    await show();
    await panel.click(panel.row(0));
    panel.element.querySelector<HTMLElement>('[data-tab="tools"]')?.focus();
    await panel.click(panel.element.querySelector('[data-tab="tools"]'));
    await panel.press('ArrowRight');
    expect(document.activeElement?.getAttribute('data-tab')).toBe('changes');
    await panel.press('ArrowRight');
    expect(document.activeElement?.getAttribute('data-tab')).toBe('prompt');
  });
});
