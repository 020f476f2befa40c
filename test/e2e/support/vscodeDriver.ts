import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Locator, Page } from 'playwright-core';
import type { VscodeServer } from '../../../scripts/vscode/server.ts';
import { chooseMenuItem, openExplorerMenu } from './contextMenus.ts';
import { extensionHostsOf } from './extensionHosts.ts';
import { copyOutputChannel } from './outputText.ts';
import { poll } from './poll.ts';
import { QuickInput } from './quickInput.ts';

const FRAME_TIMEOUT_MS = 30_000;
const NOTIFICATION_TIMEOUT_MS = 60_000;
const SIDEBAR_TIMEOUT_MS = 60_000;
/** Time in ms for the side bar to show the result of a click before the next click. */
const SIDEBAR_REDRAW_MS = 5_000;
/** A window that is still restoring may close a new editor again within this time, in ms. */
const STAYS_OPEN_MS = 500;

/** The themes for tests, with the class that VS Code gives its window. */
const THEMES = {
  'Default Light Modern': 'vscode-theme-defaults-themes-light_modern-json',
  'Default Dark Modern': 'vscode-theme-defaults-themes-dark_modern-json',
  'Default High Contrast': 'vscode-theme-defaults-themes-hc_black-json',
  'Default High Contrast Light': 'vscode-theme-defaults-themes-hc_light-json',
} as const;

/** The name of a theme, as the settings have it. */
export type ThemeName = keyof typeof THEMES;

interface DriverParts {
  readonly page: Page;
  readonly server: VscodeServer;
  readonly workspace: string;
  readonly consoleLines: readonly string[];
  readonly openOther: (path: string) => Promise<void>;
  readonly openBeside: (path: string) => Promise<VscodeDriver>;
  readonly driveOpened: (page: Page) => Promise<VscodeDriver>;
  readonly dispose: () => Promise<void>;
}

/** Drives a VS Code window like a user: palette, menus, keys, and visible content. */
export class VscodeDriver {
  readonly page: Page;
  /** The open folder: the window's own copy. */
  readonly workspace: string;
  /** Console output of the window and its extension host so far. */
  readonly consoleLines: readonly string[];
  readonly quickInput: QuickInput;
  readonly #server: VscodeServer;
  readonly #openOther: (path: string) => Promise<void>;
  readonly #openBeside: (path: string) => Promise<VscodeDriver>;
  readonly #driveOpened: (page: Page) => Promise<VscodeDriver>;
  readonly #dispose: () => Promise<void>;
  #overrides: Readonly<Record<string, unknown>> = {};

  constructor(parts: DriverParts) {
    this.page = parts.page;
    this.workspace = parts.workspace;
    this.consoleLines = parts.consoleLines;
    this.quickInput = new QuickInput(parts.page);
    this.#server = parts.server;
    this.#openOther = parts.openOther;
    this.#openBeside = parts.openBeside;
    this.#driveOpened = parts.driveOpened;
    this.#dispose = parts.dispose;
  }

  /**
   * Reloads the window with its command. Unlike a reload of the page, this keeps editors and shuts
   * down the extension host properly.
   */
  async reloadWindow(): Promise<void> {
    await this.page.evaluate(() => Object.assign(globalThis, { isBeforeReload: true }));
    await this.runCommand('Developer: Reload Window');
    await this.page.waitForFunction(() => !('isBeforeReload' in globalThis));
    await this.page.waitForSelector('.monaco-workbench');
  }

  /** Runs a command from the palette by its full title: `Interleave: Run File`. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** Opens a file of the workspace in an editor. */
  async openFile(name: string): Promise<void> {
    await this.quickInput.openFile(name);
  }

  /** Waits until VS Code has read the extension's manifest, with its view container and its menus. */
  async extensionMenus(): Promise<void> {
    await this.page.locator('.activitybar a[aria-label^="Interleave"]').waitFor();
  }

  /** Chooses an entry (`Interleave > Run` for a submenu) of a file's menu in the Explorer. */
  async explorerContextMenu(file: string, item: string): Promise<void> {
    await this.runCommand('View: Show Explorer');
    await openExplorerMenu(this.page, file);
    await chooseMenuItem(this.page, item);
  }

  /** Chooses an entry of the active editor's menu and keeps the selection. */
  async editorContextMenu(item: string): Promise<void> {
    // The palette begins with Escape, which would clear the selection.
    if ((await this.page.locator('.editor-group-container .monaco-editor.focused').count()) === 0) {
      await this.runCommand('View: Focus Active Editor Group');
    }
    await this.page.keyboard.press('Shift+F10');
    await chooseMenuItem(this.page, item);
  }

  /** Opens the extension's side bar. */
  async openSidebar(): Promise<void> {
    const icon = this.page.locator('.activitybar a[aria-label^="Interleave"]');
    const pane = this.page.locator('.sidebar .pane-header[aria-label^="Prompts"]');
    // A restored window may show the side bar already, and a click would close it. So wait for the
    // result of each click.
    await poll(
      async () => {
        if (!(await pane.isVisible())) await icon.click({ force: true, timeout: 3_000 });
        await pane.waitFor({ timeout: SIDEBAR_REDRAW_MS });
        await delay(STAYS_OPEN_MS);
        return (await pane.isVisible()) ? true : undefined;
      },
      { timeoutMs: SIDEBAR_TIMEOUT_MS, explain: async () => 'The sidebar does not open' },
    );
  }

