import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownErrors } from './support/ownErrors.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { step } from './support/steps.ts';
import { windowForEach } from './support/testWindow.ts';

/** Twelve conversations ask for the same call, one for another, and seven for none. */
const equal = Array.from({ length: 12 }, (_, index) => ({
  name: `Equal ${index + 1}`,
  text: 'Have the demo program print `same`.',
}));
const single = { name: 'Single', text: 'Have the demo program print `secret`.' };
const free = Array.from({ length: 7 }, (_, index) => ({
  name: `Free ${index + 1}`,
  text: `Add ${index + 1} and 2.`,
}));
const file = [
  '---\ntools: [run_demo_program, sum_numbers]\n---\n',
  ...[...equal, single, ...free].map(({ name, text }) => `## ${name}\n\n${text}\n`),
].join('\n');

const questions =
  '---\ntools: [ask_user]\n---\n\n## Question\n\nAsk me `Which colour?` with the choices `red` or `green`. Then ask me `Which size?`.\n';

const sameCall = /^run_demo_program: same/;
const secretCall = /^run_demo_program: secret/;

describe('Approvals in a real window', () => {
  const window = windowForEach({
    files: { 'twenty.prompts.md': file, 'ask.prompts.md': questions },
  });
  let panel: ResultsPanel;

  /** How many conversations are in a phase, by the panel's counters. */
  const counter = (label: string) => panel.frame.locator(`.counter[aria-label="${label}"]`);
  const statusItem = () => window.vs.page.locator('.statusbar-item', { hasText: /approvals?$/ });
  const strip = () => panel.frame.locator('.approvals-strip');

  /** Writes a screenshot for manual review, if requested. */
  async function picture(name: string): Promise<void> {
    const pictures = process.env.INTERLEAVE_PICTURES;
    if (pictures !== undefined) await window.vs.screenshot(path.join(pictures, `${name}.png`));
  }

  it('are decided on in the view while the other conversations end', async () => {
    const { vs } = window;
    const tree = new SidebarTree(vs.page, 'Approvals');
    await step(
      'conversations that need no decision end while the others wait, and the focus stays',
      async () => {
        await vs.openFile('twenty.prompts.md');
        await vs.page.locator('.monaco-editor.focused').waitFor();
        await vs.runCommand('Interleave: Run All Prompts in File');
        panel = new ResultsPanel(await vs.webviewFrame('13 tool calls wait for a decision'));
        await counter('7 done').waitFor();
        await counter('13 waiting').waitFor();
        expect(await panel.row('Single').locator('.preview').textContent()).toContain(
          'waiting for a decision: run_demo_program',
        );
        await vs.page.locator('.monaco-editor.focused').waitFor();
        expect(await vs.page.locator('.monaco-dialog-box').count()).toBe(0);
      },
    );

    await step(
      'the status bar counts them and leads to the view, which groups equal calls',
      async () => {
        await expect.poll(() => statusItem().textContent()).toContain('13 approvals');
        await statusItem().locator('a').click();
        await tree.waitFor(sameCall);
        await tree.waitFor(secretCall);
        const labels = [...(await tree.labels())].sort();
        expect(labels).toHaveLength(2);
        expect(labels[0]).toContain('12 conversations');
        expect(labels[1]).toContain('1 conversation');
        await picture('approvals');
      },
    );

    await step(
      'shows what a decision settles before it is made, and does nothing on Enter',
      async () => {
        await tree.clickRowAction(sameCall, 'Allow All Equal…');
        await expect.poll(() => vs.quickInput.labels()).toContain('Allow 12 Calls');
        expect((await vs.quickInput.labels())[0]).toBe('Keep Waiting');
        await picture('approvals-confirm');
        await vs.page.keyboard.press('Enter');
        await vs.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
        await expect.poll(() => statusItem().textContent()).toContain('13 approvals');
      },
    );

    await step('allows twelve calls with one decision, and they run', async () => {
      await tree.clickRowAction(sameCall, 'Allow All Equal…');
      await vs.quickInput.pick('Allow 12 Calls');
      await counter('19 done').waitFor();
      await expect.poll(() => statusItem().textContent()).toContain('1 approval');
      await expect.poll(() => tree.labels()).toHaveLength(1);
      await expect.poll(() => strip().textContent()).toContain('1 tool call waits for a decision');
    });

    await step('denies one with a reason that the model is told, and the run ends', async () => {
      await tree.clickRowAction(secretCall, 'Deny with Reason…');
      await vs.quickInput.answer('Not today.');
      await counter('20 done').waitFor();
      await panel.frame.locator('.progress[data-state="finished"]').waitFor();
      const details = await panel.open('Single');
      await details.getByText('Not today.').first().waitFor();
      await details.getByRole('tab', { name: 'Tools' }).click();
      await details.getByText('denied: the user: Not today.').waitFor();
    });

    await step('answers a question in the view: a choice, then a text', async () => {
      const which = /^Which colour\? \(and 1 more question\)/;
      await vs.openFile('ask.prompts.md');
      await vs.runCommand('Interleave: Run All Prompts in File');
      panel = new ResultsPanel(await vs.webviewFrame('1 question waits for an answer'));
      await tree.waitFor(which);
      await picture('approvals-question');
      await tree.clickRowAction(which, 'Answer…');
      await expect
        .poll(() => vs.quickInput.labels())
        .toEqual(['Show Question', 'red', 'green', 'Other Answer…']);
      await picture('approvals-answer');
      await vs.quickInput.pick('green');
      await vs.page.locator('.quick-input-widget:visible').getByText('Which size?').waitFor();
      await vs.quickInput.answer('large');
      await counter('1 done').waitFor();
      const details = await panel.open('Question');
      await details.getByText('=> green').first().waitFor();
      await details.getByText('=> large').first().waitFor();
    });

    await step('says so when nothing waits any more', async () => {
      await statusItem().waitFor({ state: 'hidden' });
      await tree.welcome.getByText('No tool call waits for a decision').waitFor();
      expect(await strip().count()).toBe(0);
      expect(ownErrors(vs.consoleLines)).toEqual([]);
    });
  });

  it('asks again after a reload, once the run is resumed', async () => {
    const { vs } = window;
    const tree = new SidebarTree(vs.page, 'Approvals');
    await vs.openFile('twenty.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    await expect.poll(() => statusItem().textContent()).toContain('13 approvals');
    await vs.page.reload();
    await vs.page.waitForSelector('.monaco-workbench');
    // Opening the side bar starts the extension.
    await vs.openSidebar();
    const offer = await vs.lastingNotification('twenty.prompts.md was interrupted');
    await offer.getByRole('button', { name: 'Resume Run' }).click();
    await expect.poll(() => statusItem().textContent()).toContain('13 approvals');
    await vs.runCommand('Interleave: Review Approvals');
    await tree.waitFor(sameCall);
    await tree.clickRowAction(sameCall, 'Deny with Reason…');
    await vs.quickInput.answer('');
    await vs.quickInput.pick('Deny 12 Calls');
    await expect.poll(() => tree.labels()).toHaveLength(1);
    await tree.clickRowAction(secretCall, 'Allow');
    await statusItem().waitFor({ state: 'hidden' });
  });
});
