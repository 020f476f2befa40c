import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenPanel, PanelBrowser } from './panelBrowser.ts';
import { richRun } from './richRun.ts';
import { rightToLeftRun } from './rightToLeftRun.ts';
import type { RunScript } from './runScript.ts';
import { finishedRun, largeRun, queuedRun, runningRun } from './scriptedRuns.ts';
import type { Theme } from './themes.ts';
import { cancelledRun, pausedRun, stoppedRun, waitingRun } from './troubledRuns.ts';

/**
 * Takes screenshots of the panel in every state, theme and width: `node shoot.ts [folder] [name]`.
 */
const folder = process.argv[2] ?? join(tmpdir(), 'interleave-panel');
const only = process.argv[3] ?? '';

interface Scene {
  readonly name: string;
  readonly run: () => RunScript;
  readonly act?: (panel: OpenPanel) => Promise<void>;
}

const openRow =
  (index: number, tab = 'answer') =>
  async (panel: OpenPanel) => {
    await panel.page.locator('.row').nth(index).click();
    await panel.page.locator(`[data-tab="${tab}"]`).first().click();
  };

const openFold = (index: number) => async (panel: OpenPanel) => {
  await openRow(index)(panel);
  await panel.page.locator('.fold > summary').first().click();
};

const pressKeys =
  (...keys: readonly string[]) =>
  async ({ page }: OpenPanel) => {
    await page.locator('.row').first().focus();
    for (const key of keys) await page.keyboard.press(key);
  };

const filterBy =
  (query: string) =>
  async ({ page }: OpenPanel) => {
    await page.keyboard.press('/');
    await page.keyboard.type(query);
  };

const scenes: readonly Scene[] = [
  { name: 'queued', run: queuedRun },
  { name: 'running', run: runningRun },
  { name: 'live', run: runningRun, act: openRow(1) },
  { name: 'finished', run: finishedRun },
  { name: 'answer', run: finishedRun, act: openRow(1) },
  { name: 'tools', run: finishedRun, act: openRow(0, 'tools') },
  { name: 'transcript', run: finishedRun, act: openRow(1, 'transcript') },
  { name: 'usage', run: finishedRun, act: openRow(0, 'usage') },
  { name: 'failed', run: finishedRun, act: openRow(6) },
  { name: 'hover', run: runningRun, act: ({ page }) => page.locator('.row').nth(6).hover() },
  { name: 'focus', run: finishedRun, act: pressKeys('ArrowDown', 'ArrowDown') },
  { name: 'filtered', run: finishedRun, act: filterBy('module') },
  { name: 'rich', run: richRun, act: openRow(0) },
  {
    name: 'two-lines',
    run: richRun,
    act: ({ page }) => page.locator('[aria-label^="Two Lines"]').click(),
  },
  { name: 'found', run: richRun, act: filterBy('cart') },
  { name: 'large', run: () => largeRun(2000) },
  { name: 'waiting', run: waitingRun },
  { name: 'retrying', run: waitingRun, act: openRow(1, 'transcript') },
  { name: 'thinking', run: waitingRun, act: openFold(2) },
  { name: 'quota', run: pausedRun },
  { name: 'auth', run: () => pausedRun('auth') },
  { name: 'stopped', run: stoppedRun, act: openRow(1) },
  { name: 'unpriced', run: stoppedRun, act: openRow(0, 'usage') },
  { name: 'cancelled', run: cancelledRun },
  { name: 'rtl-list', run: rightToLeftRun },
  { name: 'rtl-answer', run: rightToLeftRun, act: openRow(0) },
  { name: 'rtl-prompt', run: rightToLeftRun, act: openRow(0, 'transcript') },
  { name: 'rtl-failed', run: rightToLeftRun, act: openRow(3) },
];

async function shoot(browser: PanelBrowser, scene: Scene, theme: Theme, width: number) {
  const panel = await browser.open({ theme, width, height: 620 });
  await panel.send({ type: 'snapshot', run: scene.run().state() });
  await panel.page.waitForSelector('.row');
  await scene.act?.(panel);
  await panel.page.waitForTimeout(250);
  await panel.page.screenshot({ path: join(folder, `${scene.name}-${theme}-${width}.png`) });
  for (const violation of await panel.violations()) console.error(scene.name, violation);
  await panel.page.close();
}

await mkdir(folder, { recursive: true });
const browser = await PanelBrowser.start();
try {
  for (const scene of scenes.filter(({ name }) => name.includes(only))) {
    for (const theme of ['dark', 'light', 'hc'] as const) {
      for (const width of [320, 700, 1300]) await shoot(browser, scene, theme, width);
    }
  }
} finally {
  await browser.close();
}