  /**
   * The whole text of an output channel, once the predicate holds: the window shows a line some
   * time after it was written. Opens the panel if it is closed.
   */
  async outputChannelText(name: string, holds: (text: string) => boolean): Promise<string> {
    if (!(await this.page.locator('[id="workbench.panel.output"]').isVisible())) {
      await this.runCommand('View: Toggle Output');
    }
    return await copyOutputChannel(this.page, name, holds);
  }

  /** The frame of the webview that shows this text, or for which the predicate holds. */
  async webviewFrame(
    wanted: string | RegExp | ((frame: Frame) => Promise<boolean>),
  ): Promise<Frame> {
    const matches = typeof wanted === 'function' ? wanted : showsText(wanted);
    return await poll(
      async () => {
        // The page itself is a frame too, with texts that its webviews do not show.
        for (const frame of this.page.frames().slice(1)) {
          if (await matches(frame).catch(() => false)) {
            return frame;
          }
        }
        return undefined;
      },
      {
        timeoutMs: FRAME_TIMEOUT_MS,
        explain: async () => `No webview shows ${String(wanted)}. ${await this.#describeFrames()}`,
      },
    );
  }

  /** The notification or dialog that contains this text. */
  notification(text: string | RegExp): Locator {
    return this.page
      .locator('.notification-list-item, .monaco-dialog-box')
      .filter({ hasText: text })
      .first();
  }

  /** The notification in the list of all notifications, where it stays; toasts disappear. */
  async lastingNotification(text: string | RegExp): Promise<Locator> {
    await this.runCommand('Notifications: Show Notifications');
    const all = this.page.locator('.notifications-center .notification-list-item');
    const shown = all.filter({ hasText: text }).first();
    await poll(async () => ((await shown.isVisible()) ? true : undefined), {
      timeoutMs: NOTIFICATION_TIMEOUT_MS,
      explain: async () =>
        `No notification says ${text}. There are: ${(await all.allTextContents()).join(' | ')}`,
    });
    return shown;
  }

  /** Saves a screenshot of the window as a PNG file. */
  async screenshot(file: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled' });
  }

  /** Changes the theme and resolves when the window shows it. */
  async setTheme(theme: ThemeName): Promise<void> {
    await this.setSettings({ 'workbench.colorTheme': theme });
    await this.page.locator(`.monaco-workbench.${THEMES[theme]}`).waitFor();
  }

  /** Changes settings of the open window, except `application`-scoped ones. */
  async setSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    this.#overrides = { ...this.#overrides, ...settings };
    await this.#server.overrideSettings(this.#overrides);
  }

  /** The profile folder of the window, with log files and the extensions' files. */
  get profile(): string {
    return this.#server.profile;
  }

  /** Process ids of the running extension hosts. */
  async extensionHosts(): Promise<readonly number[]> {
    return await extensionHostsOf(this.#server.pid);
  }

  /**
   * Opens another folder or `.code-workspace` file in the window, by its path in the window's copy.
   */
  async openInstead(other: string): Promise<void> {
    await this.#openOther(other);
  }

  /**
   * Opens a second window of the same VS Code on a folder or a `.code-workspace` file, by its path in the
   * folder of the first window. It closes with the first one.
   */
  async openBeside(other: string): Promise<VscodeDriver> {
    return await this.#openBeside(other);
  }

  /** The new window that VS Code opens itself because of an action in this one. */
  async windowOpenedBy(act: () => Promise<unknown>): Promise<VscodeDriver> {
    const opened = this.page.context().waitForEvent('page');
    await act();
    return await this.#driveOpened(await opened);
  }

  /** The path of the folder or workspace file that the window shows. */
  get openPath(): string | null {
    const { searchParams } = new URL(this.page.url());
    return searchParams.get('folder') ?? searchParams.get('workspace');
  }

  /** Closes the window and the server, and deletes the profile and the copy of the workspace. */
  async dispose(): Promise<void> {
    await this.#dispose();
  }

  async #describeFrames(): Promise<string> {
    const texts = await Promise.all(
      this.page
        .frames()
        .slice(1)
        .map(async (frame) => (await bodyText(frame).catch(() => '')).trim().slice(0, 200)),
    );
    const shown = texts.filter((text) => text !== '');
    return shown.length === 0 ? 'There is none.' : `There are: ${JSON.stringify(shown)}`;
  }
}

function showsText(wanted: string | RegExp): (frame: Frame) => Promise<boolean> {
  return async (frame) => {
    const text = await bodyText(frame);
    return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
  };
}

async function bodyText(frame: Frame): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: only visible text counts.
  return await frame.locator('body').innerText({ timeout: 1_000 });
}
