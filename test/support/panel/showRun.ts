import type { OpenPanel } from './panelBrowser.ts';
import type { RunScript } from './runScript.ts';

/** Shows a run as the extension host would. Resolves when its rows are drawn. */
export async function showRun(panel: OpenPanel, script: RunScript): Promise<void> {
  await panel.send({ type: 'snapshot', run: script.state() });
  await panel.page.waitForSelector('.row');
}
