/**
 * Measures how long the results panel blocks its page while huge answers stream in: 20
 * conversations of 300 KB each, in pieces of 20 bytes, with every row open. `npm run bench:panel`;
 * needs Chromium.
 */
import { hugeAnswerLength, hugeAnswers } from '../test/support/hugeAnswers.ts';
import { PanelBrowser } from '../test/support/panel/panelBrowser.ts';
import { RunScript } from '../test/support/panel/runScript.ts';

const conversations = 20;
const pieceBytes = 20;
/** Events per message: what a panel gets every 50 ms from a fast server. */
const batch = 600;

const browser = await PanelBrowser.start();
try {
  const names = Array.from({ length: conversations }, (_, index) => ({ name: `Huge ${index}` }));
  const script = new RunScript({ prompts: names });
  for (let index = 0; index < conversations; index++) {
    script.steps(
      index,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
    );
  }
  const panel = await browser.open();
  await panel.send({ type: 'snapshot', run: script.state() });
  for (let index = 0; index < conversations; index++) {
    const row = panel.page.locator(`interleave-row[data-index="${index}"] .row`);
    await row.focus();
    await panel.page.keyboard.press('Enter');
  }
  await panel.page.evaluate(`window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => e.duration)))
      .observe({ entryTypes: ['longtask'] }); undefined`);
  let sent = script.events.length;
  for (let at = 0; at < hugeAnswerLength; at += pieceBytes) {
    for (let index = 0; index < conversations; index++) {
      const text = hugeAnswers[index % hugeAnswers.length]?.slice(at, at + pieceBytes) ?? '';
      if (text !== '') script.steps(index, { type: 'turn.delta', turn: 1, text });
    }
    if (script.events.length - sent < batch && at + pieceBytes < hugeAnswerLength) continue;
    await panel.send({ type: 'events', events: script.events.slice(sent) });
    sent = script.events.length;
  }
  await panel.page.waitForTimeout(2_000);
  const tasks: number[] = await panel.page.evaluate('window.tasks');
  const sorted = tasks.toSorted((a, b) => b - a).map(Math.round);
  console.log(
    `tasks of 50 ms or more: ${tasks.length}; the longest, in ms: ${sorted.slice(0, 10).join(' ')}`,
  );
} finally {
  await browser.close();
}
