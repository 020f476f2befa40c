/**
 * Shows more than 500 hostile texts in every place of a real VS Code that shows text from outside.
 * Prints how many became links or icons, and what they triggered.
 */
import { type Figure, printFigures } from '../../bench/lab/figures.ts';
import {
  findingsOf,
  showLists,
  showNotifications,
  showProblems,
  showTreesAndTabs,
} from '../e2e/support/hostileSurfaces.ts';
import { openHostileWindow } from '../e2e/support/hostileWindow.ts';
import { seenBy } from '../e2e/support/windowWatch.ts';
import { hostileWindowTexts } from '../support/hostileWindowText.ts';

const window = await openHostileWindow(hostileWindowTexts);
try {
  await showTreesAndTabs(window);
  const notifications = await showNotifications(window);
  await showLists(window);
  await showProblems(window);
  const seen = await seenBy(window.vs.page);
  for (const finding of findingsOf(seen)) console.error(finding);
  const shown = Object.entries(seen.shown).map(([place, texts]) => `${place} ${texts.length}`);
  console.log(`texts shown: ${shown.join(', ')}`);
  const figures: readonly Figure[] = [
    { name: 'hostile-window-texts', value: window.texts.length, goal: '>= 500', digits: 0 },
    { name: 'hostile-window-notifications', value: notifications, goal: '>= 500', digits: 0 },
    { name: 'hostile-window-links', value: seen.links.length, goal: '= 0', digits: 0 },
    { name: 'hostile-window-icons', value: seen.icons.length, goal: '= 0', digits: 0 },
    {
      ...{ name: 'hostile-window-commands', value: await window.canary.timesFired() },
      ...{ goal: '= 0', digits: 0 },
    },
    {
      ...{ name: 'hostile-window-requests', value: window.recorder.socketsOpened },
      ...{ goal: '= 0', digits: 0 },
    },
  ];
  printFigures(figures);
} finally {
  await window.dispose();
}
