// `npm run screenshots`: makes the README's pictures in docs/images, dark and light, from a real
// window that runs the examples with the demo model. Arguments choose pictures by name.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openVscode } from '../test/e2e/support/openVscode.ts';
import { ResultsPanel } from '../test/e2e/support/resultsPanel.ts';
import { SidebarTree } from '../test/e2e/support/sidebarTree.ts';
import type { ThemeName, VscodeDriver } from '../test/e2e/support/vscodeDriver.ts';
import { ROOT } from './root.ts';

const workspace = path.join(ROOT, 'examples');
const images = path.join(ROOT, 'docs', 'images');
const size = { width: 1280, height: 800 };
/** The log is full of text, so a picture of full height would be too large a file. */
const logSize = { width: 1280, height: 720 };

const themes: Readonly<Record<string, ThemeName>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
};

const promptNames = [
  'Sum then multiply',
  'Price of an order',
  'Average temperature',
  'Compound interest',
  'Difference of two areas',
  'A model that does not exist',
  'Capital of France',
];

const settings = {
  'interleave.provider': 'demo',
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'editor.fontLigatures': false,
  'editor.lineNumbers': 'off',
  'editor.folding': false,
  'editor.fontSize': 13,
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
  'remote.autoForwardPorts': false,
  'window.commandCenter': false,
  '[log]': { 'editor.wordWrap': 'off' },
};

/** Hides what only a window in a browser shows, and notices about this machine. */
const hidden = `
  .notifications-toasts, [id="status.host"], [id="status.workbench.keyboardLayout"],
  [id="status.forwardedPorts"], [id="status.notifications"] { display: none !important; }
`;

async function main(names: readonly string[]): Promise<void> {
  await mkdir(images, { recursive: true });
  for (const [suffix, theme] of Object.entries(themes)) {
    for (const [name, shoot] of Object.entries(pictures)) {
      if (names.length > 0 && !names.includes(name)) continue;
      const vs = await openVscode({ workspace, settings, theme, viewport: size });
      try {
        await vs.page.addStyleTag({ content: hidden });
        await shoot(vs, path.join(images, `${name}-${suffix}.png`));
      } finally {
        await vs.dispose();
      }
    }
  }
}

/** A prompt file beside its results, one of them open. */
async function shootResults(vs: VscodeDriver, file: string): Promise<void> {
  await run(vs);
  const panel = await ResultsPanel.find(vs, promptNames);
  const results = await vs.page.locator('.editor-group-container').last().boundingBox();
  await drag(vs.page, { x: results?.x ?? 0, y: 400 }, { x: 540, y: 400 });
  await panel.ended();
  // An editor that loses focus now does not request its lenses again.
  await settle(vs);
  await panel.open('Price of an order');
  await settle(vs);
  await save(vs.page, file, size);
}

/** Prompts and runs in the sidebar. */
async function shootSidebar(vs: VscodeDriver, file: string): Promise<void> {
  await run(vs);
  await (await ResultsPanel.find(vs, promptNames)).ended();
  await vs.openSidebar();
  await new SidebarTree(vs.page, 'Runs').waitFor(/^Capital of France/);
  const sidebar = await vs.page.locator('.part.sidebar').boundingBox();
  await drag(vs.page, { x: (sidebar?.x ?? 0) + (sidebar?.width ?? 0), y: 300 }, { x: 500, y: 300 });
  await settle(vs);
  await save(vs.page, file, { width: 500, height: 620 });
}

/** The log channel while the tool calls of all conversations arrive. */
async function shootLog(vs: VscodeDriver, file: string): Promise<void> {
  await vs.page.setViewportSize(logSize);
  await run(vs);
  const panel = await ResultsPanel.find(vs, promptNames);
  await vs.runCommand('Interleave: Show Log');
  await vs.page.locator('.part.panel .view-line').first().waitFor();
  const output = await vs.page.locator('.part.panel').boundingBox();
  await drag(vs.page, { x: 800, y: (output?.y ?? 0) - 2 }, { x: 800, y: 320 });
  await panel.until((rows) => rows.filter(({ phase }) => phase === 'done').length >= 3);
  // VS Code colours new lines a moment later.
  await vs.page.waitForTimeout(400);
  await save(vs.page, file, logSize);
}

async function run(vs: VscodeDriver): Promise<void> {
  await vs.openFile('math.prompts.md');
  await closeSidebar(vs);
  await vs.page.keyboard.press('Control+G');
  await vs.quickInput.answer(':28');
  await vs.runCommand('Interleave: Run All Prompts in File');
}

async function closeSidebar(vs: VscodeDriver): Promise<void> {
  if (!(await vs.page.locator('.part.sidebar').isVisible())) return;
  await vs.runCommand('View: Toggle Primary Side Bar Visibility');
}

interface Place {
  readonly x: number;
  readonly y: number;
}

async function drag({ mouse }: Page, from: Place, to: Place): Promise<void> {
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(to.x, to.y, { steps: 5 });
  await mouse.up();
  await mouse.move(size.width / 2, 1);
}

/** Waits until the lenses show the outcome and the scroll bars have faded. */
async function settle({ page }: VscodeDriver): Promise<void> {
  await page.waitForTimeout(2_000);
}

/** The window, or its upper left part. */
async function save(page: Page, file: string, { width, height }: typeof size): Promise<void> {
  const clip = { x: 0, y: 0, width, height };
  await page.screenshot({ path: file, animations: 'disabled', clip });
  console.log(path.relative(ROOT, file));
}

const pictures: Readonly<Record<string, (vs: VscodeDriver, file: string) => Promise<void>>> = {
  results: shootResults,
  log: shootLog,
  sidebar: shootSidebar,
};

await main(process.argv.slice(2));
