import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type HostileWindow, heldPrompt } from './hostileWindow.ts';
import { poll } from './poll.ts';
import { noteLink, type Place, type Seen, seenBy } from './windowWatch.ts';

/** A link in every transcript. Once it is shown as a link, VS Code has looked for links. */
const seenLink = 'seen.example';
const SHOW_TIMEOUT_MS = 60_000;
/** A notification or tooltip that has not appeared after this time will not appear. */
const toastMs = 1_500;
/** Per view. */
const tooltipsWanted = 3;
/** One step of the mouse wheel in CSS pixels; less than the height of a list. */
const wheelStep = 150;

/** Waits until a place has shown the expected number of hostile texts. */
async function untilShown(
  { vs }: HostileWindow,
  place: Place,
  count: number,
  goOn: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const shown = async () => (await seenBy(vs.page)).shown[place].length;
  await poll(
    async () => {
      if ((await shown()) >= count) return true;
      await goOn();
      return undefined;
    },
    {
      timeoutMs: SHOW_TIMEOUT_MS + count * 1_000,
      explain: async () => `${place} showed ${await shown()} texts, not ${count}`,
    },
  );
}

/** Both trees, their tooltips, the results tab, a transcript, the status bar and its tooltip. */
export async function showTreesAndTabs(window: HostileWindow): Promise<void> {
  const { vs, canary, texts, files } = window;
  await vs.openSidebar();
  await untilShown(window, 'row', files.length, () => wheelOver(window, 'Prompts'));
  const prompts = texts.map((text, index) => ({
    name: `r${index} ${text}`,
    text: `canary-prompt ${index} ${text}\n\nhttps://${seenLink}/`,
  }));
  prompts.push({ name: 'held', text: heldPrompt });
  // Every conversation but one fails with its own text as message.
  const options = { concurrency: 32, warmUpCache: false };
  const before = (await seenBy(vs.page)).shown.row.length;
  const running = canary.order({
    command: 'interleave.runChecked',
    args: [{ prompts, options }],
  });
  await untilShown(window, 'row', before + texts.length, () => wheelOver(window, 'Runs'));
  await canary.order({ command: 'interleave.openResults' });
  await untilShown(window, 'tab', 1);
  const status = vs.page.locator('.statusbar-item', { hasText: 'failed' }).first();
  await untilShown(window, 'hover', 1, async () => await hover(window, status));
  await canary.order({ command: 'interleave.cancelRun' });
  const target = { runId: await running, conversation: 0 };
  await canary.order({ command: 'interleave.openTranscript', args: [target] });
  await untilShown(window, 'tab', 2);
  await noteCommandLinks(vs.page);
  await hoverRows(window, 'Prompts');
  await hoverRows(window, 'Runs');
}

/** Records links to commands in the editor, after waiting for the expected links. */
async function noteCommandLinks(page: Page): Promise<void> {
  const links = page.locator('.editor-instance .detected-link');
  await links.filter({ hasText: seenLink }).first().waitFor({ timeout: SHOW_TIMEOUT_MS });
  for (const text of await links.allTextContents()) {
    if (/command:/i.test(text)) await noteLink(page, text);
  }
}

/** Turns the mouse wheel over a view of the sidebar. */
async function wheelOver(window: HostileWindow, title: string): Promise<void> {
  await viewBody(window, title).hover({ timeout: 2_000, position: { x: 40, y: 60 } });
  await window.vs.page.mouse.wheel(0, wheelStep);
}

/** A view's content below its header. */
function viewBody({ vs }: HostileWindow, title: string): Locator {
  const header = vs.page.locator(`.pane-header[aria-label^="${title}"]`);
  return vs.page.locator('.sidebar .pane', { has: header }).locator('.pane-body');
}

