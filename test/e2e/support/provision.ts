import { reportToConsole } from '../../../scripts/report.ts';
import { provisionChromium } from '../../../scripts/vscode/chromium.ts';
import { provisionServer } from '../../../scripts/vscode/provision.ts';

/** Vitest's global set-up: what has to be downloaded is, before a test's time begins to count. */
export async function setup(): Promise<void> {
  await provisionServer(reportToConsole);
  await provisionChromium(reportToConsole);
}
