import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const READY_TIMEOUT_MS = 60_000;
const FOLDERS_TIMEOUT_MS = 5_000;
const MAX_LOADS = 3;

/** How to open a VS Code window. All paths are absolute. */
export interface WindowOptions {
  /** `host:port` of the server. */
  readonly authority: string;
  /** A folder or a `.code-workspace` file. */
  readonly workspace: string;
  /** The folder of the extension under development; absent to use installed extensions. */
  readonly extension?: string;
  /** A module whose `run()` runs in the extension host; absent for an interactive window. */
  readonly tests?: string;
  /** `false` when the server runs without its test driver, which reports when a window is ready. */
  readonly testDriver?: boolean;
  /** The server's token, when it has one. */
  readonly token?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** The address that opens a folder, with an extension under development if one is given. */
export function workbenchUrl(options: Omit<WindowOptions, 'viewport'>): string {
  const remote = (file: string): string =>
    `vscode-remote://${options.authority}${encodeURI(asUriPath(file))}`;
  const payload = [
    ['skipWelcome', 'true'],
    ...(options.extension === undefined
      ? []
      : [['extensionDevelopmentPath', remote(options.extension)]]),
    ...(options.tests === undefined ? [] : [['extensionTestsPath', remote(options.tests)]]),
  ];
  const url = new URL(`http://${options.authority}/`);
  const kind = options.workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  url.searchParams.set(kind, asUriPath(options.workspace));
  if (options.token !== undefined) {
    url.searchParams.set('tkn', options.token);
  }
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

function asUriPath(file: string): string {
  const slashed = file.replaceAll('\\', '/');
  return slashed.startsWith('/') ? slashed : `/${slashed}`;
}

/** Starts a headless Chromium. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface WorkbenchWindow {
  readonly context: BrowserContext;
  readonly page: Page;
}

/**
 * Opens a window in a new browser profile. Resolves when VS Code has restored the window's parts;
 * extensions may still be starting. `prepare` gets the page before VS Code loads.
 */
export async function openWorkbench(
  browser: Browser,
  options: WindowOptions,
  prepare: (page: Page) => void = () => {},
): Promise<WorkbenchWindow> {
  const origin = `http://${options.authority}`;
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    locale: 'en-US',
  });
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    const page = await context.newPage();
    prepare(page);
    await loadWorkbench(page, options);
    return { context, page };
  } catch (error) {
    await context.close();
    throw error;
  }
}

/**
 * Loads VS Code into a page, replacing its content. Resolves when VS Code has restored its parts.
 */
export async function loadWorkbench(page: Page, options: WindowOptions): Promise<void> {
  await loadOnce(page, options);
  if (!options.workspace.endsWith('.code-workspace')) return;
  // If VS Code connects to its server too soon, a new workspace shows no folders until a reload.
  for (let loads = 1; loads < MAX_LOADS && !(await showsFolders(page)); loads++) {
    await loadOnce(page, options);
  }
}

async function loadOnce(page: Page, options: WindowOptions): Promise<void> {
  await page.goto(workbenchUrl(options), { waitUntil: 'commit', timeout: READY_TIMEOUT_MS });
  await page.waitForSelector('.monaco-workbench', { timeout: READY_TIMEOUT_MS });
  if (options.testDriver === false) {
    // A new window shows the Explorer once it has restored its parts.
    const folder = page.locator('.explorer-folders-view .monaco-list-row').first();
    await folder.waitFor({ timeout: READY_TIMEOUT_MS });
    return;
  }
  await page.waitForFunction(
    async () => {
      const { driver } = globalThis as unknown as WorkbenchGlobal;
      await driver?.whenWorkbenchRestored();
      return driver !== undefined;
    },
    undefined,
    { timeout: READY_TIMEOUT_MS },
  );
}

/** Whether the Explorer shows a folder in time. */
async function showsFolders(page: Page): Promise<boolean> {
  const folder = page.locator('.explorer-folders-view .monaco-list-row').first();
  return await folder.waitFor({ timeout: FOLDERS_TIMEOUT_MS }).then(
    () => true,
    () => false,
  );
}

/** What VS Code's smoke-test driver puts into its page. */
interface WorkbenchGlobal {
  readonly driver?: { whenWorkbenchRestored(): Promise<void> };
}