/** Hovers the visible rows of a view until some have shown tooltips. */
async function hoverRows(window: HostileWindow, title: string): Promise<void> {
  const rows = viewBody(window, title).locator('.monaco-list-row', { hasText: 'canary' });
  const tooltips = async () => (await seenBy(window.vs.page)).shown.hover.length;
  const before = await tooltips();
  let row = 0;
  await poll(
    async () => {
      row = (row + 1) % (await rows.count());
      await hover(window, rows.nth(row)).catch(() => undefined);
      return (await tooltips()) >= before + tooltipsWanted || undefined;
    },
    {
      timeoutMs: SHOW_TIMEOUT_MS,
      explain: async () => `${title} showed ${(await tooltips()) - before} tooltips`,
    },
  );
}

/** Hovers an element until a new tooltip appears. */
async function hover({ vs: { page } }: HostileWindow, element: Locator): Promise<void> {
  const before = (await seenBy(page)).shown.hover.length;
  // Move away first: an element that shows its tooltip does not show another one.
  await page.keyboard.press('Escape');
  await page.mouse.move(900, 5);
  await element.hover({ timeout: 1_000 });
  await poll(async () => (await seenBy(page)).shown.hover.length > before || undefined, {
    timeoutMs: toastMs,
    explain: async () => 'No tooltip was shown',
  });
}

/** One notification per server text, and one per file name. */
export async function showNotifications(window: HostileWindow): Promise<number> {
  const { texts, files, canary, say } = window;
  for (const [index, text] of texts.entries()) {
    const mark = `s${index}: `;
    say(`${mark}${text}`);
    const order = { command: 'interleave.testConnection', args: ['anthropic'] };
    await untilToast(window, mark, async () => await canary.order(order));
  }
  for (const file of files) {
    const [mark = ''] = path.basename(file).split(' ');
    const order = { command: 'interleave.runFile', args: [{ $uri: file }] };
    await untilToast(window, `${mark} `, async () => await canary.order(order));
  }
  return texts.length + files.length;
}

/** Repeats a notification until it is seen: VS Code hides those that come too fast. */
async function untilToast(
  { vs, canary }: HostileWindow,
  mark: string,
  show: () => Promise<unknown>,
): Promise<void> {
  const shown = async () => (await seenBy(vs.page)).shown.toast;
  const isSeen = async () => (await shown()).some((text) => text.includes(mark)) || undefined;
  await poll(
    async () => {
      await show();
      await poll(isSeen, { timeoutMs: toastMs, explain: async () => 'not yet' });
      return true;
    },
    {
      timeoutMs: SHOW_TIMEOUT_MS,
      explain: async () =>
        `No notification contains ${mark}. Last: ${(await shown()).slice(-3).join(' | ')}`,
    },
  );
  await canary.order({ command: 'notifications.clearAll' });
}

/** Quick picks: prompts of files, and models of a server. */
export async function showLists(window: HostileWindow): Promise<void> {
  const { vs, canary, texts, say } = window;
  const list = vs.page.locator('.quick-input-list');
  const down = async (): Promise<void> => await vs.page.keyboard.press('PageDown');
  const picks = async () => (await seenBy(vs.page)).shown.pick.length;
  const picking = canary.order({ command: 'interleave.pickPrompts' });
  await untilShown(window, 'pick', texts.length, down);
  await vs.page.keyboard.press('Escape');
  await picking;
  await list.waitFor({ state: 'hidden' });
  say('models');
  const before = await picks();
  const choosing = canary.order({ command: 'interleave.selectModel' });
  await untilShown(window, 'pick', before + texts.length, down);
  const status = (await seenBy(vs.page)).shown.status.length;
  await vs.page.locator('.quick-input-widget input.input').fill('canary');
  await list.locator('.monaco-list-row.focused', { hasText: 'canary' }).waitFor();
  await vs.page.keyboard.press('Enter');
  await choosing;
  await untilShown(window, 'status', status + 1);
}

/** The problems of a prompt file, in the Problems view and in the editor. */
export async function showProblems(window: HostileWindow): Promise<void> {
  const [file] = window.files;
  await window.canary.order({ command: 'vscode.open', args: [{ $uri: file }] });
  await window.vs.runCommand('Problems: Focus on Problems View');
  await untilShown(window, 'problem', 1);
}

/** Links and icons that must not exist. */
export function findingsOf({ links, icons }: Seen): readonly string[] {
  return [...links, ...icons];
}
