import type { Page } from 'playwright-core';

/** What the webviews of a window have asked for over the network. */
export class PageRequests {
  readonly #origin: string;
  readonly #ofWebviews: string[] = [];

  /** Records from now on; webviews that are opened later are recorded from their beginning. */
  constructor(page: Page) {
    this.#origin = new URL(page.url()).origin;
    page.on('request', (request) => {
      // VS Code itself asks for its gallery and more; that is not this extension's doing.
      if (request.isNavigationRequest() || request.frame() !== page.mainFrame()) {
        this.#ofWebviews.push(request.url());
      }
    });
  }

  /** How many requests there were. */
  get count(): number {
    return this.#ofWebviews.length;
  }

  /** Those that neither the window's own server nor VS Code's way to an extension's files gets. */
  foreign(): readonly string[] {
    return this.#ofWebviews.filter((url) => {
      const { origin, protocol, hostname } = new URL(url);
      if (protocol === 'blob:' || protocol === 'data:') return false;
      return origin !== this.#origin && !hostname.endsWith('.vscode-resource.vscode-cdn.net');
    });
  }
}
