import type { Browser } from 'playwright-core';
import { reportToConsole } from '../report.ts';
import { provisionChromium } from '../vscode/chromium.ts';
import { launchBrowser, openWorkbench } from '../vscode/page.ts';
import { provisionServer } from '../vscode/provision.ts';
import { startServer, type VscodeServer } from '../vscode/server.ts';
import { type HostOptions, lastLines, type TestHost } from './host.ts';

const HOST_EXITED = /Extension Host Process exited with (code: \S+, signal: \w+)/;
const WATCH_INTERVAL_MS = 250;

/** Runs the tests in VS Code's server with its window in headless Chromium. */
export async function startHeadlessHost(options: HostOptions): Promise<TestHost> {
  const server = await startServer({
    server: await provisionServer(reportToConsole),
    trusted: true,
    settings: {
      'telemetry.telemetryLevel': 'off',
      'workbench.startupEditor': 'none',
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
    },
    env: options.env,
    extensions: options.companions ?? [],
  });
  const lines: string[] = [];
  let browser: Browser | undefined;
  const stop = async (): Promise<void> => {
    await browser?.close();
    await server.stop();
  };
  try {
    browser = await launchBrowser(await provisionChromium(reportToConsole));
    const ended = hostEnd(browser, server, options, (line) => lines.push(line));
    const diagnosis = (): string =>
      [...lastLines(server.output().split('\n')), ...lastLines(lines)].join('\n');
    return { ended, diagnosis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function hostEnd(
  browser: Browser,
  server: VscodeServer,
  options: HostOptions,
  onLine: (line: string) => void,
): Promise<string> {
  return await new Promise((resolve) => {
    browser.once('disconnected', () => resolve('Chromium ended.'));
    const watch = setInterval(() => {
      const exit = HOST_EXITED.exec(server.output())?.[1];
      if (exit !== undefined) {
        clearInterval(watch);
        resolve(`The extension host exited (${exit}).`);
      }
    }, WATCH_INTERVAL_MS);
    watch.unref();
    openWorkbench(browser, { authority: server.authority, ...options }, (page) => {
      page.on('console', (message) => {
        const line = asWarning(message.text());
        if (line !== undefined) {
          onLine(line);
        }
      });
    }).catch((error: unknown) => resolve(`The window did not open: ${String(error)}`));
  });
}

/** The first line of a warning or error. VS Code prefixes them: `%c WARN color: #993 …`. */
function asWarning(text: string): string | undefined {
  const [first = ''] = text.split('\n');
  const [, level = '', rest = first] = /^%c\s*(\w+) color: #\w+ (.*)/.exec(first) ?? [];
  return level === 'INFO' || rest.startsWith('Failed to load resource') ? undefined : rest;
}
