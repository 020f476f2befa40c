import type { Page } from 'playwright-core';
import { canary } from '../../support/hostileWindowText.ts';

/** What the page collects while watched. */
interface Watched {
  readonly links: Set<string>;
  readonly icons: Set<string>;
  readonly shown: Record<string, Set<string>>;
}

/** The used parts of a page. */
interface WatchedPage {
  watched: Watched;
  readonly document: {
    readonly body: object;
    querySelectorAll(selector: string): Iterable<PageElement>;
  };
  readonly MutationObserver: new (
    look: () => void,
  ) => { observe(element: object, options: object): void };
}

interface PageElement {
  readonly textContent: string | null;
  readonly outerHTML: string;
  readonly parentElement: PageElement | null;
  getAttribute(name: string): string | null;
}

/** Places in the window that show text from outside, by name. */
const places = {
  toast: '.notifications-toasts .notification-list-item-message',
  center: '.notifications-center .notification-list-item-message',
  hover: '.monaco-hover',
  pick: '.quick-input-list .monaco-list-row',
  question: '.quick-input-widget .quick-input-message',
  row: '.sidebar .monaco-list-row',
  status: '.statusbar .statusbar-item',
  tab: '.tabs-container .tab',
  problem: '.markers-panel .monaco-list-row',
} as const;

/** A place in the window that shows Interleave's texts. */
export type Place = keyof typeof places;

/**
 * Watches the page for every link and icon made from a hostile text, anywhere and however
 * short-lived, and for the hostile texts that each place shows.
 */
export async function watchWindow(page: Page): Promise<void> {
  await page.evaluate(
    ({ icon, word, command, selectors }) => {
      const watched: Watched = {
        links: new Set(),
        icons: new Set(),
        shown: Object.fromEntries(Object.keys(selectors).map((name) => [name, new Set<string>()])),
      };
      const page = globalThis as unknown as WatchedPage;
      const { document } = page;
      page.watched = watched;
      const look = (): void => {
        for (const link of document.querySelectorAll('a[href], a[data-href]')) {
          const target = `${link.getAttribute('href')} ${link.getAttribute('data-href')}`;
          const text = `${target} ${link.textContent}`;
          if (text.includes(word) || text.includes(command)) watched.links.add(link.outerHTML);
        }
        for (const element of document.querySelectorAll(`.codicon-${icon}`)) {
          watched.icons.add(element.parentElement?.outerHTML ?? '');
        }
        for (const image of document.querySelectorAll('img')) {
          if (image.getAttribute('src')?.includes(word)) watched.links.add(image.outerHTML);
        }
        for (const [name, selector] of Object.entries(selectors)) {
          for (const element of document.querySelectorAll(selector)) {
            const text = element.textContent ?? '';
            if (text.includes(word)) watched.shown[name]?.add(text);
          }
        }
      };
      // Observes before the first paint, so nothing visible is missed.
      new page.MutationObserver(look).observe(document.body, {
        ...{ subtree: true, childList: true, characterData: true, attributes: true },
        attributeFilter: ['href', 'data-href', 'class', 'src'],
      });
      look();
    },
    { ...canary, selectors: places },
  );
}

/** Everything seen so far. */
export interface Seen {
  /** Links and pictures made from hostile texts. */
  readonly links: readonly string[];
  readonly icons: readonly string[];
  /** The different hostile texts that each place has shown. */
  readonly shown: { readonly [P in Place]: readonly string[] };
}

export async function seenBy(page: Page): Promise<Seen> {
  return await page.evaluate(() => {
    const { links, icons, shown } = (globalThis as unknown as WatchedPage).watched;
    const lists = Object.entries(shown).map(([name, texts]) => [name, [...texts]]);
    return {
      links: [...links],
      icons: [...icons],
      shown: Object.fromEntries(lists) as Seen['shown'],
    };
  });
}

/** Adds a link found in another way. */
export async function noteLink(page: Page, link: string): Promise<void> {
  await page.evaluate((found) => {
    (globalThis as unknown as WatchedPage).watched.links.add(found);
  }, link);
}

/** Clears the recorded links and icons. */
export async function forgetFindings(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { watched } = globalThis as unknown as WatchedPage;
    watched.links.clear();
    watched.icons.clear();
  });
}
