import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { runCommand } from '../childProcess.ts';
import type { Report } from '../report.ts';
import { withCacheLock } from './cache.ts';
import { aptInstall, canUseApt } from './debian.ts';

const LOCK_TIMEOUT_MS = 15 * 60_000;

/**
 * The path of Chromium or Chrome on this machine. On Debian as root, installs Chromium when it is
 * missing, and a font with symbols when there are no fonts.
 *
 * @throws Error that says how to install one.
 */
export async function provisionChromium(report: Report): Promise<string> {
  const found = findChromium();
  if (found !== undefined && !(await lacksFonts())) {
    return found;
  }
  if (await canUseApt()) {
    await withCacheLock('apt', LOCK_TIMEOUT_MS, async () => await installMissing(report));
  }
  const installed = findChromium();
  if (installed === undefined) {
    throw new Error(
      'No Chromium found. Install Chromium or Google Chrome (Debian: apt-get install chromium; ' +
        'anywhere: npx playwright-core install chromium), or set INTERLEAVE_CHROMIUM to its path.',
    );
  }
  return installed;
}

/** The path of an installed Chromium or Chrome, if there is one. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env.INTERLEAVE_CHROMIUM;
  if (named) {
    return named;
  }
  return [...candidates(env), chromium.executablePath()].find((file) => file && existsSync(file));
}

function candidates(env: NodeJS.ProcessEnv): readonly string[] {
  switch (process.platform) {
    case 'darwin':
      return [
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
      ];
    case 'win32':
      return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
        .filter((folder) => folder !== undefined)
        .map((folder) => path.join(folder, 'Google/Chrome/Application/chrome.exe'));
    default:
      return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) =>
        path.join('/usr/bin', name),
      );
  }
}

async function installMissing(report: Report): Promise<void> {
  // Another process may have installed it while this one waited for the lock.
  const packages = [
    ...(findChromium() === undefined ? ['chromium'] : []),
    ...((await lacksFonts()) ? ['fonts-dejavu-core'] : []),
  ];
  if (packages.length > 0) {
    await aptInstall(packages, report);
  }
}

/** Without fonts, a page shows only boxes. Only Linux can lack fonts. */
async function lacksFonts(): Promise<boolean> {
  if (process.platform !== 'linux' || !(await canUseApt())) {
    return false;
  }
  const listed = await runCommand('fc-list', [], { timeoutMs: 10_000 });
  return listed.code !== 0 || !/dejavu|noto|liberation/i.test(listed.output);
}
