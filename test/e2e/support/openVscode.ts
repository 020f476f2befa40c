import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import type { Page } from 'playwright-core';
import { reportToConsole } from '../../../scripts/report.ts';
import { ROOT } from '../../../scripts/root.ts';
import { provisionChromium } from '../../../scripts/vscode/chromium.ts';
import { launchBrowser, loadWorkbench, openWorkbench } from '../../../scripts/vscode/page.ts';
import { provisionServer } from '../../../scripts/vscode/provision.ts';
import { startServer } from '../../../scripts/vscode/server.ts';
import { quietSettings } from './quietSettings.ts';
import { type ThemeName, VscodeDriver } from './vscodeDriver.ts';

/** Max time in ms of an action in the window on a busy machine. */
const WAIT_MS = 60_000;

/** How a window is opened, and with what in it. */
export interface OpenOptions {
  /** The folder to open, empty when absent. The window gets its own copy, so nothing changes the original. */
  readonly workspace?: string;
  /** Files to add to the window's copy: their text by their path in it. */
  readonly files?: { readonly [path: string]: string };
  /**
   * The part to open, if not all: a folder or `.code-workspace` file, by its path in the folder.
   */
  readonly open?: string;
  /** User settings, including `application`-scoped ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: ThemeName;
  /** `false` opens the folder in Restricted Mode. */
  readonly trusted?: boolean;
  /** In CSS pixels; 1280 by 800 by default. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** The extension to run; by default this project. */
  readonly extension?: string;
  /**
   * Installs the extension as from its package instead of running its sources: VS Code does not
   * restart a crashed extension host with an extension under development.
   */
  readonly installed?: boolean;
  /** Folders of other extensions to install. */
  readonly companions?: readonly string[];
  /**
   * `false` omits VS Code's test driver, as in a user's window; the extension must then be
   * installed.
   */
  readonly testDriver?: boolean;
  /** Environment variables to add for the extension host. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Opens a real VS Code with the extension and a new profile. Dispose it when done. */
export async function openVscode(options: OpenOptions): Promise<VscodeDriver> {
  const trusted = options.trusted ?? true;
  const cleanups: (() => Promise<unknown>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      await cleanup();
    }
  };
  try {
    const copies = await mkdtemp(path.join(tmpdir(), 'interleave-workspace-'));
    cleanups.push(async () => await rm(copies, { recursive: true, force: true, maxRetries: 5 }));
    const workspace = await makeWorkspace(copies, options);
    const extension = options.extension ?? ROOT;
    const packed = options.installed ? path.join(copies, 'extension') : undefined;
    if (packed !== undefined) await copyPackaged(extension, packed);
    const driver = options.testDriver === undefined ? {} : { testDriver: options.testDriver };
    const server = await startServer({
      server: await provisionServer(reportToConsole),
      trusted,
      settings: { ...quietSettings(options.theme), ...options.settings },
      extensions: [...(packed === undefined ? [] : [packed]), ...(options.companions ?? [])],
      ...driver,
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    cleanups.push(server.stop);
    const browser = await launchBrowser(await provisionChromium(reportToConsole));
    cleanups.push(async () => await browser.close());
    const consoleLines: string[] = [];
    const window = {
      authority: server.authority,
      ...driver,
      ...(packed === undefined ? { extension } : {}),
      ...(options.viewport === undefined ? {} : { viewport: options.viewport }),
    };
    const watch = (page: Page): void => {
      page.setDefaultTimeout(WAIT_MS);
      page.on('console', (message) => consoleLines.push(message.text()));
    };
    const drive = (page: Page): VscodeDriver => {
      const openOther = async (other: string): Promise<void> =>
        await loadWorkbench(page, { ...window, workspace: path.join(workspace, other) });
      const parts = { page, server, workspace, consoleLines, openOther, openBeside: show };
      return new VscodeDriver({ ...parts, driveOpened, dispose });
    };
    const driveOpened = async (page: Page): Promise<VscodeDriver> => {
      watch(page);
      await page.waitForSelector('.monaco-workbench');
      return drive(page);
    };
    const show = async (what: string): Promise<VscodeDriver> => {
      const shown = { ...window, workspace: path.join(workspace, what) };
      return drive((await openWorkbench(browser, shown, watch)).page);
    };
    return await show(options.open ?? '.');
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Creates the window's own folder, and returns its path. */
async function makeWorkspace(
  parent: string,
  { workspace: original, files = {} }: Pick<OpenOptions, 'workspace' | 'files'>,
): Promise<string> {
  const workspace = path.join(parent, path.basename(original ?? 'workspace'));
  await mkdir(workspace);
  if (original !== undefined) await cp(original, workspace, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(workspace, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return workspace;
}

/** Copies only the files in the extension's package. */
async function copyPackaged(extension: string, target: string): Promise<void> {
  for (const file of await listFiles({ cwd: extension, packageManager: PackageManager.None })) {
    const copy = path.join(target, file);
    await mkdir(path.dirname(copy), { recursive: true });
    await cp(path.join(extension, file), copy);
  }
}
