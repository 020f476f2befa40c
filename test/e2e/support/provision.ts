import { reportToConsole } from '../../../scripts/report.ts';
import { provisionChromium } from '../../../scripts/vscode/chromium.ts';
import { provisionServer } from '../../../scripts/vscode/provision.ts';

/** Vitest's global set-up: downloads everything before a test's timeout begins. */
export async function setup(): Promise<void> {
  await provisionServer(reportToConsole);
  await provisionChromium(reportToConsole);
}
