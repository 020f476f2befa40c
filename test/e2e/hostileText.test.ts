import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hostileWindowTexts } from '../support/hostileWindowText.ts';
import {
  findingsOf,
  showLists,
  showNotifications,
  showProblems,
  showTreesAndTabs,
} from './support/hostileSurfaces.ts';
import { type HostileWindow, openHostileWindow } from './support/hostileWindow.ts';
import { forgetFindings, seenBy } from './support/windowWatch.ts';

/** A sample: all texts take minutes, see `npm run test:soak hostileWindow`. */
const every = 37;

describe('Hostile texts in a window without test driver', () => {
  let window: HostileWindow;
  /** How often a test itself clicked a link that runs the command of the canary. */
  let clicks = 0;

  beforeAll(async () => {
    window = await openHostileWindow((recorder) =>
      hostileWindowTexts(recorder).filter((_, index) => index % every === 0),
    );
  });

  afterAll(async () => {
    await window?.dispose();
  });

  afterEach(async () => {
    expect(await window.canary.timesFired()).toBe(clicks);
    expect(window.recorder.requests).toEqual([]);
    expect(window.recorder.socketsOpened).toBe(0);
  });

  it('would be detected: as Markdown, VS Code makes links of them that run a command on click', async () => {
    const { vs, canary } = window;
    await canary.order({ show: '[Sign in again (canary)](command:interleave-canary.fire)' });
    await vs.page.locator('.notifications-toasts a', { hasText: 'Sign in again' }).click();
    clicks++;
    await expect.poll(() => canary.timesFired()).toBe(clicks);
    const { links } = await seenBy(vs.page);
    expect(links).toHaveLength(1);
    await canary.order({ command: 'notifications.clearAll' });
    await forgetFindings(vs.page);
  });

  it.each<[string, (window: HostileWindow) => Promise<unknown>]>([
    ['trees, tooltips, tabs and the status bar', showTreesAndTabs],
    ['notifications', showNotifications],
    ['lists and the words in the status bar', showLists],
    ['problems', showProblems],
  ])('are plain text in %s', async (where, show) => {
    await show(window);
    const picture = process.env.INTERLEAVE_PICTURES;
    if (picture !== undefined) await window.vs.screenshot(`${picture}/${where}.png`);
    expect(findingsOf(await seenBy(window.vs.page))).toEqual([]);
  });
});
