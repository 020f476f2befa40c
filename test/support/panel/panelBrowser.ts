import { type Browser, chromium, type Page } from 'playwright-core';
import type { FromPanel, ToPanel } from '../../../src/shared/panelProtocol.ts';
import { type PanelServer, startPanelServer } from './panelServer.ts';
import type { Theme } from './themes.ts';

/** Options for opening a panel. */
export interface PanelOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

/** One panel in a real browser, under the product's content security policy. */
export interface OpenPanel {
  readonly page: Page;
  /** Sends a message as the extension host. */
  send(message: ToPanel): Promise<void>;
  /** Messages from the panel. */
  posted(): Promise<readonly FromPanel[]>;
  /** Violations of the content security policy. */
  violations(): Promise<readonly string[]>;
}

/** A browser and a server for panels. */
export class PanelBrowser {
  readonly server: PanelServer;
  readonly #browser: Browser;

  private constructor(server: PanelServer, browser: Browser) {
    this.server = server;
    this.#browser = browser;
  }

  /** Starts both; `close` stops both. */
  static async start(): Promise<PanelBrowser> {
    const server = await startPanelServer();
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new PanelBrowser(server, browser);
  }

  /** Opens a panel that has loaded and asked for its run. */
  async open({
    theme = 'dark',
    width = 1300,
    height = 700,
  }: PanelOptions = {}): Promise<OpenPanel> {
    const page = await this.#browser.newPage({ viewport: { width, height } });
    await page.goto(`${this.server.origin}/?theme=${theme}`);
    await page.evaluate('document.fonts.load("16px codicon")');
    return {
      page,
      send: (message) => page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`),
      posted: () => page.evaluate('window.posted'),
      violations: () => page.evaluate('window.violations'),
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.close();
  }
}
