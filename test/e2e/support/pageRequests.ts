import type { Page } from 'playwright-core';

/** Network requests of a window's webviews. */
export class PageRequests {
  readonly #origin: string;
  readonly #ofWebviews: string[] = [];

  /** Records later requests, and all requests of webviews opened later. */
  constructor(page: Page) {
    this.#origin = new URL(page.url()).origin;
    page.on('request', (request) => {
      // Ignore VS Code's own requests, such as those to its gallery.
      if (request.isNavigationRequest() || request.frame() !== page.mainFrame()) {
        this.#ofWebviews.push(request.url());
      }
    });
  }

  /** Number of requests. */
  get count(): number {
    return this.#ofWebviews.length;
  }

  /** Requests to anything but the window's own server or an extension's files. */
  foreign(): readonly string[] {
    return this.#ofWebviews.filter((url) => {
      const { origin, protocol, hostname } = new URL(url);
      if (protocol === 'blob:' || protocol === 'data:') return false;
      return origin !== this.#origin && !hostname.endsWith('.vscode-resource.vscode-cdn.net');
    });
  }
}
